"""The shopper's whole job without a mouse and without eyes: nudge, read, ask, vote, person, contact, close."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.fake_server import FakeServer, serving
from tests.e2e.widget.shopper import Shop

FAKE_CHAT = Path(__file__).parents[1] / "widget" / "fake_chat.py"
# The innermost element that has the focus, as a screen reader would name it.
FOCUSED = """() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  if (!at || at === document.body) return "the page";
  const label = at.labels?.[0]?.textContent ?? at.closest("label")?.textContent;
  return (at.ariaLabel ?? label ?? at.textContent).trim() || at.className;
}"""
LISTEN = """() => {
  window.spoken = [];
  const root = document.querySelector("checkout-chat").shadowRoot;
  for (const region of root.querySelectorAll("[aria-live=polite], [aria-live=assertive], [role=alert]"))
    new MutationObserver((changes) => changes.forEach(({ addedNodes }) =>
      addedNodes.forEach((node) => spoken.push(node.textContent)))).observe(region, { childList: true, subtree: true });
}"""
MOST_TABS = 40

# What has to be in the tree, in this order; more may be.
NUDGE = """
- region "Fernhill help":
  - button /Ask for help/
  - paragraph: /this order was not placed/
  - button /Read/
  - button "Not now"
"""
READ = """
- dialog "Fernhill help":
  - heading "Fernhill help" [level=2]
  - paragraph: /eople are away/
  - button "Close"
  - log "Conversation":
    - text: Assistant
    - paragraph: /this order was not placed/
    - group: Read more
    - paragraph: "From: Declined payments"
    - group "Did this help?":
      - button "Yes"
      - button "No"
  - textbox "Ask about your order"
  - button "Send"
  - button "Talk to a person"
"""
ASKED_BACK = """
- log "Conversation":
  - text: You
  - paragraph: which delivery
  - text: Assistant
  - paragraph: I'm not sure I have the right answer. Is it one of these?
  - button "How long delivery takes"
  - button "What delivery costs"
  - button "None of these"
"""
CHOSEN = """
- log "Conversation":
  - text: You
  - paragraph: What delivery costs
  - text: Assistant
  - paragraph:
    - strong: 2 to 4 working days
  - group: Read more
  - group "Did this help?":
    - button "Yes"
    - button "No"
"""
CONTACT = """
- log "Conversation":
  - textbox "Your name"
  - textbox "E-mail"
  - textbox "Your question": What delivery costs
  - button "Send"
"""


@pytest.fixture(scope="session")
def chat_server() -> Iterator[FakeServer]:
    with serving(FAKE_CHAT) as server:
        yield server


@pytest.fixture
def shop(page: Page, chat_server: FakeServer) -> Shop:
    """The payment step, with nobody at the shop's desk."""
    chat_server.play("reset")
    chat_server.play("state", desk={"staffed": False})
    page.set_default_timeout(8_000)
    return Shop(page, chat_server).go()


def focused(shop: Shop) -> str:
    name: str = shop.page.evaluate(FOCUSED)
    return name


def tab_to(shop: Shop, name: str, key: str = "Tab") -> list[str]:
    """Press Tab until this has the focus; everything that had it on the way."""
    passed: list[str] = []
    while name not in (passed[-1:] or [focused(shop)]):
        shop.page.keyboard.press(key)
        passed.append(focused(shop))
        assert len(passed) < MOST_TABS, f"{name} was not reached: {passed}"
    return passed


def in_order(wanted: list[str], passed: list[str]) -> bool:
    left = iter(passed)
    return all(name in left for name in wanted)


def test_the_whole_job_goes_by_keyboard_alone(shop: Shop) -> None:
    keyboard = shop.page.keyboard
    shop.call("track", "payment.failed", {"code": "do_not_honour"})
    expect(shop.nudge).to_be_visible()
    assert focused(shop) == "the page"

    read = shop.nudge.get_by_role("button").first.inner_text()
    passed = tab_to(shop, read)
    assert in_order(["Card number", "Name on card", "Pay €92.80", read], passed)
    keyboard.press("Enter")
    dialog = shop.page.get_by_role("dialog", name="Fernhill help")
    expect(dialog).to_contain_text("this order was not placed")
    expect(shop.nudge).to_be_hidden()
    expect(dialog).to_be_focused()

    passed = tab_to(shop, "Ask about your order")
    assert in_order(["Close", "Conversation", "Read more", "Yes", "No"], passed)
    keyboard.type("delivery")
    keyboard.press("Enter")
    expect(dialog).to_contain_text("2 to 4 working days")
    assert focused(shop) == "Ask about your order"

    tab_to(shop, "Yes", "Shift+Tab")
    keyboard.press("Enter")
    assert shop.server.wait_for("verdict")[0]["helped"] is True
    assert focused(shop) != "the page"
    expect(dialog.locator(":focus")).to_have_count(1)

    tab_to(shop, "Talk to a person")
    keyboard.press("Enter")
    form = dialog.get_by_role("textbox", name="Your name")
    expect(form).to_be_visible()
    tab_to(shop, "Your name", "Shift+Tab")
    keyboard.type("Anna Gruber")
    assert tab_to(shop, "E-mail") == ["E-mail"]
    keyboard.type("anna@example.org")
    assert tab_to(shop, "Your question") == ["Your question"]
    keyboard.press("Control+a")
    keyboard.type("Was I charged twice?")
    tab_to(shop, "Send")
    keyboard.press("Enter")
    assert shop.server.wait_for("contact")[0]["email"] == "anna@example.org"
    expect(dialog).to_contain_text("will write to anna@example.org")
    expect(form).to_be_hidden()
    # The form is gone with the button that had the focus: Tab goes on from its place, inside the panel.
    shop.page.keyboard.press("Tab")
    expect(dialog.locator(":focus")).to_have_count(1)

    keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(shop.launcher).to_be_focused()


