"""The middle: transcript, claim, reply, articles, hand back, close."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.desk.stories import MAYA
from tests.e2e.fake_server import FakeServer


def test_the_transcript_names_authors_articles_confidence_and_verdict(paid_twice: Page) -> None:
    answer = paid_twice.locator("[data-seq='3']")
    expect(answer).to_contain_text("Assistant")
    expect(answer.get_by_test_id("about")).to_have_text(
        "article Pending payments, confidence .93, shopper said: no"
    )
    expect(answer.locator("em")).to_have_text("pending")
    expect(answer.get_by_role("link", name="More about payments")).to_have_attribute(
        "rel", "noopener noreferrer"
    )
    expect(paid_twice.locator("[data-seq='4']")).to_contain_text("Anna Gruber")
    expect(paid_twice.locator("[data-seq='5'].pill")).to_contain_text("You are first in line")
    expect(paid_twice.get_by_role("log")).to_contain_text(
        "Opened by the offer “Payment authentication failed”"
    )


def test_a_verdict_given_later_shows_at_once(paid_twice: Page, server: FakeServer) -> None:
    server.play("frame", type="update", conversation="c-paid-twice", seq=3, verdict="yes")
    expect(paid_twice.locator("[data-seq='3']").get_by_test_id("about")).to_contain_text("shopper said: yes")


def test_a_reload_comes_back_to_the_open_conversation(paid_twice: Page) -> None:
    paid_twice.reload()
    expect(paid_twice.locator("[data-seq='4']")).to_be_visible()
    expect(paid_twice.locator("main")).to_have_attribute("data-conversation", "c-paid-twice")


def test_an_address_that_leads_nowhere_says_so(desk: Page, server: FakeServer) -> None:
    desk.goto("about:blank")
    desk.goto(f"{server.url}/desk#c-unknown")
    expect(desk.get_by_role("alert").filter(has_text="no conversation with this address")).to_be_visible()
    expect(desk.get_by_text("Pick a conversation")).to_be_visible()


def test_claim_names_the_epoch_and_opens_the_reply_field(claimed: Page, server: FakeServer) -> None:
    assert server.wait_for("claim")[0]["epoch"] == 1
    expect(claimed.get_by_role("status").filter(has_text="The conversation is yours")).to_be_visible()
    expect(claimed.locator("main")).to_have_attribute("data-epoch", "2")


def test_before_the_claim_there_is_nothing_to_write_in(paid_twice: Page) -> None:
    expect(paid_twice.get_by_test_id("not-mine")).to_contain_text("Claim the conversation to reply")
    expect(paid_twice.locator("#reply")).to_have_count(0)


def test_who_loses_a_claim_race_is_told_who_won(paid_twice: Page, server: FakeServer) -> None:
    # The server has given it away already; the screen has not heard of it when the agent presses Claim.
    server.play("taken", conversation="c-paid-twice", told=False)
    paid_twice.get_by_test_id("claim").click()
    lost = paid_twice.get_by_role("alert").filter(has_text="Ben Okafor has this conversation.")
    expect(lost).to_contain_text("You can watch it, or ask them.")
    server.play("taken", conversation="c-paid-twice", told=True)
    expect(paid_twice.get_by_test_id("not-mine")).to_contain_text("Ben Okafor has this conversation")
    expect(paid_twice.locator("#reply")).to_have_count(0)


def test_a_reply_is_sent_once_and_stands_under_you(claimed: Page, server: FakeServer) -> None:
    claimed.get_by_label("Reply to Anna Gruber").fill("Both are reservations.\nThey end within 3 days.")
    claimed.keyboard.press("Enter")
    reply = claimed.locator("[data-author=agent]")
    expect(reply).to_contain_text("You")
    expect(reply).to_contain_text("They end within 3 days.")
    expect(claimed.locator("[data-unsent]")).to_have_count(0)
    expect(claimed.locator("#reply")).to_have_value("")
    (sent,) = server.wait_for("reply")
    assert (sent["epoch"], sent["text"]) == (2, "Both are reservations.\nThey end within 3 days.")


def test_shift_enter_makes_a_line_and_an_empty_reply_is_not_sent(claimed: Page, server: FakeServer) -> None:
    field = claimed.get_by_label("Reply to Anna Gruber")
    field.press("Enter")
    field.type("one")
    field.press("Shift+Enter")
    field.type("two")
    expect(field).to_have_value("one\ntwo")
    expect(claimed.get_by_role("button", name="Send")).to_be_enabled()
    assert server.received("reply") == []


def test_a_reply_that_is_too_long_is_counted_and_held_back(claimed: Page) -> None:
    claimed.get_by_label("Reply to Anna Gruber").fill("a" * 2003)
    expect(claimed.get_by_text("3 too many")).to_be_visible()
    expect(claimed.get_by_role("button", name="Send")).to_be_disabled()


def test_alt_and_a_digit_insert_an_article(claimed: Page) -> None:
    field = claimed.get_by_label("Reply to Anna Gruber")
    field.fill("Hello Anna.")
    field.press("Alt+2")
    expect(field).to_have_value(
        "Hello Anna.\n\nYour bank can see each attempt and can let the amount go sooner."
    )
    expect(field).to_be_focused()
    claimed.locator("[data-article=pay-with-paypal].article").click()
    assert field.input_value().endswith("PayPal works too. Choose it at the payment step.")


def test_other_articles_are_found_by_the_agents_words(claimed: Page, server: FakeServer) -> None:
    claimed.get_by_test_id("find").click()
    claimed.get_by_label("Find an article").fill("paypal")
    claimed.keyboard.press("Enter")
    expect(claimed.locator(".article").first).to_contain_text("Pay with PayPal")
    assert server.wait_for("search")[0]["question"] == "paypal"
    claimed.get_by_role("button", name="Back to the suggested ones").click()
    expect(claimed.locator(".article").first).to_contain_text("Pending payments")


def test_typing_shows_both_ways(claimed: Page, server: FakeServer) -> None:
    server.play("frame", type="typing", conversation="c-paid-twice", author="shopper", on=True)
    expect(claimed.get_by_test_id("typing")).to_have_text("Anna Gruber is writing")
    server.play("frame", type="typing", conversation="c-paid-twice", author="shopper", on=False)
    expect(claimed.get_by_test_id("typing")).to_have_count(0)
    claimed.get_by_label("Reply to Anna Gruber").fill("Let me look")
    assert server.wait_for("typing")[0]["on"] is True
    claimed.get_by_label("Reply to Anna Gruber").fill("")
    assert server.wait_for("typing", 2)[1]["on"] is False


def test_what_the_shopper_writes_appears_and_is_scrolled_to(claimed: Page, server: FakeServer) -> None:
    for number in range(12):
        server.play("shopper", conversation="c-paid-twice", text=f"line {number}")
    expect(claimed.get_by_text("line 11", exact=True).last).to_be_in_viewport()
    claimed.get_by_role("log").evaluate("log => log.scrollTo(0, 0)")
    expect(claimed.get_by_text("will i be charged twice").first).to_be_in_viewport()
    server.play("shopper", conversation="c-paid-twice", text="one more")
    claimed.get_by_role("button", name="New messages").click()
    expect(claimed.get_by_role("log").get_by_text("one more")).to_be_in_viewport()
    expect(claimed.get_by_role("button", name="New messages")).to_have_count(0)


def test_hand_back_tells_the_assistant_what_was_settled(claimed: Page, server: FakeServer) -> None:
    claimed.get_by_test_id("hand-back").click()
    claimed.get_by_label("What was settled").fill("It is a reservation.")
    claimed.get_by_role("dialog").get_by_role("button", name="Hand back").click()
    expect(claimed.get_by_test_id("not-mine")).to_contain_text("The assistant is answering")
    assert server.wait_for("hand_back")[0]["settled"] == "It is a reservation."
    expect(claimed.locator("[data-story=changes] li").last).to_contain_text(
        "to the assistant by Maya Lindner"
    )
    expect(claimed.get_by_test_id("claim")).to_have_text("Take over")


def test_close_asks_for_a_reason(claimed: Page, server: FakeServer) -> None:
    claimed.get_by_test_id("close").click()
    claimed.get_by_label("The shopper did not answer").check()
    claimed.get_by_role("dialog").get_by_role("button", name="Close").click()
    expect(claimed.get_by_test_id("not-mine")).to_contain_text("This conversation is closed")
    assert server.wait_for("close")[0]["reason"] == "no_answer"


def test_escape_leaves_the_window_and_nothing_is_done(claimed: Page, server: FakeServer) -> None:
    claimed.get_by_test_id("close").click()
    claimed.keyboard.press("Escape")
    expect(claimed.get_by_role("dialog")).to_have_count(0)
    expect(claimed.get_by_test_id("close")).to_be_focused()
    assert server.received("close") == []


def test_what_is_still_coming_leaves_the_window_open_and_the_focus_goes_back(
    paid_twice: Page, server: FakeServer
) -> None:
    conversation = "c-paid-twice"
    summary = server.play("summary", conversation=conversation)
    mine = {
        "owner": "agent",
        "agent": {"id": MAYA["id"], "name": MAYA["name"]},
        "place": None,
        "epoch": summary["epoch"] + 1,
    }
    server.play("hold", on=True)
    paid_twice.get_by_test_id("claim").click()
    [claim] = server.wait_for("claim")
    server.play("frame", type="conversation", conversation=summary | mine)
    paid_twice.get_by_test_id("close").click()
    window = paid_twice.get_by_role("dialog")
    expect(window).to_be_visible()
    server.play("frame", type="ack", id=claim["id"])
    expect(paid_twice.get_by_text("The conversation is yours.")).to_be_visible()
    expect(window).to_be_visible()
    paid_twice.keyboard.press("Escape")
    expect(window).to_have_count(0)
    expect(paid_twice.get_by_test_id("close")).to_be_focused()


@pytest.mark.parametrize("key", ["Escape", "Cancel"])
def test_the_focus_goes_back_to_the_button_also_when_it_was_drawn_again(
    claimed: Page, server: FakeServer, key: str
) -> None:
    head = server.play("summary", conversation="c-paid-twice")
    claimed.get_by_test_id("close").click()
    claimed.get_by_test_id("close").evaluate("(button) => { window.first = button; }")
    for epoch, owner, agent in [(1, "queue", None), (2, "agent", head["agent"])]:
        changed = {"owner": owner, "agent": agent, "epoch": head["epoch"] + epoch}
        server.play("frame", type="conversation", conversation=head | changed)
        expect(claimed.locator(f"main[data-owner={owner}]")).to_be_attached()
    assert not claimed.evaluate("first.isConnected")
    if key == "Escape":
        claimed.keyboard.press(key)
    else:
        claimed.get_by_role("button", name=key).click()
    expect(claimed.get_by_role("dialog")).to_have_count(0)
    expect(claimed.get_by_test_id("close")).to_be_focused()


def test_once_closed_the_focus_is_on_the_conversation(claimed: Page) -> None:
    claimed.get_by_test_id("close").click()
    claimed.get_by_role("dialog").get_by_role("button", name="Close").click()
    expect(claimed.get_by_role("dialog")).to_have_count(0)
    expect(claimed.get_by_role("main")).to_be_focused()


def test_markup_in_a_message_stays_text(paid_twice: Page, server: FakeServer) -> None:
    server.play("shopper", conversation="c-paid-twice", text="<img src=x onerror=alert(1)> & <b>bold</b>")
    expect(paid_twice.get_by_role("log")).to_contain_text("<img src=x onerror=alert(1)> & <b>bold</b>")
    assert paid_twice.locator(".log img, .log b").count() == 0


def test_a_link_with_a_script_in_it_is_shown_as_words(paid_twice: Page, server: FakeServer) -> None:
    nodes = [{"t": "p", "c": [{"t": "a", "href": "javascript:alert(1)", "c": ["press me"]}]}]
    message = {"seq": 6, "at": "2026-01-01T00:00:00Z", "author": "assistant", "name": None, "lang": "en"}
    said = message | {"kind": "text", "text": "press me", "nodes": nodes}
    server.play("frame", type="message", conversation="c-paid-twice", **said)
    expect(paid_twice.get_by_text("press me")).to_be_visible()
    expect(paid_twice.get_by_role("link", name="press me")).to_have_count(0)
