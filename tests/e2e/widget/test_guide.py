"""What the guide brings: guesses with manners, questions of the step, answers while typing, notices, help in place."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.widget.shopper import Shop

CARD = {
    "id": "delivery-time",
    "title": "How long does delivery take?",
    "nodes": [{"t": "p", "c": ["2 to 4 working days."]}],
}
NOTICE = {
    "id": "paypal",
    "text": "PayPal is not answering just now. Cards work.",
    "steps": ["payment"],
    "countries": [],
    "methods": [],
    "until": None,
}
SOON = {"in_step_s": 0, "per_session": 3}


# Trusted Types forbid markup as text: the elements are built.
BUILD = """(markup) => {
  const place = document.createElement("div");
  place.id = "added";
  place.addEventListener("submit", (event) => event.preventDefault());
  const stack = [place];
  for (const [, closing, name, rest, text] of markup.matchAll(/<(\\/?)(\\w+)([^>]*)>([^<]*)/g)) {
    if (closing) stack.pop();
    else {
      const element = document.createElement(name);
      for (const [, key, value] of rest.matchAll(/([\\w-]+)(?:="([^"]*)")?/g)) element.setAttribute(key, value ?? "");
      element.append(text);
      stack.at(-1).append(element);
      if (name !== "input") stack.push(element);
    }
  }
  document.querySelector("main").prepend(place);
}"""


def rule(when: dict[str, Any], name: str = "stuck") -> dict[str, Any]:
    return {"id": name, "guess": True, "when": when}


def go(shop: Shop, **guide: Any) -> Shop:
    """The payment step, with this guide."""
    shop.server.play("guide", **guide)
    shop.go()
    shop.server.wait_for("guide")
    shop.call("setContext", {"step": "payment"})
    return shop


def test_a_guess_that_comes_true_is_fired_once_and_shown(shop: Shop) -> None:
    go(shop, rules=[rule({"all": [{"step": ["payment"]}, {"idle_s": 0.2}]})], manners=SOON)
    expect(shop.nudge).to_be_visible()
    assert shop.server.wait_for("fire")[0]["trigger"] == "stuck"
    shop.find(".nudge .link").click()
    expect(shop.nudge).to_be_hidden()
    shop.page.wait_for_timeout(900)
    assert len(shop.server.received("fire")) == 1
    shop.page.reload()
    expect(shop.launcher).to_be_visible()
    shop.page.wait_for_timeout(900)
    assert len(shop.server.received("fire")) == 1


def test_a_guess_waits_for_the_step_the_field_and_the_payment(shop: Shop) -> None:
    go(shop, rules=[rule({"step": ["payment"]})], manners={"in_step_s": 1, "per_session": 3})
    shop.page.locator("#card").focus()
    shop.page.wait_for_timeout(1_600)
    assert shop.server.received("fire") == []
    shop.call("setContext", {"paying": True})
    shop.page.locator("#card").blur()
    shop.page.wait_for_timeout(700)
    assert shop.server.received("fire") == []
    shop.call("setContext", {"paying": False})
    expect(shop.nudge).to_be_visible()


def test_nothing_is_shown_while_a_payment_is_on_its_way(shop: Shop) -> None:
    go(shop)
    shop.call("track", "payment.started")
    shop.call("track", "coupon.rejected", {"code": "SPRING", "reason": "expired"})
    shop.server.wait_for("track", 2)
    shop.page.wait_for_timeout(500)
    expect(shop.nudge).to_be_hidden()
    shop.call("track", "payment.failed", {"code": "51"})
    expect(shop.nudge).to_be_visible()


def test_of_guesses_only_so_many_come_in_a_session(shop: Shop) -> None:
    shop.server.play("behave", offered_to_fire=False)
    rules = [rule({"step": ["payment"]}, f"rule-{number}") for number in range(3)]
    go(shop, rules=rules, manners={"in_step_s": 0, "per_session": 2})
    shop.server.wait_for("fire", 2)
    shop.page.wait_for_timeout(900)
    assert len(shop.server.received("fire")) == 2


def test_leaving_by_pointer_errors_and_going_back_are_noticed(shop: Shop) -> None:
    rules = [
        rule({"exit": True}, "exit"),
        rule({"field_errors": 2}, "errors"),
        rule({"back_and_forth": 1}, "to-and-fro"),
    ]
    shop.server.play("behave", offered_to_fire=False)
    go(shop, rules=rules, manners=SOON)
    shop.page.wait_for_timeout(700)  # the step has been noticed: an exit counts in the step it happens in
    shop.page.evaluate(
        "document.dispatchEvent(new MouseEvent('mouseout', {clientY: -1, relatedTarget: null}))"
    )
    assert shop.server.wait_for("fire")[0]["trigger"] == "exit"
    shop.call("track", "field.error", {"field": "card", "count": 1})
    shop.call("track", "field.error", {"field": "card", "count": 2})
    assert shop.server.wait_for("fire", 2)[1]["trigger"] == "errors"
    shop.call("track", "step.entered", {"step": "delivery"})
    shop.call("track", "step.entered", {"step": "payment"})
    assert shop.server.wait_for("fire", 3)[2]["trigger"] == "to-and-fro"


@pytest.mark.parametrize(
    ("markup", "act", "event", "data"),
    [
        (
            '<button type="button" data-checkout-event="coupon.opened" data-checkout-place="cart">Coupon</button>',
            "click",
            "coupon.opened",
            {"place": "cart"},
        ),
        (
            '<form data-checkout-event="address.sent"><button>Go</button></form>',
            "submit",
            "address.sent",
            {},
        ),
        (
            (
                '<form><input required data-checkout-event="field.error" data-checkout-field="zip">'
                "<button>Go</button></form>"
            ),
            "submit",
            "field.error",
            {"field": "zip"},
        ),
        (
            '<p data-checkout-event="coupon.rejected" data-checkout-reason="expired" data-test="x">Ended.</p>',
            None,
            "coupon.rejected",
            {"reason": "expired"},
        ),
    ],
)
def test_attributes_report_what_happens(
    shop: Shop, markup: str, act: str | None, event: str, data: dict[str, str]
) -> None:
    shop.go()
    shop.page.evaluate(BUILD, markup)
    if act:
        shop.page.locator("#added button").click()
    frame = shop.server.wait_for("track")[0]
    assert (frame["event"], frame["data"]) == (event, data)
    shop.page.wait_for_timeout(700)
    assert len(shop.server.received("track")) == 1


def test_a_thousand_events_a_second_are_bounded_and_break_nothing(shop: Shop) -> None:
    shop.go()
    took_ms = shop.page.evaluate(
        """() => {
          const chat = document.querySelector("checkout-chat"), began = performance.now();
          for (let turn = 0; turn < 1000; turn += 1) chat.track("field.error", { field: "zip", count: turn });
          return performance.now() - began;
        }"""
    )
    assert took_ms < 3_000
    shop.server.wait_for("track", 8)
    shop.page.wait_for_timeout(300)
    assert len(shop.server.received("track")) == 8
    assert shop.page.evaluate("problems") == []


def test_the_questions_of_the_step_are_suggested_and_answered(shop: Shop) -> None:
    go(shop, steps={"payment": [CARD], "": []}).open_chat()
    shop.find(".greeting .choice").click()
    frame = shop.server.wait_for("choose")[0]
    assert (frame["article"], frame["seq"], frame["label"]) == ("delivery-time", 0, CARD["title"])
    expect(shop.bubbles).to_have_count(2)
    expect(shop.find(".greeting")).to_be_hidden()


def test_answers_come_while_typing_from_the_third_character_on_and_masked(shop: Shop) -> None:
    go(shop).open_chat()
    shop.server.wait_for("hello")
    shop.field.press_sequentially("de")
    shop.page.wait_for_timeout(500)
    assert shop.server.received("suggest") == []
    shop.field.fill("delivery 4242424242424242")
    match = shop.find(".bottom .choice")
    expect(match).to_have_text(CARD["title"])
    assert shop.server.wait_for("suggest")[-1]["text"] == "delivery •••• 4242"
    match.click()
    expect(shop.bubbles).to_have_count(2)
    expect(shop.field).to_have_value("")
    expect(match).to_be_hidden()


def test_without_the_server_the_steps_answers_are_at_hand_and_sent_later(shop: Shop) -> None:
    shop.wait_for_the_shopper()
    go(shop, steps={"payment": [CARD]}).open_chat()
    shop.server.wait_for("hello")
    shop.server.play("behave", all_refused=True)
    shop.server.play("cut")
    shop.page.reload()
    shop.find(".greeting .choice").click()
    expect(shop.bubbles).to_have_count(2)
    expect(shop.bubbles.last).to_have_text("2 to 4 working days.")
    expect(shop.panel).to_contain_text("Not sent yet")
    shop.server.play("behave", all_refused=False)
    shop.find(".msg .link").first.click()
    shop.server.wait_for("choose")
    expect(shop.find(".trouble")).to_be_hidden()
    expect(shop.bubbles).to_have_count(2)


def test_a_notice_is_shown_to_whom_it_concerns_and_its_end_can_be_asked_for(shop: Shop) -> None:
    elsewhere = {**NOTICE, "id": "other", "steps": ["cart"], "text": "Not for you."}
    over = {**NOTICE, "id": "over", "until": "2020-01-01T00:00:00Z", "text": "Long over."}
    go(shop, notices=[elsewhere, over, NOTICE])
    expect(shop.nudge).to_contain_text("Cards work.")
    shop.find(".nudge .main").click()
    expect(shop.find(".head .strip").last).to_have_text(str(NOTICE["text"]))
    shop.find(".head .link").click()
    assert shop.server.wait_for("notify_me")[0]["notice"] == "paypal"
    expect(shop.find(".head .link")).to_be_hidden()
    shop.find(".shut").click()
    shop.page.wait_for_timeout(400)
    expect(shop.nudge).to_be_hidden()
    shop.server.play("frame", type="notices", notices=[])
    shop.open_chat()
    expect(shop.find(".head .strip").last).to_be_hidden()


def test_help_beside_a_field_opens_its_article_in_place(shop: Shop) -> None:
    go(shop, steps={"": [CARD]})
    shop.page.evaluate(
        """() => {
          const help = document.createElement("checkout-help");
          help.setAttribute("article", "delivery-time");
          document.querySelector("label").after(help);
        }"""
    )
    button = shop.page.locator("checkout-help button")
    text = shop.page.locator("checkout-help .nudge")
    expect(text).to_be_hidden()
    button.focus()
    shop.page.keyboard.press("Enter")
    expect(text).to_contain_text("2 to 4 working days.")
    shop.page.keyboard.press("Escape")
    expect(text).to_be_hidden()
    expect(button).to_be_focused()
    assert shop.page.evaluate("problems") == []


def test_the_chat_can_be_downloaded_and_erased(shop: Shop) -> None:
    go(shop).open_chat()
    shop.say("delivery")
    expect(shop.bubbles).to_have_count(2)
    with shop.page.expect_download() as download:
        shop.find(".foot .link").filter(has_text="Download").click()
    text = download.value.path().read_text()
    assert "You: delivery" in text
    assert "Assistant: Standard delivery" in text
    shop.find(".foot .link").filter(has_text="Erase").click()
    assert shop.server.received("erase") == []
    shop.find(".foot .link").filter(has_text="Erase for good").click()
    expect(shop.bubbles).to_have_count(0)
    kept = shop.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "delivery" not in kept
    assert shop.page.evaluate("problems") == []
