"""The demo shop: its steps, its troubles, and what it tells the chat of both."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from scripts.browser import EMPTY_CARD, GOOD_CARD, Checkout
from tests.e2e.accessibility import assert_accessible

Told = Callable[[str], list[list[Any]]]
AXE_WIDTHS = (320, 1280)  # the narrowest and the widest layout; those between are made of the same parts


def test_an_order_goes_through_its_five_steps_and_each_is_told(
    shop: Page, checkout: Checkout, told: Told
) -> None:
    checkout.go_to_payment()
    checkout.pay_with(GOOD_CARD)
    expect(shop.locator("#order-number")).to_have_text(re.compile(r"^FH-\d{6}$"))
    steps = [about["step"] for _, about in told("page")]
    assert steps == ["cart", "address", "delivery", "payment", "review", "after"]
    event, data = told("track")[-1]
    assert (event, data["value"], data["currency"]) == ("order.completed", "92.80", "EUR")


def test_the_cart_is_told_with_its_lines_and_totals(shop: Page, told: Told) -> None:
    (context,) = told("setContext")[0]
    cart = context["cart"]
    jacket = {"title": "Trail jacket", "variant": "moss, M", "quantity": 1, "price": "69.00"}
    assert cart["lines"][0] == jacket
    assert (cart["subtotal"], cart["shipping"], cart["total"]) == ("87.90", "4.90", "92.80")
    shop.get_by_label("Quantity of Trail jacket").select_option("2")
    expect(shop.locator("#total")).to_have_text("€156.90")
    assert told("setContext")[-1][0]["cart"]["total"] == "156.90"


@pytest.mark.parametrize(
    ("card", "code", "words"),
    [
        (EMPTY_CARD, "insufficient_funds", "the account does not cover it"),
        ("4000000000000069", "expired_card", "this card has expired"),
        ("4000000000000127", "incorrect_cvc", "the security code does not match"),
        ("4000000000000002", "do_not_honor", "gave no reason"),
    ],
)
def test_a_declined_card_leads_back_and_says_why(
    shop: Page, checkout: Checkout, told: Told, card: str, code: str, words: str
) -> None:
    checkout.go_to_payment()
    checkout.pay_with(card)
    expect(shop.get_by_role("alert").filter(has_text=words)).to_contain_text("this order was not placed")
    expect(shop).to_have_url(re.compile("/demo/payment$"))
    expect(shop.locator("[aria-invalid=true]")).to_be_focused()
    assert [event for event, _ in told("track")] == ["payment.started", "payment.failed"]
    assert told("track")[-1][1]["code"] == code


@pytest.mark.parametrize(
    ("card", "answer", "code"),
    [
        ("4000002760003184", "Refuse", "refused"),
        ("4000002760003184", "Let the time run out", "timeout"),
        ("4000008260003178", None, "authentication_failed"),
    ],
)
def test_a_payment_that_is_not_confirmed_is_told(
    shop: Page, checkout: Checkout, told: Told, card: str, answer: str | None, code: str
) -> None:
    checkout.go_to_payment()
    checkout.pay_with(card)
    if answer:
        shop.get_by_role("dialog").get_by_role("button", name=answer).click()
    expect(shop.get_by_role("alert").filter(has_text="not confirmed with your bank")).to_be_visible()
    event, data = told("track")[-1]
    assert (event, data["code"]) == ("payment.authentication_failed", code)


def test_a_confirmed_payment_places_the_order(shop: Page, checkout: Checkout) -> None:
    checkout.go_to_payment()
    checkout.pay_with("4000002760003184")
    shop.get_by_role("dialog").get_by_role("button", name="Confirm").click()
    expect(shop.get_by_role("heading", name="Thank you")).to_be_visible()


def test_after_five_declines_the_card_form_rests(shop: Page, checkout: Checkout) -> None:
    checkout.go_to_payment()
    for _ in range(5):
        checkout.pay_with("4000000000000002")
        expect(shop.get_by_role("alert").filter(has_text="declined")).to_be_visible()
    expect(shop.get_by_text("The card form rests for 30 minutes")).to_be_visible()
    shop.get_by_label("PayPal").check()
    shop.get_by_role("button", name="Continue to review").click()
    expect(shop.get_by_role("button", name="Pay €92.80")).to_be_visible()


@pytest.mark.parametrize(
    ("coupon", "code", "words"),
    [
        ("HIKE50", "unknown", "We don't know the code HIKE50"),
        ("summer20", "expired", "ended on 31 August 2025"),
        ("TRAIL15", "minimum", "counts from €120.00"),
    ],
)
def test_a_refused_coupon_says_why(
    shop: Page, checkout: Checkout, told: Told, coupon: str, code: str, words: str
) -> None:
    checkout.apply_coupon(coupon)
    expect(shop.get_by_role("alert").filter(has_text=words)).to_be_visible()
    assert told("track")[-1][0] == "coupon.rejected"
    assert told("track")[-1][1] == {"code": coupon.upper(), "reason": code}


def test_a_coupon_that_counts_is_in_the_totals(shop: Page, told: Told) -> None:
    shop.get_by_label("Coupon code").fill("welcome10")
    shop.get_by_label("Coupon code").press("Enter")
    expect(shop.locator("#totals")).to_contain_text("−€8.79")
    expect(shop.locator("#total")).to_have_text("€84.01")
    assert told("setContext")[-1][0]["cart"]["coupon"] == "WELCOME10"
    assert [event for event, _ in told("track")] == ["coupon.tried"]


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"street": "PO Box 12"}, "street", "po_box"),
        ({"postcode": "9999"}, "postcode", "postcode"),
        ({"country": "CH", "postcode": "8001", "city": "Zürich"}, "country", "country"),
    ],
)
def test_a_refused_address_marks_its_field(
    shop: Page, checkout: Checkout, told: Told, changed: dict[str, str], field: str, code: str
) -> None:
    checkout.go_to_address()
    country = changed.pop("country", None)
    if country:
        shop.get_by_label("Country").select_option(country)
    checkout.fill_in_address(changed)
    marked = shop.locator(f"#{field}")
    expect(marked).to_have_attribute("aria-invalid", "true")
    expect(marked).to_be_focused()
    assert told("track") == [["address.rejected", {"field": field, "reason": code}]]


def test_gas_to_france_has_no_way_of_delivery_until_it_is_taken_out(
    shop: Page, checkout: Checkout, told: Told
) -> None:
    shop.get_by_role("button", name="Add Gas cartridge").click()
    checkout.go_to_address()
    shop.get_by_label("Country").select_option("FR")
    checkout.fill_in_address({"postcode": "75001", "city": "Paris"})
    expect(shop.get_by_role("alert").filter(has_text="Austria and Germany only")).to_be_visible()
    assert told("track")[-1][0] == "shipping.unavailable"
    shop.get_by_role("button", name="Take the gas cartridge out").click()
    expect(shop.get_by_label("Standard delivery")).to_be_checked()
    expect(shop.locator("#totals")).to_contain_text("€7.90")


def test_back_goes_a_step_back_and_a_reload_keeps_what_was_typed(shop: Page, checkout: Checkout) -> None:
    checkout.go_to_address()
    checkout.fill_in_address()
    expect(shop).to_have_url(re.compile("/demo/delivery$"))
    shop.go_back()
    expect(shop).to_have_url(re.compile("/demo/address$"))
    shop.reload()
    expect(shop.locator("#street")).to_have_value("Leopoldstraße 7")


def test_no_step_opens_before_its_time(shop: Page) -> None:
    shop.goto(re.sub("/demo/.*", "/demo/review", shop.url))
    expect(shop).to_have_url(re.compile("/demo/cart$"))


def test_the_card_is_kept_nowhere(shop: Page, checkout: Checkout) -> None:
    checkout.go_to_payment()
    shop.get_by_label("Card number").fill(GOOD_CARD)
    kept = shop.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}, document.cookie])")
    assert "4242" not in kept
    shop.reload()
    expect(shop.get_by_label("Card number")).to_have_value("")


def test_links_in_the_footer_lead_to_text_or_to_the_chat(shop: Page, told: Told) -> None:
    for name in ("Delivery", "Returns", "Payment", "Privacy", "Imprint"):
        shop.get_by_role("contentinfo").get_by_role("link", name=name).click()
        expect(shop.get_by_role("heading", name=name, level=1)).to_be_visible()
    shop.get_by_role("contentinfo").get_by_role("button", name="Ask us").click()
    assert told("open") == [[]]


@pytest.mark.parametrize("width", [320, 360, 768, 1024, 1280])
def test_each_step_fits_its_window_and_axe_finds_nothing(shop: Page, checkout: Checkout, width: int) -> None:
    shop.set_viewport_size({"width": width, "height": 760})

    def check(step: str) -> None:
        assert shop.evaluate("document.documentElement.scrollWidth") <= width, step
        if width in AXE_WIDTHS:
            assert_accessible(shop, step)

    check("cart")
    checkout.go_to_address()
    shop.get_by_role("button", name="Continue to delivery").click()
    check("address with troubles")
    checkout.fill_in_address()
    check("delivery")
    shop.get_by_role("button", name="Continue to payment").click()
    check("payment")
    checkout.pay_with(EMPTY_CARD)
    expect(shop.get_by_role("alert").filter(has_text="declined")).to_be_visible()
    check("declined")
    checkout.pay_with(GOOD_CARD)
    expect(shop.locator("#order-number")).to_be_visible()
    check("thank you")


def test_at_1280_px_there_is_room_for_the_open_chat_beside_totals_and_errors(
    shop: Page, checkout: Checkout
) -> None:
    checkout.go_to_payment()
    checkout.pay_with(EMPTY_CARD)
    expect(shop.get_by_role("alert").filter(has_text="declined")).to_be_visible()
    left_of_chat = 1280 - 24 - 372
    for part in shop.locator(".go, .totals, .problem, .trouble").all():
        box = part.bounding_box()
        assert box is None or box["x"] + box["width"] <= left_of_chat - 8
