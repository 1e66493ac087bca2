"""Over the whole checkout of the demo shop, nothing that is protected is ever covered."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from scripts.browser import EMPTY_CARD, GOOD_CARD, Checkout
from tests.e2e.widget.shopper import Shop

WIDTHS = [320, 360, 480, 768, 1024, 1280]
# Scrolls through the page and names each protected element that a piece of the chat lies over.
COVERED = """async (step) => {
  const chat = document.querySelector("checkout-chat");
  const covered = [];
  const most = document.documentElement.scrollHeight - innerHeight;
  for (let top = 0; top <= Math.max(0, most) + step; top += step) {
    scrollTo(0, top);
    await new Promise((go) => requestAnimationFrame(() => setTimeout(go, 20)));
    for (const name of [".launcher", ".nudge", ".panel"]) {
      const piece = chat.shadowRoot.querySelector(name);
      const a = piece.getBoundingClientRect();
      if (piece.hidden || !a.width || (name === ".panel" && innerWidth < 480)) continue;
      for (const element of document.querySelectorAll(chat.getAttribute("protect"))) {
        const b = element.getBoundingClientRect();
        if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
          covered.push(`${name} over ${element.className} at ${top}`);
      }
    }
  }
  scrollTo(0, 0);
  return covered;
}"""
BANNER = """() => {
  const banner = document.createElement("section");
  banner.className = "cookies";
  banner.textContent = "This shop uses cookies. ".repeat(6);
  banner.style.cssText = "position:fixed;inset:auto 0 0 0;padding:24px;background:#fff;z-index:9";
  document.body.append(banner);
  const chat = document.querySelector("checkout-chat");
  chat.setAttribute("protect", chat.getAttribute("protect") + ", .cookies");
}"""
KEYBOARD = """
const seen = new EventTarget();
Object.assign(seen, { scale: 1, offsetTop: 0, offsetLeft: 0, height: innerHeight / 2, width: innerWidth });
Object.defineProperty(window, "visualViewport", { value: seen });
"""
# As a browser does that is told to enlarge text only: whatever its unit, in the page and in the chat.
LARGE_TEXT = """() => {
  window.enlarged ??= new WeakSet();
  const shadow = document.querySelector("checkout-chat").shadowRoot;
  const fresh = [...document.querySelectorAll("body *"), ...shadow.querySelectorAll("*")].filter((each) => !enlarged.has(each));
  const sizes = fresh.map((each) => parseFloat(getComputedStyle(each).fontSize));
  fresh.forEach((each, place) => {
    enlarged.add(each);
    each.style.fontSize = `${sizes[place] * 2}px`;
  });
}"""


def _through(
    shop: Shop,
    width: int,
    step_px: int,
    prepare: Callable[[], None] = lambda: None,
    *,
    keyboard: bool = False,
) -> list[str]:
    """All that is covered on the way from the cart over a declined card to the order; `prepare` before each look."""
    covered: list[str] = []
    checkout = Checkout(shop.page)

    def look(step: str) -> None:
        prepare()
        covered.extend(f"{step}: {found}" for found in shop.page.evaluate(COVERED, step_px))
        if width < 480:
            return
        shop.page.evaluate("document.querySelector('checkout-chat').open()")
        covered.extend(f"{step}, open: {found}" for found in shop.page.evaluate(COVERED, step_px))
        shop.page.evaluate("document.querySelector('checkout-chat').close()")

    shop.page.goto(f"{shop.server.url}/demo/cart")
    expect(shop.launcher).to_be_attached()
    look("cart")
    if shop.page.get_by_label("Coupon code").is_visible():  # on narrow screens it is folded away
        checkout.apply_coupon("SUMMER20")
        look("coupon refused")
    checkout.go_to_address()
    shop.page.get_by_role("button", name="Continue to delivery").click()
    look("address with troubles")
    checkout.fill_in_address()
    look("delivery")
    shop.page.get_by_role("button", name="Continue to payment").click()
    look("payment")
    checkout.pay_with(EMPTY_CARD)
    expect(shop.page.get_by_role("alert").filter(has_text="declined")).to_be_visible()
    look("declined")
    if not keyboard:  # which is there as long as a field has the focus
        shop.page.locator("h1").click()
        look("declined, with a card")
    checkout.pay_with(GOOD_CARD)
    expect(shop.page.locator("#order-number")).to_be_visible()
    look("thank you")
    return covered


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_protected_is_covered(shop: Shop, width: int) -> None:
    shop.page.set_viewport_size({"width": width, "height": 740})
    assert _through(shop, width, 90) == []


@pytest.mark.parametrize("width", [360, 1280])
def test_nor_with_text_twice_as_large_and_a_cookie_banner(shop: Shop, width: int) -> None:
    shop.page.set_viewport_size({"width": width, "height": 740})

    def prepare() -> None:
        shop.page.evaluate(LARGE_TEXT)
        if shop.page.locator(".cookies").count() == 0:
            shop.page.evaluate(BANNER)
        shop.page.wait_for_timeout(400)  # what comes by itself is seen within a third of a second

    assert _through(shop, width, 150, prepare) == []


@pytest.mark.parametrize("width", [360, 768])
def test_nor_above_a_keyboard_on_the_screen(shop: Shop, width: int) -> None:
    shop.page.set_viewport_size({"width": width, "height": 740})
    shop.page.add_init_script(KEYBOARD)
    assert _through(shop, width, 150, keyboard=True) == []
