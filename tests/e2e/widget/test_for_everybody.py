"""By keyboard, by screen reader, in the dark, at 320 px, from right to left, with the system's colours."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.e2e.fake_server import FakeServer
from tests.e2e.widget.shopper import Shop

LOOKS = {
    "light": ({"color_scheme": "light"}, {}),
    "dark": ({"color_scheme": "dark"}, {}),
    "theme dark": ({"color_scheme": "light"}, {"theme": "dark"}),
    "320 px": ({"viewport": {"width": 320, "height": 640}}, {}),
    "right to left": ({}, {"dir": "rtl"}),
    "forced colours": ({"forced_colors": "active"}, {}),
}


def _states(shop: Shop) -> dict[str, Callable[[], None]]:
    """Every state of the widget, in an order in which each follows from the one before."""

    def answered() -> None:
        shop.open_chat()
        shop.say("delivery")
        expect(shop.bubbles).to_have_count(3)
        shop.find("summary").last.click()

    def clarified() -> None:
        shop.say("which delivery")
        expect(shop.find(".choices button")).to_have_count(3)

    def chosen() -> None:
        shop.find(".choices button").first.click()
        shop.find(".row .choice").last.click()
        expect(shop.find(".choices .chosen")).to_be_visible()

    def waiting() -> None:
        shop.find(".foot > .link").click()
        expect(shop.find(".strip").first).to_be_visible()

    def with_a_person() -> None:
        shop.server.play("claim")
        shop.server.play("message", author="agent", name="Maya", text="I can see both attempts.")
        shop.server.play("frame", type="typing", author="agent", on=True)
        expect(shop.find(".writing")).to_be_visible()

    def contact_wanted() -> None:
        shop.server.play("state", owner="assistant", agent=None, desk={"staffed": False}, contact="wanted")
        expect(shop.find(".contact")).to_be_visible()

    def offline() -> None:
        shop.server.play("state", contact="none")
        shop.server.play("behave", all_refused=True)
        shop.server.play("cut")
        shop.say("are you there")
        expect(shop.find(".trouble")).to_be_visible()

    def offered() -> None:
        shop.call("track", "payment.failed", {})
        expect(shop.nudge).to_be_visible()

    def empty() -> None:
        shop.open_chat()
        expect(shop.find(".greeting")).to_be_visible()
        shop.find(".head .shut").click()

    return {
        "closed": lambda: None,
        "empty": empty,
        "offered": offered,
        "answered": answered,
        "clarified": clarified,
        "chosen": chosen,
        "waiting": waiting,
        "with a person": with_a_person,
        "contact wanted": contact_wanted,
        "offline": offline,
    }


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_in_any_state(
    browser: Browser, browser_context_args: dict[str, object], server: FakeServer, look: str
) -> None:
    context_args, wanted = LOOKS[look]
    with browser.new_context(**{**browser_context_args, **context_args}, bypass_csp=True) as context:
        shop = Shop(context.new_page(), server).go(**wanted)
        found = []
        for name, reach in _states(shop).items():
            reach()
            for violation in Axe().run(shop.page, context="checkout-chat").response["violations"]:
                found += [f"{name}: {violation['id']}: {node['html']}" for node in violation["nodes"]]
        assert found == []


def test_the_whole_job_goes_by_keyboard(shop: Shop) -> None:
    shop.go()
    press = shop.page.keyboard.press
    for _ in range(12):
        press("Tab")
        if shop.launcher.evaluate("(launcher) => launcher.getRootNode().activeElement === launcher"):
            break
    expect(shop.launcher).to_be_focused()
    press("Enter")
    expect(shop.field).to_be_focused()
    shop.page.keyboard.type("which delivery")
    press("Enter")
    expect(shop.find(".choices button")).to_have_count(3)
    for _ in range(4):
        press("Shift+Tab")
        if shop.find(".choices button").last.evaluate("(it) => it.getRootNode().activeElement === it"):
            break
    press("Enter")
    expect(shop.find(".choices .chosen")).to_have_text("None of these")
    expect(shop.find(".under").nth(1)).to_be_focused()
    press("Escape")
    expect(shop.panel).to_be_hidden()
    expect(shop.launcher).to_be_focused()


def test_nothing_takes_focus_that_the_shopper_did_not_ask_for(shop: Shop) -> None:
    shop.go()
    card = shop.page.locator("#card")
    card.focus()
    shop.page.keyboard.type("4242")
    shop.call("track", "payment.failed", {})
    expect(shop.find(".line")).to_be_visible()
    shop.server.play("message", author="agent", name="Maya", text="Hello.")
    expect(shop.find(".badge")).to_have_text("2")
    expect(card).to_be_focused()
    expect(card).to_have_value("4242")


def test_new_messages_are_spoken_once_and_history_is_not(shop: Shop) -> None:
    shop.go().open_chat()
    shop.page.evaluate(
        """() => {
          window.spoken = [];
          const { shadowRoot } = document.querySelector("checkout-chat");
          const hear = (changes) => changes.forEach(({ addedNodes }) =>
            addedNodes.forEach((node) => spoken.push(node.textContent)));
          new MutationObserver(hear).observe(shadowRoot.querySelector("[aria-live=polite]"), { childList: true });
        }"""
    )
    shop.say("delivery")
    expect(shop.bubbles).to_have_count(2)
    assert shop.page.evaluate("spoken") == [
        "Assistant: Standard delivery to Austria takes 2 to 4 working days."
    ]
    expect(shop.find("[aria-live=polite] div")).to_have_count(0)
    shop.page.reload()
    expect(shop.bubbles).to_have_count(2)
    expect(shop.find("[aria-live=polite] div")).to_have_count(0)


def test_it_is_a_dialog_with_a_log_and_a_labelled_field(shop: Shop) -> None:
    shop.go().open_chat()
    shop.say("delivery")
    expect(shop.bubbles).to_have_count(2)
    dialog = shop.page.get_by_role("dialog", name="Fernhill help")
    expect(dialog).to_be_visible()
    expect(dialog).not_to_have_attribute("aria-modal", "true")
    expect(dialog.get_by_role("log", name="Conversation")).to_contain_text("working days")
    expect(dialog.get_by_role("textbox", name="Ask about your order")).to_be_visible()
    expect(dialog.get_by_role("button", name="Talk to a person")).to_be_visible()
    expect(dialog.get_by_role("group", name="Did this help?").get_by_role("button")).to_have_text(
        ["Yes", "No"]
    )


def test_everything_that_can_be_pressed_is_24_px_at_least(shop: Shop) -> None:
    shop.go().open_chat()
    shop.say("delivery")
    expect(shop.find(".row .choice")).to_have_count(2)
    sizes = shop.page.evaluate(
        """() => [...document.querySelector("checkout-chat").shadowRoot
          .querySelectorAll("button, summary, textarea")]
          .map((each) => each.getBoundingClientRect()).filter((box) => box.width)
          .map((box) => Math.min(box.width, box.height))"""
    )
    assert len(sizes) >= 7
    assert min(sizes) >= 24


def test_at_320_px_nothing_is_wider_than_the_screen(shop: Shop) -> None:
    shop.page.set_viewport_size({"width": 320, "height": 640})
    shop.go().open_chat()
    shop.say("which " + "x" * 300)
    expect(shop.find(".choices button")).to_have_count(3)
    assert shop.find(".log").evaluate("(log) => log.scrollWidth <= log.clientWidth")
    assert shop.panel.evaluate("(panel) => panel.scrollWidth <= panel.clientWidth")


def test_from_right_to_left_the_launcher_is_on_the_left(shop: Shop) -> None:
    shop.go(dir="rtl", protect=".none")
    box = shop.launcher.bounding_box()
    assert box is not None
    assert box["x"] == 24


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_in_what_the_guide_brings(
    browser: Browser, browser_context_args: dict[str, object], server: FakeServer, look: str
) -> None:
    context_args, wanted = LOOKS[look]
    nodes = [{"t": "p", "c": ["2 to 4 working days."]}]
    card = {"id": "delivery-time", "title": "How long does delivery take?", "nodes": nodes}
    notice = {"id": "paypal", "text": "PayPal is not answering just now. Cards work.", "until": None}
    everybody = {"steps": [], "countries": [], "methods": []}
    server.play("guide", steps={"": [card]}, notices=[notice | everybody])
    with browser.new_context(**{**browser_context_args, **context_args}, bypass_csp=True) as context:
        shop = Shop(context.new_page(), server).go(**wanted)
        expect(shop.nudge).to_contain_text("Cards work.")
        shop.page.evaluate(
            """() => {
              const help = document.createElement("checkout-help");
              help.setAttribute("article", "delivery-time");
              document.querySelector("form").append(help);
            }"""
        )
        found: list[str] = []

        def check(state: str) -> None:
            for where in ("checkout-chat", "checkout-help"):
                for violation in Axe().run(shop.page, context=where).response["violations"]:
                    found.extend(f"{state}: {violation['id']}: {node['html']}" for node in violation["nodes"])

        check("a notice")
        help_button = shop.page.locator("checkout-help button")
        help_button.click()
        expect(shop.page.locator("checkout-help .nudge")).to_contain_text("working days")
        check("an article beside a field")
        shop.page.keyboard.press("Escape")
        shop.open_chat()
        check("the step's questions and a notice")
        shop.server.wait_for("hello")
        shop.field.fill("delivery")
        expect(shop.find(".bottom .choice")).to_be_visible()
        check("an answer while typing")
        assert found == []