def test_put_away_by_keyboard_a_nudge_is_gone_and_the_focus_is_not_lost(shop: Shop) -> None:
    shop.call("track", "payment.failed", {})
    expect(shop.nudge).to_be_visible()
    tab_to(shop, "Not now")
    shop.page.keyboard.press("Enter")
    expect(shop.nudge).to_be_hidden()
    shop.server.wait_for("dismiss")
    shop.page.keyboard.press("Shift+Tab")
    assert focused(shop) != "the page"


def test_on_a_phone_the_panel_keeps_the_focus_until_escape(shop: Shop) -> None:
    shop.page.set_viewport_size({"width": 360, "height": 740})
    tab_to(shop, "Ask for help")
    shop.page.keyboard.press("Enter")
    dialog = shop.page.get_by_role("dialog", name="Fernhill help")
    expect(dialog).to_have_attribute("aria-modal", "true")
    names = []
    for _ in range(12):
        shop.page.keyboard.press("Tab")
        names.append(focused(shop))
    assert "Close" in names
    assert not {"Card number", "Pay €92.80"} & set(names)
    tab_to(shop, "Close", "Shift+Tab")
    shop.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(shop.launcher).to_be_focused()
    assert "Pay €92.80" in tab_to(shop, "Pay €92.80", "Shift+Tab")


def test_each_new_message_is_said_once_and_what_was_there_before_never(shop: Shop) -> None:
    shop.open_chat()
    shop.page.evaluate(LISTEN)
    shop.say("delivery")
    expect(shop.bubbles).to_have_count(2)
    shop.server.play("message", author="agent", name="Maya", text="I am here.")
    expect(shop.bubbles).to_have_count(3)
    assert shop.page.evaluate("spoken") == [
        "Assistant: Standard delivery to Austria takes 2 to 4 working days.",
        "Maya: I am here.",
    ]
    shop.page.reload()
    expect(shop.find(".launcher:visible, .panel:visible")).to_have_count(1)
    shop.page.evaluate(LISTEN)
    if not shop.panel.is_visible():
        shop.open_chat()
    expect(shop.bubbles).to_have_count(3)
    assert shop.page.evaluate("spoken") == []
    shop.server.play("cut")
    shop.server.play("message", author="agent", name="Maya", text="One more thing.")
    expect(shop.bubbles).to_have_count(4)
    assert shop.page.evaluate("spoken").count("Maya: One more thing.") == 1
    assert not [words for words in shop.page.evaluate("spoken") if "working days" in words]


def test_a_screen_reader_finds_the_whole_job_in_the_tree(shop: Shop) -> None:
    shop.call("track", "payment.failed", {})
    expect(shop.nudge).to_be_visible()
    chat = shop.page.get_by_role("region", name="Fernhill help")
    expect(chat).to_match_aria_snapshot(NUDGE)
    shop.nudge.get_by_role("button").first.click()
    dialog = shop.page.get_by_role("dialog", name="Fernhill help")
    expect(dialog).to_match_aria_snapshot(READ)
    shop.say("which delivery")
    expect(dialog).to_match_aria_snapshot(ASKED_BACK)
    dialog.get_by_role("button", name="What delivery costs").click()
    expect(dialog).to_match_aria_snapshot(CHOSEN)
    dialog.get_by_role("button", name="Talk to a person").click()
    expect(dialog).to_match_aria_snapshot(CONTACT)
    dialog.get_by_role("button", name="Close").click()
    expect(chat).to_match_aria_snapshot("- button /Ask for help/")
    expect(chat.get_by_role("dialog")).to_have_count(0)
