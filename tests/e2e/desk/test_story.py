"""The story: each item has its labelled place and the value the server sent."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.fake_server import FakeServer

VALUES = {
    "brief": "Sees two pending charges of €92.80",
    "question": "paid twice?? my bank shows 2 pending",
    "reason": "Two answers did not help",
    "cart": "Trail jacket, moss, M",
    "cart.subtotal": "€87.90",
    "cart.shipping": "€4.90",
    "cart.discount": "−€5.00",
    "cart.tax": "€14.65",
    "cart.total": "€87.80",
    "cart.coupon": "WELCOME10",
    "currency": "EUR",
    "shopper.name": "Anna Gruber",
    "shopper.verified": "verified by the shop",
    "shopper.email": "anna@example.org",
    "shopper.subject": "customer-4711",
    "language": "English",
    "locale": "English",
    "country": "Austria",
    "device": "phone, Safari 19, 390 × 844",
    "trail": "Cart 0:40",
    "page": "https://shop.example/checkout/payment",
    "events": "reported by the page",
    "answers": "confidence .93",
    "opened_by": "the offer “Payment authentication failed”",
    "contact.name": "Anna G.",
    "contact.email": "anna.g@example.org",
    "contact.question": "Was I charged twice?",
    "earlier": "do you ship to Graz",
    "changes": "to the queue by assistant: answer did not help",
    "settled": "The first attempt was cancelled by the bank.",
    "suggestions": "Your bank can see each attempt and can let the amount go sooner.",
}


@pytest.mark.parametrize(("place", "value"), VALUES.items())
def test_each_item_can_be_read(paid_twice: Page, place: str, value: str) -> None:
    expect(paid_twice.locator(f"[data-story='{place}']")).to_contain_text(value)


def test_where_gives_the_place_and_the_time_there(paid_twice: Page) -> None:
    expect(paid_twice.locator("[data-story=time_zone]")).to_have_text(
        re.compile(r"^Vienna, \d\d:\d\d there$")
    )


def test_why_it_was_not_answered_directly_unfolds_in_plain_words(paid_twice: Page) -> None:
    why = paid_twice.locator("[data-story=why]")
    expect(why.locator("ul")).to_be_hidden()
    why.get_by_text("Why the assistant asked back").click()
    for words in (
        "Nearest question it knows: why are there two pending amounts in “Pending payments”, alike .71",
        "Words in no article: “twice”",
        "Read as a slip: pendng → pending",
        "It answers directly from .92 on; this is .86.",
        "Missing most is the lead over the next article. With it, answered directly.",
        "Next in line: Check with your bank .61",
    ):
        expect(why).to_contain_text(words)


def test_a_story_without_a_why_has_no_fold_for_it(desk: Page) -> None:
    desk.locator("[data-conversation=c-hold-jacket]").click()
    expect(desk.locator("[data-story=question]")).to_contain_text("can you hold the jacket for me in store")
    expect(desk.locator("[data-story=why]")).to_have_count(0)


def test_events_say_what_happened_and_who_says_so(paid_twice: Page) -> None:
    reported = paid_twice.locator("[data-event='payment.authentication_failed']")
    expect(reported).to_contain_text("Payment authentication failed")
    expect(reported).to_contain_text("code: timeout")
    expect(reported).to_contain_text("reported by the page")
    signed = paid_twice.locator("[data-event='payment.failed']")
    expect(signed).to_contain_text("code: insufficient funds")
    expect(signed).to_contain_text("signed by the shop")


def test_the_way_here_ends_at_the_page_where_the_shopper_is(paid_twice: Page) -> None:
    steps = paid_twice.locator("[data-story=trail] li")
    assert steps.all_inner_texts() == ["Cart 0:40", "Address 1:10", "Delivery 0:25", "Payment 4:12"]


def test_a_story_with_nothing_known_says_so_in_each_place(desk: Page) -> None:
    desk.locator("[data-conversation=c-hold-jacket]").click()
    expect(desk.locator("[data-story=question]")).to_contain_text("can you hold the jacket for me in store")
    for place in (
        "country",
        "device",
        "time_zone",
        "page",
        "shopper.name",
        "shopper.email",
        "shopper.subject",
    ):
        expect(desk.locator(f"[data-story='{place}']")).to_have_text("not known")
    expect(desk.locator("[data-story='shopper.verified']")).to_have_text("guest, not verified")
    expect(desk.locator("[data-story=events]")).to_contain_text("Nothing has been reported")
    expect(desk.locator("[data-story=contact]")).to_have_text("No address was left.")
    expect(desk.locator("[data-story=earlier]")).to_have_text("First conversation.")


def test_the_story_follows_the_shopper_without_reloading(paid_twice: Page, server: FakeServer) -> None:
    page = {"url": "https://shop.example/checkout/review", "title": "Review", "step": "review"}
    server.play("story", conversation="c-paid-twice", story={"page": page, "country": "DE"})
    expect(paid_twice.locator("[data-story=page]")).to_contain_text("https://shop.example/checkout/review")
    expect(paid_twice.locator("[data-story=country]")).to_have_text("Germany")


def test_at_1024_px_the_story_folds_into_a_drawer(paid_twice: Page) -> None:
    paid_twice.set_viewport_size({"width": 1024, "height": 768})
    expect(paid_twice.get_by_label("The story", exact=True)).to_be_hidden()
    expect(paid_twice.get_by_test_id("brief-strip")).to_contain_text("Sees two pending charges")
    paid_twice.get_by_role("button", name="Story", exact=True).click()
    expect(paid_twice.locator("[data-story='cart.total']")).to_be_visible()
    expect(paid_twice.get_by_label("The story", exact=True)).to_be_focused()
    paid_twice.keyboard.press("Escape")
    expect(paid_twice.locator("[data-story='cart.total']")).to_be_hidden()
    expect(paid_twice.get_by_role("button", name="Story", exact=True)).to_be_focused()


def test_values_that_make_no_sense_are_shown_as_they_came(paid_twice: Page, server: FakeServer) -> None:
    event = {"id": "e", "event": "payment.failed", "data": {"code": None}, "at": "20260101T000000+0000"}
    answer = {"article": {"id": "a", "title": "An offer"}, "question": None, "confidence": None, "band": None}
    cart = {"currency": "", "lines": [{"title": "?", "quantity": 1, "price": "a lot"}], "total": "-1e9"}
    story = {
        "events": [event | {"reported_by": "page"}],
        "answers": [answer | {"verdict": None, "at": "yesterday"}],
        "cart": cart,
        "country": "?",
        "language": "zz-zz-z",
        "time_zone": "Middle-earth/Shire",
        "trail": [{"url": "javascript:alert(1)", "title": "", "at": "", "stay_s": 0}],
        "earlier": [{"id": "x", "at": "", "question": None, "outcome": "solved"}],
    }
    server.play("story", conversation="c-paid-twice", story=story)
    expect(paid_twice.locator("[data-story=events]")).to_contain_text("20260101T000000+0000")
    expect(paid_twice.locator("[data-story=cart]")).to_contain_text("a lot")
    expect(paid_twice.locator("[data-story='cart.total']")).to_have_text("-1e9")
    expect(paid_twice.locator("[data-story=answers]")).to_contain_text("An offer")
    expect(paid_twice.locator("[data-story=time_zone]")).to_have_text("Middle-earth/Shire")
    expect(paid_twice.locator("[data-story=earlier]")).to_contain_text("solved")
