"""Notices at the desk: seen, added, ended; by keyboard, and on narrow screens too."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.accessibility import assert_accessible
from tests.e2e.fake_server import FakeServer


@pytest.fixture
def board(desk: Page) -> Page:
    """The desk with the notices on screen."""
    desk.get_by_role("link", name="Notices").click()
    expect(desk.locator("[data-notice]")).to_have_count(3)
    return desk


def test_each_notice_says_what_whom_when_and_how_many_asked(board: Page) -> None:
    paypal = board.get_by_test_id("notices-now").locator("[data-notice=n-paypal]")
    expect(paypal).to_contain_text("PayPal is not answering; cards work.")
    expect(paypal).to_contain_text("Shoppers at Payment or Review, in Austria or Germany, paying with paypal")
    expect(paypal).to_contain_text(re.compile(r"Since .*\d\d:\d\d, until somebody ends it"))
    expect(paypal.get_by_test_id("asked")).to_have_text("3 shoppers asked to be told when it is over")
    paypal.get_by_text("In 1 more language").click()
    expect(paypal.locator("[lang=de]")).to_have_text("PayPal antwortet nicht; Karten gehen.")
    coming = board.get_by_test_id("notices-coming").locator("[data-notice]")
    expect(coming).to_contain_text("Everybody")
    expect(coming).to_contain_text(re.compile("From .* until "))
    past = board.get_by_test_id("notices-past").locator("[data-notice]")
    expect(past).to_contain_text("1 shopper had asked to be told")
    expect(past.get_by_role("button")).to_have_count(0)


def test_without_notices_it_says_what_will_appear_and_how(page: Page, server: FakeServer) -> None:
    server.play("reset", empty=True)
    server.play("sign_in")
    page.goto(f"{server.url}/desk#notices")
    expect(page.get_by_test_id("no-notices")).to_contain_text("One you add shows in the chat")


def test_a_notice_is_added_with_only_its_words(
    board: Page, server: FakeServer, complaints: list[str]
) -> None:
    board.get_by_role("button", name="Add a notice").click()
    form = board.get_by_role("dialog", name="Add a notice")
    form.get_by_label("What shoppers should know").fill("Klarna is slow today.")
    expect(form.get_by_test_id("whom")).to_have_text("Everybody")
    form.get_by_role("button", name="Add", exact=True).click()
    expect(form).to_have_count(0)
    expect(board.get_by_role("status").first).to_contain_text("The shoppers it concerns see it now.")
    expect(board.get_by_test_id("notices-now")).to_contain_text("Klarna is slow today.")
    [sent] = server.wait_for("notice_added")
    assert sent == {
        "type": "notice_added",
        "site": "fernhill",
        "texts": {"en": "Klarna is slow today."},
        "steps": [],
        "countries": [],
        "methods": [],
        "starts_at": None,
        "ends_at": None,
    }


def test_a_notice_is_added_with_everything(board: Page, server: FakeServer) -> None:
    board.get_by_role("button", name="Add a notice").click()
    form = board.get_by_role("dialog")
    form.get_by_label("What shoppers should know").fill("Snow: parcels take a day more.")
    form.get_by_text("In other languages").click()
    form.get_by_label("In German").fill("Schnee: Pakete brauchen einen Tag mehr.")
    form.get_by_label("Starts").fill("2099-01-05T08:00")
    form.get_by_label("Ends").fill("2099-01-07T20:00")
    form.get_by_label("Delivery").check()
    form.get_by_label("Countries").fill("Austria, de; united kingdom")
    form.get_by_label("Payment methods").fill("PayPal, card")
    expect(form.get_by_test_id("whom")).to_have_text(
        "Shoppers at Delivery, in Austria, Germany or United Kingdom, paying with paypal or card"
    )
    form.get_by_role("button", name="Add", exact=True).click()
    expect(board.get_by_test_id("notices-coming")).to_contain_text("Snow: parcels take a day more.")
    [sent] = server.wait_for("notice_added")
    assert sent["texts"]["de"].startswith("Schnee")
    assert (sent["steps"], sent["countries"], sent["methods"]) == (
        ["delivery"],
        ["AT", "DE", "GB"],
        ["paypal", "card"],
    )
    # Vienna in winter is an hour ahead of UTC.
    assert (sent["starts_at"], sent["ends_at"]) == ("2099-01-05T07:00:00.000Z", "2099-01-07T19:00:00.000Z")


@pytest.mark.parametrize(
    ("label", "given", "told"),
    [
        ("What shoppers should know", "", "Write what shoppers should know, in English."),
        ("What shoppers should know", "x" * 301, "301 characters, and 300 are the most."),
        ("Ends", "2020-01-01T10:00", "This moment is over."),
        ("Countries", "Austira", "“Austira” is no country we know."),
        ("Payment methods", "pay pal", "“pay pal” can't be the name of a method."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    board: Page, server: FakeServer, label: str, given: str, told: str
) -> None:
    board.get_by_role("button", name="Add a notice").click()
    form = board.get_by_role("dialog")
    form.get_by_label("What shoppers should know").fill("Known.")
    field = form.get_by_label(label)
    field.fill(given)
    form.get_by_role("button", name="Add", exact=True).click()
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile(re.escape(told)))
    assert_accessible(board, label)
    assert server.received("notice_added") == []


def test_what_is_wrong_in_a_folded_language_is_unfolded(board: Page) -> None:
    board.get_by_role("button", name="Add a notice").click()
    form = board.get_by_role("dialog")
    form.get_by_label("What shoppers should know").fill("Known.")
    form.get_by_text("In other languages").click()
    form.get_by_label("In French").fill("x" * 301)
    form.get_by_text("In other languages").click()
    form.get_by_role("button", name="Add", exact=True).click()
    expect(form.get_by_label("In French")).to_be_focused()


def test_what_the_server_refuses_is_said_and_nothing_written_is_lost(board: Page, server: FakeServer) -> None:
    board.get_by_role("button", name="Add a notice").click()
    form = board.get_by_role("dialog")
    form.get_by_label("What shoppers should know").fill("Written with care.")
    server.play("refuse", on=True)
    form.get_by_role("button", name="Add", exact=True).click()
    expect(form.get_by_role("alert")).to_have_text("The database does not answer. Try again in a minute.")
    board.keyboard.press("Escape")
    expect(form).to_have_count(0)
    expect(board.locator(".notices [role=alert]")).to_contain_text("The notices can't be loaded.")
    expect(board.locator("[data-notice]")).to_have_count(3)
    server.play("refuse", on=False)
    board.get_by_role("button", name="Try again").click()
    expect(board.locator(".notices [role=alert] p")).to_have_count(0)
    board.get_by_role("button", name="Add a notice").click()
    expect(form.get_by_label("What shoppers should know")).to_have_value("Written with care.")


def test_a_notice_is_ended_after_a_question(board: Page, server: FakeServer) -> None:
    button = board.get_by_role("button", name="End now: PayPal is not answering")
    button.click()
    question = board.get_by_role("dialog", name="End this notice now?")
    expect(question).to_contain_text("The 3 shoppers who asked get word in the chat.")
    question.get_by_role("button", name="Cancel").click()
    expect(button).to_be_focused()
    assert server.received("notice_ended") == []
    button.click()
    question.get_by_role("button", name="End now").click()
    expect(board.get_by_test_id("notices-past").locator("[data-notice=n-paypal]")).to_be_visible()
    expect(board.get_by_test_id("notices-now")).to_contain_text("Nothing is announced now.")
    expect(board.get_by_role("main")).to_be_focused()
    assert server.wait_for("notice_ended")[0]["notice"] == "n-paypal"


def test_one_to_come_is_taken_back(board: Page) -> None:
    board.get_by_role("button", name="Take back").click()
    question = board.get_by_role("dialog", name="Take this notice back?")
    question.get_by_role("button", name="Take back").click()
    past = board.get_by_test_id("notices-past").locator("[data-notice=n-holiday]")
    expect(past).to_contain_text("before it began")
    expect(board.get_by_test_id("notices-coming")).to_have_count(0)


def test_what_a_colleague_changes_shows_at_once(board: Page, server: FakeServer) -> None:
    server.play("announce", id="n-new", texts={"en": "Vouchers do not work."}, asked=0)
    expect(board.get_by_test_id("notices-now")).to_contain_text("Vouchers do not work.")
    board.get_by_role("button", name="End now: Vouchers").click()
    server.play("announce", id="n-new", ends_at="2026-01-01T00:00:00Z", starts_at="2025-12-01T00:00:00Z")
    board.get_by_role("dialog").get_by_role("button", name="End now").click()
    expect(board.get_by_role("dialog").get_by_role("alert")).to_contain_text("The notice ended at 09:00 UTC.")


def test_a_notice_is_reached_added_and_left_by_keyboard_alone(paid_twice: Page, server: FakeServer) -> None:
    paid_twice.keyboard.press("n")
    expect(paid_twice.get_by_role("main", name="Notices")).to_be_focused()
    for letter in "cxhj":
        paid_twice.keyboard.press(letter)
    assert server.received("claim") == []
    paid_twice.keyboard.press("Tab")
    expect(paid_twice.get_by_role("button", name="Add a notice")).to_be_focused()
    paid_twice.keyboard.press("Enter")
    expect(paid_twice.get_by_label("What shoppers should know")).to_be_focused()
    paid_twice.keyboard.type("no coupons now")
    for _ in range(20):
        if paid_twice.get_by_role("button", name="Add", exact=True).evaluate(
            "it => it === document.activeElement"
        ):
            break
        paid_twice.keyboard.press("Tab")
    paid_twice.keyboard.press("Enter")
    expect(paid_twice.get_by_test_id("notices-now")).to_contain_text("no coupons now")
    expect(paid_twice.get_by_role("button", name="Add a notice")).to_be_focused()
    paid_twice.keyboard.press("n")
    expect(paid_twice.locator("main.conversation")).to_have_attribute("data-conversation", "c-paid-twice")


def test_the_rail_says_who_waits_and_back_leads_to_the_chats(board: Page, server: FakeServer) -> None:
    expect(board.get_by_role("link", name="Chats 3 waiting")).to_be_visible()
    server.play("arrives", conversation="c-new", question="do the boots run small")
    expect(board.get_by_role("link", name="Chats 4 waiting")).to_be_visible()
    board.go_back()
    expect(board.get_by_test_id("waiting")).to_have_text("Waiting 4")


def test_an_expired_sign_in_asks_for_it_again_and_keeps_what_was_written(
    board: Page, server: FakeServer
) -> None:
    board.get_by_role("button", name="Add a notice").click()
    board.get_by_label("What shoppers should know").fill("Kept.")
    server.play("sign_out")
    board.get_by_label("E-mail").fill("maya@fernhill.example")
    board.get_by_label("Password").fill("a long enough password")
    board.get_by_role("button", name="Sign in").click()
    expect(board.get_by_label("What shoppers should know")).to_have_value("Kept.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 1024, 360])
def test_notices_fit_and_axe_finds_nothing(
    browser: Browser, server: FakeServer, scheme: Any, width: int
) -> None:
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 800}, locale="en-GB"
    )
    page = context.new_page()
    server.play("sign_in")
    page.goto(f"{server.url}/desk#notices")
    expect(page.locator("[data-notice]")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert_accessible(page, "list")
    page.get_by_role("button", name="Add a notice").click()
    page.get_by_text("In other languages").click()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("Write what shoppers should know, in English.")).to_be_visible()
    assert page.locator("dialog").evaluate("it => it.scrollWidth - it.clientWidth") == 0
    assert_accessible(page, "form")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="End now").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert_accessible(page, "question")
    context.close()
