"""Confidence that is right, too high, tied or empty."""

import math

import numpy as np
import pytest

from knowledge_base.reliability import BINS, area, calibration_error, reliability, risk_coverage, traffic


def test_confidence_that_means_what_it_says_errs_no_more_than_chance() -> None:
    random = np.random.default_rng(3)
    confidence = random.random(2_000)
    found = reliability(confidence, random.random(2_000) < confidence, np.ones(2_000))
    assert found.error < 2 * found.chance
    assert found.chance < 0.03
    assert len(found.bins) == BINS


def test_confidence_that_is_too_high_shows_by_how_much() -> None:
    confidence = np.full(1_000, 0.9)
    right = np.arange(1_000) < 600
    found = reliability(confidence, right, np.ones(1_000))
    assert found.error == pytest.approx(0.3)
    assert found.low < 0.3 < found.high
    assert [one.questions for one in found.bins] == [1_000]


def test_bins_hold_the_same_mass() -> None:
    confidence = np.linspace(0, 1, 200) ** 4
    found = reliability(confidence, confidence > 0.5, np.ones(200))
    assert {one.questions for one in found.bins} == {20}


def test_heavier_questions_count_for_more() -> None:
    confidence, right = np.array([0.8, 0.8]), np.array([True, False])
    assert calibration_error(confidence, right, np.array([4.0, 1.0])) == pytest.approx(0.0)
    assert calibration_error(confidence, right, np.array([1.0, 1.0])) == pytest.approx(0.3)


def test_traffic_gives_the_unanswerable_the_share_asked_for_and_lifts_nothing() -> None:
    answerable = np.array([True] * 30 + [False] * 30)
    weights = traffic(answerable, 0.1)
    assert weights[~answerable].sum() / weights.sum() == pytest.approx(0.1)
    assert weights.max() == 1.0


def test_risk_is_told_from_the_surest_down_and_ties_stand_together() -> None:
    points = risk_coverage(np.array([0.9, 0.5, 0.5, 0.1]), np.array([True, True, False, False]), np.ones(4))
    assert [(point.coverage, point.risk) for point in points] == [
        (0.25, 0.0),
        (0.75, pytest.approx(1 / 3)),
        (1.0, 0.5),
    ]
    assert area(points) == pytest.approx(0.25 * 0 + 0.5 / 3 + 0.25 * 0.5)


def test_no_questions_give_no_figures_and_no_error() -> None:
    none = np.array([])
    found = reliability(none, none.astype(bool), none)
    assert math.isnan(found.error)
    assert found.bins == ()
    assert risk_coverage(none, none.astype(bool), none) == ()
