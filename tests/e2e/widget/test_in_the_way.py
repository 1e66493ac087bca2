"""Launcher, offer and panel cover nothing that the shop protects, and take no focus from a form."""

import pytest
from playwright.sync_api import expect

from tests.e2e.widget.shopper import Shop

WIDTHS = [320, 360, 480, 768, 1024, 1280]
OVERLAPS = """(name) => {
  const piece = document.querySelector("checkout-chat").shadowRoot.querySelector(name);
  const a = piece.getBoundingClientRect();
  if (piece.hidden || !a.width) return [];
  return [...document.querySelectorAll(".pay, .totals, .error")].filter((element) => {
    const b = element.getBoundingClientRect();
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  }).map((element) => element.className);
}"""


def _overlaps(shop: Shop, *pieces: str) -> list[str]:
    """What is covered at any scroll position, in steps of 40 px, and by which piece."""
    covered = []
    for top in range(
        0, int(shop.page.evaluate("document.documentElement.scrollHeight - innerHeight")) + 40, 40
    ):
        shop.page.evaluate(
            "(top) => new Promise((go) => { scrollTo(0, top); requestAnimationFrame(() => setTimeout(go)) })",
            top,
        )
        covered += [
            f"{piece} over {name} at {top}"
            for piece in pieces
            for name in shop.page.evaluate(OVERLAPS, piece)
        ]
    return covered


@pytest.mark.parametrize("width", WIDTHS)
def test_launcher_and_offer_cover_nothing_protected(shop: Shop, width: int) -> None:
    shop.page.set_viewport_size({"width": width, "height": 700})
    shop.go()
    assert _overlaps(shop, ".launcher") == []
    shop.page.evaluate("scrollTo(0, 0)")
    shop.call("track", "payment.failed", {"code": "do_not_honor"})
    expect(shop.find(".badge")).to_be_visible()
    assert _overlaps(shop, ".launcher", ".nudge") == []


@pytest.mark.parametrize("width", [width for width in WIDTHS if width >= 480])
@pytest.mark.parametrize("height", [600, 800])
def test_the_open_panel_covers_nothing_protected(shop: Shop, width: int, height: int) -> None:
    shop.page.set_viewport_size({"width": width, "height": height})
    shop.go().open_chat()
    assert _overlaps(shop, ".panel") == []
    box = shop.panel.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert box["y"] + box["height"] <= height


def test_where_there_is_no_room_the_panel_folds_until_the_shopper_wants_it(shop: Shop) -> None:
    shop.go(protect="main, .tall").open_chat()
    expect(shop.find(".fold")).to_be_visible()
    expect(shop.field).to_be_hidden()
    shop.find(".fold .link").click()
    expect(shop.field).to_be_focused()


def test_on_a_phone_the_panel_is_modal_and_escape_and_back_close_it(shop: Shop) -> None:
    shop.page.set_viewport_size({"width": 360, "height": 700})
    shop.go().open_chat()
    assert shop.panel.bounding_box() == {"x": 0, "y": 0, "width": 360, "height": 700}
    expect(shop.panel).to_have_attribute("aria-modal", "true")
    assert shop.page.evaluate("document.querySelector('main').inert")
    shop.page.keyboard.press("Escape")
    expect(shop.panel).to_be_hidden()
    expect(shop.launcher).to_be_focused()
    assert not shop.page.evaluate("document.querySelector('main').inert")
    shop.open_chat()
    shop.page.go_back()
    expect(shop.panel).to_be_hidden()
    assert shop.page.url.split("?")[0].endswith("/checkout/payment")
    assert not shop.page.evaluate("document.querySelector('main').inert")


def test_on_a_phone_nothing_opens_by_itself(shop: Shop) -> None:
    shop.page.set_viewport_size({"width": 360, "height": 700})
    shop.go().open_chat()
    shop.say("delivery")
    expect(shop.bubbles).to_have_count(2)
    shop.page.add_init_script("window.checkoutChat = [['open']];")
    shop.page.reload()
    expect(shop.launcher).to_be_visible()
    expect(shop.panel).to_be_hidden()


HELD_BACK = """
window.asked = new Promise((tell) => { window.requestIdleCallback = (run) => tell({ run }); });
"""
OPEN_LATER = """new Promise((go) => setTimeout(() => {
  document.querySelector("checkout-chat").open();
  go();
}, 50))"""


def test_on_a_phone_a_tap_elsewhere_while_the_chat_loads_opens_nothing(shop: Shop) -> None:
    shop.page.set_viewport_size({"width": 360, "height": 700})
    shop.page.add_init_script("window.checkoutChat = [['open']];" + HELD_BACK)
    shop.page.goto(f"{shop.server.url}/checkout/payment")
    shop.page.locator("#card").click()
    shop.page.evaluate("asked.then((start) => start.run())")
    expect(shop.launcher).to_be_visible()
    expect(shop.panel).to_be_hidden()


def test_on_a_phone_the_page_opens_nothing_while_the_shopper_types(shop: Shop) -> None:
    shop.page.set_viewport_size({"width": 360, "height": 700})
    shop.go().page.locator("#card").press_sequentially("4242")
    shop.page.evaluate(OPEN_LATER)
    expect(shop.panel).to_be_hidden()
    expect(shop.page.locator("#card")).to_be_focused()


def test_on_a_phone_a_button_of_the_shop_opens_the_chat(shop: Shop) -> None:
    shop.page.set_viewport_size({"width": 360, "height": 700})
    shop.go().page.evaluate(
        "() => { document.querySelector('.pay').onclick = () => checkoutChat.push(['open']); }"
    )
    shop.page.locator(".pay").click()
    expect(shop.panel).to_be_visible()
    expect(shop.panel).to_be_focused()


def test_while_a_field_has_focus_an_offer_is_one_line_that_takes_no_focus(shop: Shop) -> None:
    shop.go()
    card = shop.page.locator("#card")
    card.focus()
    shop.call("track", "payment.failed", {"code": "do_not_honor"})
    expect(shop.find(".line")).to_be_visible()
    expect(shop.find(".line")).to_have_text("Your bank declined the payment, so this order was not placed.")
    expect(shop.nudge).to_be_hidden()
    expect(card).to_be_focused()
    card.blur()
    expect(shop.nudge).to_be_visible()
    shop.find(".nudge .main").click()
    expect(shop.find(".offer .bubble")).to_contain_text("Another card or PayPal works too.")
    assert shop.server.wait_for("context")[-1]["context"]["opened_by"] == "offer:payment.failed"


def test_a_dismissed_offer_stays_dismissed(shop: Shop) -> None:
    shop.go()
    shop.call("track", "coupon.rejected", {"code": "SPRING"})
    shop.find(".nudge .link").click()
    expect(shop.nudge).to_be_hidden()
    shop.server.wait_for("dismiss")
    shop.page.reload()
    expect(shop.launcher).to_be_visible()
    expect(shop.nudge).to_be_hidden()


def test_an_offer_comes_quickly(shop: Shop) -> None:
    shop.go()
    took_ms = shop.page.evaluate(
        """() => new Promise((done) => {
          const chat = document.querySelector("checkout-chat");
          const nudge = chat.shadowRoot.querySelector(".nudge");
          const began = performance.now();
          chat.track("payment.failed", {});
          const look = () => nudge.hidden ? requestAnimationFrame(look) : done(performance.now() - began);
          look();
        })"""
    )
    assert took_ms < 2_000
