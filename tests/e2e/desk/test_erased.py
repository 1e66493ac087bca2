"""A chat that its shopper erased leaves the desk."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.accessibility import assert_accessible
from tests.e2e.desk.test_connection import lose, mend
from tests.e2e.fake_server import FakeServer

TOLD = "The shopper erased this chat"


def test_an_erased_chat_leaves_the_lists_at_once(desk: Page, server: FakeServer) -> None:
    server.play("erase", conversation="c-coupon")
    expect(desk.get_by_test_id("waiting")).to_have_text("Waiting 2")
    expect(desk.locator("[data-conversation=c-coupon]")).to_have_count(0)
    desk.get_by_role("tab", name="All").click()
    expect(desk.locator("[data-conversation=c-of-ben]")).to_be_visible()
    expect(desk.locator("[data-conversation=c-coupon]")).to_have_count(0)


def test_who_has_it_open_is_told_and_cannot_write(claimed: Page, server: FakeServer) -> None:
    claimed.get_by_label("Reply to Anna Gruber").fill("half a sentence about Anna")
    server.play("erase", conversation="c-paid-twice")
    told = claimed.get_by_test_id("erased")
    expect(told).to_contain_text(TOLD)
    expect(told).to_be_focused()
    expect(claimed.locator("#reply")).to_have_count(0)
    expect(claimed.get_by_text("Anna")).to_have_count(0)
    expect(claimed.locator("#story")).to_have_count(0)
    claimed.keyboard.press("c")
    assert len(server.received("claim")) == 1
    told.get_by_role("button", name="Back to the list").click()
    expect(claimed.get_by_text("Pick a conversation")).to_be_visible()


def test_a_question_that_was_open_closes(claimed: Page, server: FakeServer) -> None:
    claimed.get_by_test_id("close").click()
    expect(claimed.get_by_role("dialog")).to_be_visible()
    server.play("erase", conversation="c-paid-twice")
    expect(claimed.get_by_role("dialog")).to_have_count(0)
    expect(claimed.get_by_test_id("erased")).to_contain_text(TOLD)


def test_a_reply_that_crosses_it_is_refused_in_the_servers_words(claimed: Page, server: FakeServer) -> None:
    server.play("erase", conversation="c-paid-twice", told=False)
    claimed.get_by_label("Reply to Anna Gruber").fill("Are you there?")
    claimed.keyboard.press("Enter")
    refused = "Not sent. There is no such conversation. Look in the list."
    expect(claimed.locator("[data-unsent]")).to_contain_text(refused)
    server.play("frame", type="erased", conversation="c-paid-twice")
    expect(claimed.get_by_test_id("erased")).to_contain_text(TOLD)
    expect(claimed.get_by_test_id("erased")).to_contain_text(refused)


def test_what_comes_late_does_not_bring_it_back(paid_twice: Page, server: FakeServer) -> None:
    head = server.play("summary", conversation="c-paid-twice")
    server.play("erase", conversation="c-paid-twice")
    server.play("frame", type="conversation", conversation=head)
    server.play("arrives", conversation="c-new", question="do the boots run small")
    expect(paid_twice.get_by_test_id("waiting")).to_have_text("Waiting 3")
    expect(paid_twice.locator("[data-conversation=c-paid-twice]")).to_have_count(0)


def test_one_erased_while_the_line_was_down_is_told_too(paid_twice: Page, server: FakeServer) -> None:
    lose(paid_twice, server)
    server.play("erase", conversation="c-paid-twice", told=False)
    mend(paid_twice, server)
    expect(paid_twice.get_by_test_id("erased")).to_contain_text(TOLD)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_an_erased_chat_of_a_narrow_screen(
    browser: Browser, server: FakeServer, scheme: Any
) -> None:
    context = browser.new_context(color_scheme=scheme, viewport={"width": 360, "height": 740}, locale="en-GB")
    page = context.new_page()
    server.play("sign_in")
    page.goto(f"{server.url}/desk#c-paid-twice")
    expect(page.locator("[data-seq='5']")).to_be_visible()
    server.play("erase", conversation="c-paid-twice")
    expect(page.get_by_test_id("erased")).to_contain_text(TOLD)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert_accessible(page)
    context.close()
