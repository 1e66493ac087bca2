"""The list: who waits and how long, what is mine, what is closed."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.fake_server import FakeServer


def test_each_waiting_shopper_has_words_wait_reason_value_and_step(desk: Page) -> None:
    first = desk.locator("[data-conversation=c-paid-twice]")
    expect(first).to_contain_text("Anna Gruber")
    expect(first).to_contain_text("paid twice?? my bank shows 2 pending")
    expect(first.get_by_test_id("reason")).to_have_text("answer did not help")
    expect(first.get_by_test_id("value")).to_have_text("€87.80")
    expect(first.get_by_test_id("step")).to_have_text("Payment")
    foreign = desk.locator("[data-conversation=c-coupon]")
    expect(foreign.get_by_test_id("reason")).to_have_text("writes Portuguese")
    expect(desk.locator("[data-conversation=c-hold-jacket]").get_by_test_id("value")).to_have_text("£140.00")


def test_the_waiting_time_ticks_and_turns_red_after_two_minutes(desk: Page) -> None:
    wait = desk.locator("[data-conversation=c-coupon]").get_by_test_id("wait")
    expect(wait).to_have_text(re.compile(r"^0:2\d$"))
    before = wait.inner_text()
    expect(wait).not_to_have_text(before)
    assert "long" not in (wait.get_attribute("class") or "")
    assert "long" in (
        desk.locator("[data-conversation=c-paid-twice]").get_by_test_id("wait").get_attribute("class") or ""
    )


def test_a_new_shopper_appears_without_reloading(desk: Page, server: FakeServer) -> None:
    server.play("arrives", conversation="c-new", question="do the boots run small")
    expect(desk.get_by_test_id("waiting")).to_have_text("Waiting 4")
    expect(desk.get_by_role("button", name="do the boots run small")).to_be_visible()
    expect(desk).to_have_title("(4) Desk")


def test_the_one_who_came_first_stands_first(desk: Page) -> None:
    order = desk.locator(".item").evaluate_all("items => items.map(item => item.dataset.conversation)")
    assert order == ["c-paid-twice", "c-hold-jacket", "c-coupon"]


def test_a_claimed_conversation_moves_from_queue_to_mine(claimed: Page) -> None:
    expect(claimed.get_by_test_id("waiting")).to_have_text("Waiting 2")
    claimed.get_by_role("tab", name="Mine").click()
    expect(claimed.locator(".item")).to_have_count(1)
    expect(claimed.locator(".item")).to_contain_text("Anna Gruber")


def test_a_reply_in_a_conversation_that_is_not_open_is_marked(claimed: Page, server: FakeServer) -> None:
    claimed.locator("[data-conversation=c-coupon]").click()
    server.play("shopper", conversation="c-paid-twice", text="are you still there")
    claimed.get_by_role("tab", name="Mine").click()
    expect(claimed.locator(".item").get_by_label("new reply")).to_be_visible()
    expect(claimed.locator(".item")).to_contain_text("are you still there")
    claimed.locator(".item").click()
    expect(claimed.locator(".item").get_by_label("new reply")).to_have_count(0)


def test_all_shows_what_others_have_and_what_is_closed_page_by_page(desk: Page) -> None:
    desk.get_by_role("tab", name="All").click()
    expect(desk.locator("[data-conversation=c-of-ben]").get_by_test_id("owner")).to_have_text(
        "with Ben Okafor"
    )
    desk.get_by_test_id("filter").select_option("Closed")
    expect(desk.locator(".item")).to_have_count(50)
    desk.get_by_role("button", name="Show older").click()
    expect(desk.locator(".item")).to_have_count(60)
    expect(desk.get_by_role("button", name="Show older")).to_have_count(0)


def test_empty_lists_say_what_will_appear_and_how(
    page: Page, server: FakeServer, complaints: list[str]
) -> None:
    server.play("reset", empty=True)
    server.play("sign_in")
    page.goto(f"{server.url}/desk")
    expect(page.get_by_test_id("waiting")).to_have_text("No one waiting")
    expect(page.get_by_test_id("empty")).to_contain_text("Shoppers who ask for a person appear here at once")
    page.get_by_role("tab", name="Mine").click()
    expect(page.get_by_test_id("empty")).to_contain_text("press Claim, or c")
    page.get_by_role("tab", name="All").click()
    expect(page.get_by_test_id("empty")).to_contain_text("as soon as a shopper writes")
    expect(page.get_by_text("Pick a conversation")).to_be_visible()


def test_away_is_told_to_the_server_and_to_colleagues(desk: Page, server: FakeServer) -> None:
    presence = desk.get_by_role("switch", name="Take conversations")
    expect(presence).to_be_checked()
    presence.click()
    expect(presence).not_to_be_checked()
    assert server.wait_for("presence")[-1]["status"] == "away"
    desk.get_by_test_id("me").click()
    expect(desk.get_by_test_id("staff-online")).to_contain_text("Maya Lindner, away")
    expect(desk.get_by_test_id("staff-online")).to_contain_text("Ben Okafor, online")
