"""What the page reports, read without ever raising; the doc and the code say the same."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.declines import _SPELLINGS as DECLINE_SPELLINGS
from knowledge_base.declines import DECLINES
from knowledge_base.events import EVENTS, VOCABULARY_VERSION, checked, code_of, decline_code, words_of
from knowledge_base.reasons import _SPELLINGS as REASON_SPELLINGS
from knowledge_base.reasons import REASONS, canonical

DOC = Path(__file__).parents[3] / "docs/events.md"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("51", "insufficient_funds"),
        (51, "insufficient_funds"),
        ("05", "do_not_honor"),
        (5, "do_not_honor"),
        ("do_not_honour", "do_not_honor"),
        ("54", "expired_card"),
        ("14", "incorrect_number"),
        ("N7", "incorrect_cvc"),
        ("82", "incorrect_cvc"),
        ("61", "limit_exceeded"),
        ("57", "not_permitted"),
        ("62", "not_permitted"),
        ("65", "limit_exceeded"),
        ("1A", "authentication_required"),
        ("INSUFFICIENT_FUNDS", "insufficient_funds"),
        ("Not enough balance", "insufficient_funds"),
        ("insufficientFunds", "insufficient_funds"),
        ("CVC Declined", "incorrect_cvc"),
        ("expired-card", "expired_card"),
        ("2000", "do_not_honor"),
        ("our_own.reason", "our_own.reason"),
    ],
)
def test_a_code_of_networks_and_gateways_is_known_in_one_spelling(code: object, expected: str):
    assert decline_code(code) == expected


def test_a_soft_decline_of_one_network_asks_for_a_confirmation():
    assert decline_code("65", "Mastercard") == "authentication_required"
    assert code_of("payment.failed", {"code": "65", "network": "visa"}) == "limit_exceeded"


@pytest.mark.parametrize("code", ["41", "43", "lost_card", "stolen_card", "59", "fraudulent", "pickup_card"])
def test_a_lost_or_stolen_card_is_told_as_any_other_refusal(code: str):
    assert words_of("payment.failed", decline_code(code)) == "Your bank declined the payment."


@pytest.mark.parametrize(
    "code", ["", " ", None, True, 1.5, [], {}, "x" * 65, "a whole sentence that is no code", "<b>"]
)
def test_what_is_no_code_is_none(code: object):
    assert decline_code(code) is None


def test_a_huge_number_is_no_code():
    assert decline_code(10**5000) is None


@pytest.mark.parametrize(
    ("event", "data", "expected"),
    [
        ("payment.failed", {"code": "51"}, "insufficient_funds"),
        ("payment.authentication_failed", {"code": "timeout"}, "timed_out"),
        ("payment.authentication_failed", {}, None),
        ("coupon.rejected", {"code": "SUMMER20", "reason": "Expired"}, "expired"),
        (
            "coupon.rejected",
            {"code": "expired", "reason": "The code ended on 31 August, try another."},
            "expired",
        ),
        ("coupon.rejected", {"code": "SUMMER20"}, None),
        ("address.rejected", {"field": "street", "reason": "po-box"}, "po_box"),
        ("address.rejected", {"field": "zip"}, "postcode"),
        ("shipping.unavailable", {"country": "uk"}, "GB"),
        ("shipping.unavailable", {"country": "Narnia"}, None),
        ("total.changed", {"from": "1", "to": "2", "why": "VAT"}, "tax"),
        ("field.error", {"field": "cvc", "count": 2}, "cvc"),
        ("stock.changed", {"item": "Tent"}, None),
        ("repair.refused", {"code": "too_old"}, "too_old"),
        ("payment.failed", "51", None),
        (None, {"code": "51"}, None),
    ],
)
def test_one_field_of_an_event_chooses_the_article(event: object, data: object, expected: str | None):
    assert code_of(event, data) == expected


def test_wrong_types_are_dropped_and_named():
    data, problems = checked("field.error", {"field": "cvc", "count": "many"})
    assert data == {"field": "cvc"}
    assert problems == ("Event 'field.error': 'count' is a text and left out; send a number.",)


def test_a_missing_field_is_named_with_what_it_says():
    _, problems = checked("total.changed", {"from": "10"})
    assert problems == (
        "Event 'total.changed': 'to' is missing; send an amount such as '92.80': the total now.",
    )


def test_what_attributes_say_as_text_is_read_as_what_it_is():
    data, problems = checked("total.changed", {"from": "92.80", "to": 95, "why": "shipping"})
    assert (data, problems) == ({"from": "92.80", "to": "95", "why": "shipping"}, ())
    assert checked("field.error", {"field": "cvc", "count": "3"}) == ({"field": "cvc", "count": 3}, ())
    assert checked("shipping.unavailable", {"country": "uk"}) == ({"country": "GB"}, ())


def test_an_own_event_keeps_its_scalars():
    data, problems = checked("repair.refused", {"years": 6, "kind": "tent", "lines": [1], "gone": None})
    assert data == {"years": 6, "kind": "tent"}
    assert problems == (
        "Event 'repair.refused': 'lines' is a list and left out; send a text, a number, true or false.",
    )


@pytest.mark.parametrize("event", ["Payment failed", "", "x" * 65, None, 7, ["a"]])
def test_a_name_that_can_not_be_used_is_named(event: object):
    assert "as a name" in checked(event, {})[1][0]


def test_no_value_of_the_shopper_is_quoted_in_a_problem():
    _, problems = checked("field.error", {"field": ["secret"], "count": "4242 4242 4242 4242"})
    assert problems
    assert not any("secret" in problem or "4242" in problem for problem in problems)


@given(JSON, JSON)
def test_whatever_a_browser_sends_nothing_raises(event: object, data: object):
    checked(event, data)
    code_of(event, data)
    for name in EVENTS:
        found, _ = checked(name, data)
        assert all(isinstance(value, str | int | float | bool) for value in found.values())
        code_of(name, data)
        canonical(name, data)


def test_every_spelling_leads_to_one_code():
    for spellings in (DECLINE_SPELLINGS, *REASON_SPELLINGS.values()):
        every = [word for words in spellings.values() for word in words.split()]
        assert sorted(every) == sorted(set(every))
        assert not set(every) & set(spellings)
    assert set(DECLINE_SPELLINGS) == set(DECLINES)
    assert all(set(REASON_SPELLINGS[event]) == set(REASONS[event]) for event in REASON_SPELLINGS)


def test_no_words_say_what_became_of_the_money():
    for event in EVENTS:
        for code in (None, *REASONS.get(event, {})):
            words = words_of(event, code) or ""
            assert not any(
                word in words.lower() for word in ("charged", "taken from", "refund", "money back")
            )


def test_the_document_names_every_event_field_code_and_spelling():
    text = DOC.read_text(encoding="utf-8")
    assert text.startswith(f"# Checkout events, version {VOCABULARY_VERSION}\n")
    table = text.partition("## The events\n")[2].partition("\n## ")[0]
    rows = {line.split("`")[1]: line for line in table.splitlines() if line.startswith("| `")}
    assert list(rows) == list(EVENTS)
    for event in EVENTS.values():
        for name, field in event.fields.items():
            assert f"`{name}`{'*' if field.required else ''} {field.kind}: {field.says}" in rows[event.name]
        assert rows[event.name].endswith(f"| {event.description} |")
    for event_name, words in REASONS.items():
        spellings = REASON_SPELLINGS.get(event_name, DECLINE_SPELLINGS)
        section = text.partition(f"## Codes of `{event_name}`\n")[2].partition("\n## ")[0]
        codes = [line for line in section.splitlines() if line.startswith("| `")]
        assert codes == [f"| `{code}` | {words[code]} | {spellings[code]} |" for code in words]
