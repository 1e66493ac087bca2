"""Conditions over what the page tells of the shopper."""

import pytest

from knowledge_base.context import Context
from knowledge_base.facts import parse_facts

FACTS = parse_facts(b"free: {type: money, by_country: {AT: 100 EUR}, owner: s, source: s}")
CART = {
    "currency": "EUR",
    "subtotal": "96.00",
    "discount": "6.00",
    "shipping": "4.90",
    "total": "94.90",
    "lines": [{"title": "Socks", "quantity": 2}, {"title": "Tent"}],
}
EVENT = {"event": "stock.changed", "data": {"item": "Tent", "left": "2"}}


def when(**conditions: str):
    return tuple((name.replace("__", "."), (value,)) for name, value in conditions.items())


@pytest.mark.parametrize(
    ("conditions", "met"),
    [
        ({"total_from": "94.90"}, True),
        ({"total_below": "94.90"}, False),
        ({"total_below": "95"}, True),
        ({"goods_below": "90.01"}, True),
        ({"goods_from": "90.01"}, False),
        ({"goods_below": "free"}, True),
        ({"goods_from": "free"}, False),
        ({"goods_below": "unknown"}, False),
        ({"items_from": "3"}, True),
        ({"items_below": "3"}, False),
        ({"coupon": "none"}, True),
        ({"coupon": "applied"}, False),
        ({"coupon": "rejected"}, False),
        ({"data__item": "tent"}, True),
        ({"data__left": "2"}, True),
        ({"data__left": "3"}, False),
        ({"data__right": "3"}, False),
        ({"country": "EU", "goods_below": "free", "event": "stock.changed"}, True),
    ],
)
def test_a_condition_on_cart_and_event_holds_or_not(conditions: dict[str, str], met: bool):
    context = Context.of({"country": "AT", "cart": CART, "event": EVENT})
    assert context.meets(when(**conditions), FACTS) is met


@pytest.mark.parametrize(
    "cart",
    [
        None,
        [],
        {},
        {"currency": "EUR"},
        {"currency": "euro", "total": "1"},
        {**CART, "total": "NaN", "lines": None},
    ],
)
@pytest.mark.parametrize("name", ["total_from", "total_below"])
def test_what_is_unknown_meets_no_condition(cart: object, name: str):
    assert not Context.of({"country": "AT", "cart": cart}).meets(when(**{name: "1"}), FACTS)


def test_amounts_of_another_currency_meet_no_condition():
    context = Context.of({"country": "AT", "cart": {**CART, "currency": "USD"}})
    assert not context.meets(when(goods_below="free"), FACTS)


def test_goods_are_what_is_left_of_the_total_where_no_sum_is_told():
    cart = {"currency": "EUR", "total": 105.0, "shipping": "4.90", "tax": "0.10"}
    assert Context.of({"cart": cart}).meets(when(goods_from="100", goods_below="100.01"))


def test_an_applied_coupon_and_a_rejected_one_are_told_apart():
    assert Context.of({"cart": {**CART, "coupon": "TRAIL15"}}).meets(when(coupon="applied"))
    assert Context.of({"event": "coupon.rejected:expired"}).meets(when(coupon="rejected"))


def test_codes_are_known_in_any_spelling():
    assert Context.of({"event": {"event": "payment.failed", "code": "51"}}).code == "insufficient_funds"
    assert Context.of({"event": "payment.failed:do_not_honour"}).code == "do_not_honor"
    given = {
        "event": "coupon.rejected",
        "code": "SUMMER20",
        "data": {"code": "SUMMER20", "reason": "Expired"},
    }
    assert Context.of({"event": given}).code == "expired"
