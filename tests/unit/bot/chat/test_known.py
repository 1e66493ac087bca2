"""What the server knows for conditions, from whatever a page told."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.chat.known import facts_at_event, known_facts
from bot.context import clean
from bot.masking import mask

AT = "2026-03-01T09:00:00.000Z"
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
KEYS = st.sampled_from(["page", "cart", "events", "country", "device", "returning", "paying"])


def test_what_a_page_told_has_the_names_of_conditions() -> None:
    told = {
        "page": {"url": "/pay", "title": "Pay", "step": "payment"},
        "cart": {
            "currency": "EUR",
            "lines": [
                {"title": "Tent", "quantity": 1, "price": "1.00"},
                {"title": "Socks", "quantity": 2, "price": "2.00"},
            ],
            "total": "92.80",
            "coupon": "SUMMER",
        },
        "events": [{"id": "e1", "event": "payment.failed", "data": {}, "at": AT}],
        "country": "uk",
        "device": {"kind": "phone", "browser": "x", "width": 1, "height": 1},
        "returning": True,
    }
    assert known_facts(clean(told, mask, AT), "de-AT") == {
        "step": "payment",
        "country": "GB",
        "device": "phone",
        "locale": "de-AT",
        "total": 92.8,
        "items": 3,
        "coupon": "applied",
        "returning": True,
        "seen": ["payment.failed"],
    }


def test_what_was_not_told_is_left_out() -> None:
    assert known_facts({}, "en") == {"locale": "en", "seen": []}
    told = {"cart": {"currency": "EUR", "lines": [], "total": "a lot"}}
    assert known_facts(clean(told, mask, AT), "en") == {"locale": "en", "seen": []}


def test_at_an_event_what_came_before_it_is_known() -> None:
    events = [
        {"id": f"event-{number}", "event": name, "data": {}, "at": AT}
        for number, name in enumerate(["coupon.rejected", "payment.failed", "payment.failed"])
    ]
    context = {"events": events[:2]}
    (first,) = facts_at_event(context, "en", "event-1", None, {"code": "x"})
    assert (first["seen"], first["coupon"], first["data"]) == (["coupon.rejected"], "rejected", {"code": "x"})
    second = facts_at_event({"events": events}, "en", "event-2", "limit_exceeded", {"code": "61"})
    assert [state["data"]["code"] for state in second] == ["61", "limit_exceeded"]
    assert second[0]["seen"] == ["coupon.rejected", "payment.failed"]
    applied = {"cart": {"currency": "EUR", "lines": [], "coupon": "SUMMER"}}
    assert facts_at_event(applied, "en", "event-1", None, {})[0]["coupon"] == "applied"
    assert facts_at_event({}, "en", "event-1", None, {})[0]["coupon"] == "none"


@given(st.dictionaries(KEYS, ANYTHING))
def test_nothing_that_a_page_can_send_raises(told: dict[str, Any]) -> None:
    known_facts(clean(told, mask, AT), "en")
    facts_at_event(clean(told, mask, AT), "en", "event-1", "code", {})
