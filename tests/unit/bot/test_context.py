"""What a page tells: cut, masked, merged, and never trusted."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.context import clean, for_search, merge
from bot.masking import mask

AT = "2026-03-01T09:00:00.000Z"
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=15,
)
KEYS = ("page", "trail", "cart", "events", "country", "device", "consent", "opened_by", "locale")


def test_what_is_understood_is_kept_as_it_is() -> None:
    told = {
        "page": {"url": "/pay", "title": "Pay", "step": "payment"},
        "trail": [{"url": "/", "title": "Home", "at": AT, "stay_s": 12}],
        "cart": {
            "currency": "EUR",
            "lines": [{"title": "Tent", "quantity": 1, "price": "92.80", "variant": "green"}],
            "subtotal": "92.80",
            "shipping": "4.90",
            "total": "97.70",
            "coupon": "SUMMER",
        },
        "events": [{"id": "e1", "event": "payment.declined", "data": {"code": "expired"}, "at": AT}],
        "country": "AT",
        "currency": "EUR",
        "locale": "en",
        "time_zone": "Europe/Vienna",
        "device": {"kind": "phone", "browser": "Firefox", "width": 320, "height": 640},
        "opened_by": "shopper",
        "consent": False,
    }
    assert clean(told, str, AT) == told


def test_what_is_too_much_is_cut() -> None:
    page = {"url": "u" * 900, "title": "t" * 900}
    events = [{"id": str(n), "event": "e", "data": {}} for n in range(90)]
    found = clean({"page": page, "trail": [page] * 40, "events": events, "country": "Austria"}, str, AT)
    assert (len(found["page"]["url"]), len(found["page"]["title"])) == (500, 200)
    assert (len(found["trail"]), len(found["events"])) == (20, 50)
    assert found["events"][-1]["id"] == "89"
    assert found["country"] == "Au"


def test_card_numbers_are_masked_wherever_they_are() -> None:
    number = "4111 1111 1111 1111"
    told = {
        "page": {"url": f"/?n={number}", "title": number},
        "cart": {"lines": [{"title": number, "price": "1"}], "coupon": number},
        "events": [{"event": "typed", "data": {"value": number}}],
    }
    assert "4111" not in str(clean(told, mask, AT))


def test_events_are_added_once_and_other_keys_replaced() -> None:
    one, two = ({"id": name, "event": "e", "data": {}, "at": AT} for name in ("one", "two"))
    merged = merge({"country": "AT", "events": [one]}, {"country": "DE", "events": [one, two]})
    assert merged == {"country": "DE", "events": [one, two]}


def test_a_search_weighs_an_event_for_ten_minutes() -> None:
    context = {"events": [{"id": "1", "event": "payment.declined", "data": {"code": "expired"}, "at": AT}]}
    soon = for_search(context, "en", datetime(2026, 3, 1, 9, 9, tzinfo=UTC))
    late = for_search(context, "en", datetime(2026, 3, 1, 9, 11, tzinfo=UTC))
    assert soon["event"] == {"event": "payment.declined", "code": "expired", "data": {"code": "expired"}}
    assert late == {"locale": "en"}


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), ANYTHING) | ANYTHING)
def test_nothing_a_page_says_breaks_anything(told: Any) -> None:
    found = clean(told, mask, AT)
    assert clean(found, mask, AT) == found
    for_search(merge(found, found), "en", datetime(2026, 3, 1, 9, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("Firefox", "Firefox"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome"),
        ("Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1", "Safari"),
        ("curl/8.0", "other"),
    ],
)
def test_a_browser_is_known_from_what_it_says_of_itself(told: str, name: str) -> None:
    assert clean({"device": {"browser": told}}, str, AT)["device"]["browser"] == name


def test_how_long_a_page_was_looked_at_is_counted_where_it_is_not_told() -> None:
    trail = [
        {"url": "/cart", "at": "2026-03-01T08:50:00.000Z"},
        {"url": "/address", "at": "2026-03-01T08:50:40.000Z", "stay_s": 7},
        {"url": "/payment", "at": "2026-03-01T08:51:40.000Z"},
    ]
    found = clean({"trail": trail}, str, "2026-03-01T08:53:10.000Z")["trail"]
    assert [page["stay_s"] for page in found] == [40, 7, 90]
