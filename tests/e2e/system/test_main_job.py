"""From the demo shop to the desk in real browsers: the main job, and each item of the story on screen."""

import re

import pytest
from playwright.sync_api import expect

from scripts.browser import EMPTY_CARD, DemoShop, Desk

UNANSWERABLE = "do you rent out ice axes by the weekend"


def test_a_question_in_own_words_is_answered_at_once(shop: DemoShop) -> None:
    shop.open_chat()
    shop.say("how many days do i have to send stuff back")
    answer = shop.bubbles.filter(has_text="30 days")
    expect(answer).to_be_visible()
    shop.find("button").filter(has_text=re.compile("^Yes$")).click()
    expect(shop.find(".row .chosen")).to_have_text("Yes")


@pytest.mark.parametrize("width", [1280, 360])
def test_a_declined_card_brings_one_nudge_with_its_article(shop: DemoShop, width: int) -> None:
    shop.page.set_viewport_size({"width": width, "height": 800})
    shop.go_to_payment()
    shop.pay_with(EMPTY_CARD)
    shop.leave_field("not placed")
    expect(shop.nudge).to_have_count(1)
    expect(shop.nudge).to_be_visible()
    shop.nudge.get_by_role("button", name="Read more").click()
    expect(shop.panel).to_contain_text("this order was not placed")


def test_a_refused_coupon_brings_its_article(shop: DemoShop) -> None:
    shop.apply_coupon("SUMMER20")
    shop.page.locator("h1").click()
    expect(shop.nudge).to_be_visible()
    shop.nudge.get_by_role("button", name="Read more").click()
    expect(shop.panel).to_contain_text(re.compile("expired|ended|last day", re.IGNORECASE))


def test_an_undeliverable_address_brings_its_article(shop: DemoShop) -> None:
    shop.go_to_address()
    shop.fill_in_address({"street": "Postfach 12"})
    shop.page.locator("h1").click()
    expect(shop.nudge).to_be_visible()
    shop.nudge.get_by_role("button", name="Read more").click()
    expect(shop.panel).to_contain_text(re.compile("PO box", re.IGNORECASE))


def test_the_agent_reads_the_whole_story_and_the_shopper_the_reply(shop: DemoShop, desk: Desk) -> None:
    shop.go_to_payment()
    shop.pay_with(EMPTY_CARD)
    shop.leave_field("not placed")
    shop.nudge.get_by_role("button", name="Read more").click()
    shop.say("how many days do i have to send stuff back")
    expect(shop.bubbles.filter(has_text="30 days")).to_be_visible()
    shop.find("button").filter(has_text=re.compile("^No$")).last.click()
    expect(shop.find(".row .chosen").last).to_have_text("No")
    shop.say(UNANSWERABLE)
    desk.open(UNANSWERABLE)
    values = {
        "question": UNANSWERABLE,
        "reason": re.compile(r"\w+"),
        "brief": re.compile(r"\w+"),
        "answers": re.compile(r"confidence \.\d+"),
        "page": re.compile("/demo/payment"),
        "trail": "Cart",
        "cart": "Trail jacket",
        "cart.subtotal": "€87.90",
        "cart.shipping": "€4.90",
        "cart.total": "€92.80",
        "currency": "EUR",
        "events": "reported by the page",
        "opened_by": re.compile("payment failed", re.IGNORECASE),
        "shopper.verified": re.compile("not verified"),
        "locale": "English",
        "country": "Austria",
        "device": re.compile("desktop"),
        "time_zone": re.compile("Vienna"),
        "changes": re.compile("queue"),
        "earlier": re.compile(r"\w+"),
        "contact": re.compile(r"\w+"),
    }
    for name, value in values.items():
        expect(desk.story(name), name).to_contain_text(value)
    expect(desk.page.locator("[data-event='payment.failed']")).to_contain_text("insufficient funds")
    expect(desk.page.locator("[data-story=answers] [data-article=return-window]")).to_contain_text("no")
    expect(desk.page.locator("[data-story=suggestions] li")).to_have_count(3)

    desk.claim()
    expect(shop.panel).to_contain_text("Maya")
    desk.reply("We don't rent gear, but the alpine club in Innsbruck does.")
    expect(shop.bubbles.filter(has_text="alpine club")).to_be_visible()
    shop.say("thank you, that is all i need")
    expect(desk.page.locator(".said").filter(has_text="that is all i need")).to_be_visible()

    shop.page.reload()
    expect(shop.find(".launcher:visible, .panel:visible").first).to_be_visible()
    if not shop.panel.is_visible():
        shop.open_chat()
    expect(shop.bubbles.filter(has_text="alpine club")).to_be_visible()

    desk.page.locator("[data-test=hand-back]").click()
    desk.page.locator("dialog textarea").fill("The alpine club rents gear.")
    desk.page.locator("dialog button.primary").click()
    expect(desk.page.locator("[data-test=composer]")).to_have_count(0)
    shop.say("can i buy without an account")
    expect(shop.bubbles.filter(has_text="account").last).to_be_visible()


def test_with_nobody_at_the_desk_the_shopper_leaves_an_address_that_the_desk_shows(
    shop: DemoShop, request: pytest.FixtureRequest
) -> None:
    shop.open_chat()
    shop.find("button").filter(has_text="Talk to a person").click()
    expect(shop.find(".contact")).to_be_visible()
    shop.find(".contact [name=name]").fill("Anna Gruber")
    shop.find(".contact [name=email]").fill("anna@example.org")
    shop.find(".contact [name=question]").fill("Do you rent gear for a hut tour?")
    shop.find(".contact button").click()
    expect(shop.panel).to_contain_text("anna@example.org")
    desk: Desk = request.getfixturevalue("desk")
    desk.open("Anna Gruber")
    expect(desk.story("contact.email")).to_contain_text("anna@example.org")
    expect(desk.story("contact.question")).to_contain_text("hut tour")
