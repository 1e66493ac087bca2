"""Manners: caps, dismissals and silence, from what was shown before."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.manners import refusal
from bot.store.nudges import Shown
from knowledge_base.triggers import Manners, Rule

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MANNERS = Manners()
IDLE = Rule("idle", when={"idle_s": 30}, show="questions")
FAILED = Rule("payment-failed", on=("payment.failed",))


def guess(name: str, ago: timedelta, dismissed: timedelta | None = None) -> Shown:
    return Shown(
        name, name, guess=True, at=NOW - ago, dismissed_at=None if dismissed is None else NOW - dismissed
    )


def event(code: str, ago: timedelta, dismissed: timedelta | None = None) -> Shown:
    at = None if dismissed is None else NOW - dismissed
    return Shown("payment-failed", f"payment.failed:{code}", guess=False, at=NOW - ago, dismissed_at=at)


def why_not(rule: Rule, *shown: Shown, about: str = "", session: timedelta = HOUR) -> str | None:
    return refusal(rule, about or rule.id, MANNERS, shown, NOW, NOW - session)


def test_nothing_was_shown_so_all_is_well() -> None:
    assert why_not(IDLE) is None
    assert why_not(FAILED) is None


def test_a_guess_comes_once_a_day() -> None:
    assert why_not(IDLE, guess("idle", 23 * HOUR)) == "per_trigger_day"
    assert why_not(IDLE, guess("idle", 24 * HOUR)) is None


def test_a_session_has_three_guesses() -> None:
    others = [guess(name, timedelta(minutes=20)) for name in ("a", "b", "c")]
    assert why_not(IDLE, *others) == "per_session"
    assert why_not(IDLE, *others, session=timedelta(minutes=10)) is None
    assert why_not(IDLE, *others[:2]) is None


def test_a_day_has_four_guesses() -> None:
    others = [guess(name, 5 * HOUR) for name in ("a", "b", "c", "d")]
    assert why_not(IDLE, *others) == "per_day"
    assert why_not(IDLE, *others[:3]) is None


def test_what_the_shop_reports_has_no_caps() -> None:
    assert (
        why_not(FAILED, *[event(str(number), HOUR) for number in range(20)], about="payment.failed:x") is None
    )
    assert why_not(IDLE, *[event(str(number), HOUR) for number in range(20)]) is None


def test_a_dismissed_one_stays_dismissed() -> None:
    mine = event("limit", 29 * DAY, dismissed=29 * DAY)
    assert why_not(FAILED, mine, about="payment.failed:limit") == "dismissed"
    assert why_not(FAILED, mine, about="payment.failed:expired_card") is None
    assert why_not(IDLE, guess("idle", 29 * DAY, dismissed=29 * DAY)) == "dismissed"


def test_three_dismissals_are_followed_by_a_month_of_silence() -> None:
    away = [
        event(code, 20 * DAY, dismissed=at) for code, at in (("a", 20 * DAY), ("b", 10 * DAY), ("c", DAY))
    ]
    assert why_not(IDLE, *away) == "quiet"
    assert why_not(FAILED, *away, about="payment.failed:new") == "quiet"
    assert why_not(IDLE, *away[:2]) is None


def test_silence_lasts_a_month_from_the_third_dismissal_and_no_longer() -> None:
    def away(*days: int) -> list[Shown]:
        return [event(str(day), day * DAY, dismissed=day * DAY) for day in days]

    assert why_not(IDLE, *away(58, 40, 29)) == "quiet"
    assert why_not(IDLE, *away(58, 40, 30)) is None
    assert why_not(IDLE, *away(70, 40, 29)) is None


@pytest.mark.parametrize("cap", ["per_session", "per_day", "per_trigger_day"])
def test_a_cap_of_zero_means_no_guesses(cap: str) -> None:
    manners = Manners(**{cap: 0})
    assert refusal(IDLE, "idle", manners, (), NOW, NOW) == cap
    assert refusal(FAILED, "x", manners, (), NOW, NOW) is None


SHOWN = st.builds(
    lambda name, is_guess, hours, dismissed: Shown(
        name, name, is_guess, NOW - hours * HOUR, NOW - hours * HOUR / 2 if dismissed else None
    ),
    st.sampled_from(["idle", "a", "b"]),
    st.booleans(),
    st.integers(-5, 2000),
    st.booleans(),
)


@given(st.lists(SHOWN, max_size=12), st.lists(SHOWN, max_size=4))
def test_more_that_was_shown_never_allows_more(shown: list[Shown], more: list[Shown]) -> None:
    if refusal(IDLE, "idle", MANNERS, shown, NOW, NOW - HOUR) is not None:
        assert refusal(IDLE, "idle", MANNERS, [*shown, *more], NOW, NOW - HOUR) is not None


@given(st.lists(SHOWN, max_size=12), st.randoms())
def test_the_order_of_what_was_shown_does_not_matter(shown: list[Shown], random: object) -> None:
    mixed = list(shown)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert refusal(IDLE, "idle", MANNERS, shown, NOW, NOW) == refusal(IDLE, "idle", MANNERS, mixed, NOW, NOW)
