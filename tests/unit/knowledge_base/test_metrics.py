"""The measures, against values worked out by hand or known from tables."""

import math

import pytest

from knowledge_base.metrics import Row, auroc, exact_interval, interval, intervals, measure, threshold_keeping


def row(rank: int | None, confidence: float, *, answerable: bool = True) -> Row:
    ids = tuple("right" if place == rank else f"other-{place}" for place in range(1, 6))
    return Row(("right",) if answerable else (), ids, confidence)


def test_ranks_are_counted_over_answerable_questions_only() -> None:
    found = measure([row(1, 0.9), row(2, 0.8), row(None, 0.7), row(None, 0.1, answerable=False)])
    assert found["top1"] == pytest.approx(1 / 3)
    assert found["r3"] == pytest.approx(2 / 3)
    assert found["mrr"] == pytest.approx(0.5)
    assert (found["n_in"], found["n_oos"]) == (3, 1)


def test_confidence_that_sorts_perfectly_scores_one_and_ties_score_half() -> None:
    assert auroc([0.9, 0.8], [0.1, 0.2]) == 1.0
    assert auroc([0.5, 0.5], [0.5, 0.5]) == 0.5
    assert math.isnan(auroc([], [0.5]))


def test_the_threshold_keeps_at_least_the_share_asked_for() -> None:
    values = [0.1, 0.2, 0.3, 0.4, 0.5]
    assert threshold_keeping(values, 0.8) == 0.2
    assert threshold_keeping(values, 0.81) == 0.1


def test_coverage_stops_where_one_answer_in_twenty_is_wrong() -> None:
    rows = [row(1, 0.9)] * 38 + [row(2, 0.8), row(2, 0.7)] + [row(2, 0.6)] * 10
    assert measure(rows)["cov@p95"] == pytest.approx(40 / 50)


def test_fewer_than_twenty_answers_cover_nothing() -> None:
    assert measure([row(1, 0.9)] * 10)["cov@p95"] == 0.0


def test_the_wilson_interval_is_the_published_one() -> None:
    # Newcombe 1998, table I: 81 of 263.
    assert interval(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)


def test_the_exact_interval_is_the_published_one() -> None:
    # Newcombe 1998, table I, method 5.
    assert exact_interval(81, 263) == pytest.approx((0.2527, 0.3676), abs=5e-5)
    assert exact_interval(0, 20) == pytest.approx((0.0, 0.1684), abs=5e-5)
    assert exact_interval(29, 29) == pytest.approx((0.8806, 1.0), abs=5e-5)


def test_every_measure_lies_within_its_interval() -> None:
    rows = [row(2 if place < 30 or place % 25 == 0 else 1, place / 80) for place in range(80)]
    rows += [row(None, place / 60, answerable=False) for place in range(20)]
    values = measure(rows)
    for name, (low, high) in intervals(rows).items():
        assert low <= values[name] <= high, name
        assert low < high, name


def test_no_unanswerable_questions_leave_their_measures_open_and_the_others_whole() -> None:
    rows = [row(1, 0.9), row(2, 0.3)] * 15
    assert math.isnan(measure(rows)["oos@95"])
    assert all(math.isnan(end) for end in intervals(rows)["oos@95"])
    assert measure(rows)["auroc"] == 1.0
