"""The statistics of experiments, against shops whose truth is known. tests/bench has the longer runs."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reports.uplift import DECIDES, Count, Uplift, Verdict, interval, log_evidence, measure
from tests.unit.bot.reports.shops import BASE_RATES, experiments, steady

ALARM = np.log(DECIDES)


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([0.05, 0.1, 0.5])), min_size=1, max_size=9))
def test_where_nothing_works_betting_wins_nothing_whatever_the_outcomes_are(
    visitors: list[tuple[bool, float]],
) -> None:
    """Exact: over all ways to draw the arms, the expected e-value is 1, and never above 1 on the way."""
    ordered = np.array([float(y) for y, _ in visitors])
    share = np.array([control for _, control in visitors])
    arms = np.array(list(itertools.product([0.0, 1.0], repeat=len(visitors))))
    chance = np.prod(np.where(arms == 1, 1 - share, share), axis=-1)
    for side in (1, -1):
        paths = np.exp(log_evidence(np.broadcast_to(ordered, arms.shape), arms, share, side))
        assert np.allclose(chance @ paths, 1.0, rtol=1e-9)


@pytest.mark.parametrize("name", BASE_RATES)
def test_nothing_works_and_whoever_looks_after_every_visitor_is_seldom_alarmed(name: str) -> None:
    nothing = experiments(1, 200, 3_000, BASE_RATES[name])
    alarmed = np.maximum(nothing.evidence(1), nothing.evidence(-1)).max(axis=-1) >= ALARM
    assert alarmed.mean() <= 0.05


@pytest.mark.parametrize("name", BASE_RATES)
def test_the_interval_holds_the_truth_at_every_look_at_once(name: str) -> None:
    made = experiments(2, 200, 3_000, BASE_RATES[name], lambda progress: 0.02 + 0.08 * (progress > 0.5))
    looks = list(range(99, 3_000, 150))
    low, high = made.interval(looks)
    truth = made.mean_effect()[looks]
    missed = ((truth < low) | (truth > high)).any(axis=-1)
    assert missed.mean() <= 0.05
    assert (high[:, -1] < 1).all()
    assert (low[:, -1] > -1).all()


def test_a_lift_of_five_points_is_found() -> None:
    made = experiments(3, 60, 24_000, steady(0.60), 0.05)
    found = made.evidence(1) >= ALARM
    needed = np.where(found.any(axis=-1), found.argmax(axis=-1), 24_000)
    assert found.any(axis=-1).mean() >= 0.9
    assert np.median(needed) <= 12_000
    assert (made.evidence(-1).max(axis=-1) < ALARM).all()


def test_a_loss_of_five_points_is_found() -> None:
    made = experiments(4, 60, 24_000, steady(0.60), -0.05)
    found = made.evidence(-1) >= ALARM
    assert found.any(axis=-1).mean() >= 0.9
    assert (made.evidence(1).max(axis=-1) < ALARM).all()


def test_with_half_in_control_a_lift_needs_fewer_visitors() -> None:
    tenth, half = (experiments(5, 60, 16_000, steady(0.6), 0.05, share).evidence(1) for share in (0.1, 0.5))
    assert ((half >= ALARM).any(axis=-1)).mean() > ((tenth >= ALARM).any(axis=-1)).mean()


@pytest.mark.parametrize("lift", [0.005, 0.05, 0.3])
def test_a_trigger_that_helps_is_never_silenced_more_often_than_chance_allows(lift: float) -> None:
    made = experiments(6, 250, 3_000, steady(0.5), lift)
    assert (made.evidence(-1).max(axis=-1) >= ALARM).mean() <= 0.025


def test_what_an_earlier_look_said_stays_as_more_visitors_come() -> None:
    made = experiments(7, 1, 2_000, steady(0.4), 0.1)
    before = log_evidence(made.ordered[:, :500], made.treated[:, :500], 0.1, 1)
    assert np.allclose(made.evidence(1)[:, :500], before)


def test_the_interval_narrows_about_the_difference() -> None:
    made = experiments(8, 1, 20_000, steady(0.3), 0.1)
    low, high = interval(made.ordered[0], made.treated[0], 0.1, [999, 4_999, 19_999])
    width = high - low
    assert width[0] > width[1] > width[2]
    assert width[2] < 0.1
    assert low[2] > 0


@pytest.mark.parametrize("lift", [0.0, 0.06, -0.06])
def test_the_interval_leaves_out_zero_just_where_the_test_decides(lift: float) -> None:
    made = experiments(10, 80, 9_000, steady(0.5), lift)
    low, high = made.interval([8_999])
    assert ((low[:, 0] > 0) == (made.evidence(1)[:, -1] >= ALARM)).all()
    assert ((high[:, 0] < 0) == (made.evidence(-1)[:, -1] >= ALARM)).all()


def test_the_figures_of_an_experiment_are_counted_by_arm() -> None:
    ordered = np.array([True, False, True, True])
    treated = np.array([True, True, True, False])
    found = measure(ordered, treated, np.full(4, 0.1))
    assert (found.treated, found.control) == (Count(3, 2), Count(1, 1))
    assert found.difference == pytest.approx(2 / 3 - 1)
    assert (found.low, found.high) == (-1, 1)
    assert found.verdict is Verdict.OPEN


def test_without_visitors_nothing_is_said() -> None:
    nobody = np.zeros(0, dtype=bool)
    found = measure(nobody, nobody, np.zeros(0))
    assert (found.difference, found.low, found.high, found.verdict) == (None, -1, 1, Verdict.OPEN)


def test_visitors_who_could_not_fall_into_control_are_left_out() -> None:
    ordered = np.array([True, True, False])
    found = measure(ordered, np.ones(3, dtype=bool), np.array([0.0, 0.1, 0.1]))
    assert found.treated == Count(2, 1)


def test_evidence_beyond_any_number_is_still_a_number() -> None:
    treated = np.random.default_rng(9).random(20_000) < 0.5
    found = measure(treated, treated, np.full(20_000, 0.5))
    assert np.isfinite(found.helps)
    assert found.verdict is Verdict.HELPS
    assert found.low > 0.9


def test_both_sides_beyond_doubt_is_no_verdict() -> None:
    torn = Uplift(Count(1, 1), Count(1, 1), -1, 1, helps=DECIDES, hurts=DECIDES)
    assert torn.verdict is Verdict.OPEN
