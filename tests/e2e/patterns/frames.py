"""The page of patterns in one browser page, and what axe and rulers say of a state."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.accessibility import RULES

# What a theme can change; everything else is the same in the dark.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
FIND_FAULTS = """async (options) => {
  const { violations } = await axe.run(document, { ...options, resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) =>
    `${id}: ${html.slice(0, 200)} ${failureSummary.slice(0, 300)}`));
}"""
# Whatever is shown and sticks out of the window sideways; what can be scrolled inside a box does not count.
FIND_WIDE = """() => {
  const scrolls = (element) => {
    for (let up = element.parentElement ?? element.getRootNode().host; up; up = up.parentElement ?? up.getRootNode().host)
      if (up !== document.body && up !== document.documentElement && getComputedStyle(up).overflowX !== "visible") return true;
    return false;
  };
  const root = document.querySelector("checkout-chat")?.shadowRoot;
  const all = [...document.body.querySelectorAll("*"), ...(root?.querySelectorAll("*") ?? [])];
  const wide = all.filter((element) => {
    const box = element.getBoundingClientRect();
    return element.checkVisibility() && box.width > 1 && (box.right > innerWidth + 1 || box.left < -1) && !scrolls(element);
  });
  const inside = all.filter((element) => element.matches(".panel, .log, .nudge, .bottom, .conversation > header, .composer")
    && element.checkVisibility() && element.scrollWidth > element.clientWidth + 1);
  return [...wide, ...inside].map((element) => `${element.tagName}.${element.className}`);
}"""
# As with a browser's "zoom text only": every size that is computed, times two.
DOUBLE_TEXT = """() => {
  const root = document.querySelector("checkout-chat")?.shadowRoot;
  const all = [...document.body.querySelectorAll("*"), ...(root?.querySelectorAll("*") ?? [])];
  const sizes = all.map((element) => [element, parseFloat(getComputedStyle(element).fontSize)]);
  for (const [element, size] of sizes) element.style.fontSize = `${size * 2}px`;
  return new Promise((go) => requestAnimationFrame(() => setTimeout(go, 50)));
}"""
MOVING = """() => {
  const root = document.querySelector("checkout-chat")?.shadowRoot;
  return [...document.getAnimations(), ...(root?.getAnimations() ?? [])]
    .filter((each) => each.playState === "running" && each.effect.getComputedTiming().duration > 1)
    .map((each) => each.effect.target.className);
}"""


class Frames:
    """One browser page that goes from state to state."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.complaints: list[str] = []
        page.add_init_script(Axe().axe_script)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda line: self.complaints.append(line.text) if line.type == "error" else None)

    def states(self, of: str) -> list[str]:
        """The states of widget or desk, as the index has them."""
        self.page.goto(f"{self.url}/patterns")
        expect(self.page.locator("article").first).to_be_attached()
        ids: list[str] = self.page.locator("article").evaluate_all("all => all.map(({ id }) => id)")
        return [name.removeprefix(f"{of}-") for name in ids if name.startswith(f"{of}-")]

    def show(self, of: str, state: str, lang: str = "en", theme: str = "light") -> list[str]:
        """Go to a state; why it was not reached, if it was not."""
        self.complaints.clear()
        self.page.goto(f"{self.url}/patterns/frame?of={of}&state={state}&lang={lang}&theme={theme}")
        html = self.page.locator("html[data-ready]")
        html.wait_for(state="attached")
        reached = html.get_attribute("data-ready")
        return [] if reached == "yes" and not self.complaints else [f"{reached} {self.complaints}"]

    def darken(self) -> None:
        """The same state in the dark."""
        self.page.evaluate(
            """() => {
              document.documentElement.dataset.theme = "dark";
              document.querySelector("checkout-chat")?.setAttribute("theme", "dark");
              return new Promise((go) => requestAnimationFrame(() => setTimeout(go)));
            }"""
        )

    def faults(self, options: dict[str, Any] = RULES) -> list[str]:
        found: list[str] = self.page.evaluate(FIND_FAULTS, options)
        return found

    def too_wide(self) -> list[str]:
        found: list[str] = self.page.evaluate(FIND_WIDE)
        return found

    def double_text(self) -> None:
        self.page.evaluate(DOUBLE_TEXT)

    def moving(self) -> list[str]:
        found: list[str] = self.page.evaluate(MOVING)
        return found
