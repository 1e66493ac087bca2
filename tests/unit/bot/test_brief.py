"""Three short lines, made from facts alone."""

import pytest

from bot.brief import Tried, brief, event_words, money, shorten

TRIED_TWICE = [Tried("Duties", "no"), Tried("Duties", None), Tried("Returns", "no")]


def _brief(**given: object) -> list[str]:
    facts = {"question": None, "reason": None, "context": {}, "tried": [], "locale": "en", **given}
    return brief(**facts)  # type: ignore[arg-type]


def test_without_a_question_the_reason_is_what_they_want() -> None:
    assert _brief(reason="asked") == ["Asked for a person", "No answer was given"]


@pytest.mark.parametrize(
    ("context", "line"),
    [
        ({"page": {"step": "gift_wrap"}}, "At the gift wrap step"),
        ({"cart": {"total": "140.00", "currency": "GBP"}}, "£140.00 in the cart"),
        ({"events": [{"event": "coupon.rejected", "data": {}}]}, "Coupon refused"),
        (
            {
                "page": {"step": "address"},
                "events": [{"event": "address.rejected", "data": {"code": "po_box"}}],
            },
            "At the address step: address refused (po box)",
        ),
        (
            {"events": [{"event": "payment.failed"}, {"event": "cart.changed"}, {"event": "payment.failed"}]},
            "Payment failed, 2 times",
        ),
        (
            {"events": [{"event": "payment.failed"}, {"event": "coupon.rejected"}]},
            "Coupon refused",
        ),
    ],
)
def test_where_they_are_stuck(context: object, line: str) -> None:
    assert _brief(context=context)[0] == line


def test_what_goes_well_is_not_where_they_are_stuck() -> None:
    assert _brief(context={"events": [{"event": "coupon.applied", "data": {}}]}) == ["No answer was given"]


@pytest.mark.parametrize(
    ("tried", "line"),
    [
        ([Tried("Returns", None)], "Tried: “Returns”"),
        ([Tried("Returns", "yes")], "Tried: “Returns”, helped"),
        ([Tried("Returns", "no")], "Tried: “Returns”, did not help"),
        (TRIED_TWICE, "Tried: “Returns”, did not help, and 1 more"),
    ],
)
def test_what_was_tried(tried: list[Tried], line: str) -> None:
    assert _brief(tried=tried)[-1] == line


def test_the_lines_speak_german_too() -> None:
    assert _brief(question="Wo?", tried=[Tried("Retouren", "no")], locale="de-AT") == [
        "Fragt: „Wo?“",
        "Versucht: „Retouren“, half nicht",
    ]


def test_an_event_of_the_shops_own_is_said_as_it_is_called() -> None:
    assert (
        event_words({"event": "loyalty.points_refused", "data": {"code": 7}}, "en")
        == "loyalty points refused"
    )


@pytest.mark.parametrize(
    ("amount", "currency", "shown"), [("92.80", "EUR", "€92.80"), ("5", "CHF", "5 CHF"), ("5", "", "5")]
)
def test_money_has_its_sign(amount: str, currency: str, shown: str) -> None:
    assert money(amount, currency) == shown


def test_words_are_cut_between_words_where_there_are_some() -> None:
    assert shorten("one  two\nthree", 20) == "one two three"
    assert shorten("one two three", 10) == "one two…"
    assert shorten("x" * 50, 10) == "x" * 9 + "…"
