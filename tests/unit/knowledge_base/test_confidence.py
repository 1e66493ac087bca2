"""Calibration and the thresholds that keep an error budget."""

from dataclasses import replace

import numpy as np
import pytest

from knowledge_base.confidence import (
    Budget,
    Calibration,
    Sample,
    answer_threshold,
    binomial_tail,
    calibrate,
    clarify_threshold,
    traffic_weights,
)
from knowledge_base.curve import Signs


def signs(similarity: float, gap: float, words: float = 1.0) -> Signs:
    """Signs of which only these differ."""
    return Signs(similarity, gap, words, share=0.5, centre=similarity, crowd=0.4, apart=0.0, beyond=-0.3)


def samples(count: int, *, seed: int = 1) -> list[Sample]:
    """Questions whose chance of being right rises with similarity and gap."""
    random = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        similarity, gap = random.uniform(0.2, 1.0), random.uniform(0.0, 0.8)
        chance = 1 / (1 + np.exp(-(-5 + 6 * similarity + 7 * gap)))
        right = random.random() < chance
        answerable = right or random.random() < 0.5
        made.append(Sample(signs(similarity, gap, 1.0), 0 if right else 5, bool(answerable)))
    return made


def test_the_binomial_tail_is_the_exact_one():
    # P(Bin(10, 0.1) <= 1) = 0.9^10 + 10 * 0.1 * 0.9^9
    expected = 0.9**10 + 10 * 0.1 * 0.9**9
    assert binomial_tail(np.array([1.0]), np.array([10.0]), 0.1)[0] == pytest.approx(expected)


def test_confidence_means_what_it_says_on_other_questions():
    curve = calibrate(samples(3_000)).right
    other = samples(3_000, seed=2)
    confidence = np.array([curve(sample.signs) for sample in other])
    right = np.array([sample.right for sample in other])
    for low in (0.2, 0.5, 0.8):
        band = (confidence >= low) & (confidence < low + 0.2)
        assert abs(confidence[band].mean() - right[band].mean()) < 0.06


def test_a_certified_threshold_keeps_its_promise_on_other_questions():
    budget = Budget(wrong=0.05)
    calibration = calibrate(samples(3_000), budget)
    assert calibration.certified
    other = samples(6_000, seed=3)
    answered = [sample for sample in other if calibration.right(sample.signs) >= calibration.answer_at]
    assert len(answered) > 200
    assert sum(not sample.right for sample in answered) / len(answered) < 0.07


@pytest.mark.parametrize("count", [60, 150, 1_000])
def test_answerable_questions_are_kept_as_promised_but_for_the_doubt_allowed(count):
    budget, random = Budget(), np.random.default_rng(5)
    asked = [Sample(signs(0.5, 0.2), rank=0, answerable=True)] * count
    # Of uniform values the share below a threshold is the threshold itself.
    lost = np.array([clarify_threshold(random.uniform(size=count), asked, budget) for _ in range(1_000)])
    broken = float((lost > 1 - budget.kept).mean())
    assert 0.01 < broken <= budget.doubt + 0.03


def test_few_questions_lose_none_of_them():
    asked = [Sample(signs(0.5, 0.2), rank=0, answerable=True)] * 10
    assert clarify_threshold(np.linspace(0.3, 0.9, 10), asked, Budget()) == pytest.approx(0.3)


def test_a_smaller_budget_never_answers_more():
    made = samples(3_000)
    strict, loose = (calibrate(made, Budget(wrong=wrong)).answer_at for wrong in (0.02, 0.1))
    assert strict > loose


def test_twenty_questions_certify_nothing():
    confidence = np.linspace(0.5, 1.0, 20)
    right = np.ones(20, dtype=bool)
    assert answer_threshold(confidence, right, np.ones(20), Budget())[1] is False


def test_without_questions_the_prior_decides():
    assert calibrate([]) == Calibration()


def test_few_questions_bend_the_prior_little():
    one = calibrate([Sample(signs(0.9, 0.5, 1.0), 5, answerable=True)]).right
    assert abs(one.centre - Calibration().right.centre) < 3


def test_the_articles_own_questions_move_thresholds_and_no_curve():
    calibration = calibrate([], own=samples(500))
    assert calibration.right == Calibration().right
    assert calibration.reached == Calibration().reached
    assert calibration.answer_at != Calibration().answer_at


def test_unanswerable_questions_weigh_a_tenth():
    made = [Sample(signs(0.5, 0.1, 0.0), 0, answerable=True)] * 40 + [
        Sample(signs(0.5, 0.1, 0.0), -1, answerable=False)
    ] * 100
    weights = traffic_weights(made)
    assert weights[40:].sum() / weights.sum() == pytest.approx(0.1)
    assert weights.max() <= 1


def test_a_calibration_survives_being_kept():
    calibration = calibrate(samples(200))
    assert Calibration.of(calibration.as_dict()) == calibration


@pytest.mark.parametrize(
    ("confidence", "reach", "band"),
    [(0.95, 0.1, "answer"), (0.5, 0.5, "clarify"), (0.5, 0.1, "hand_over")],
)
def test_bands(confidence, reach, band):
    assert Calibration(answer_at=0.9, clarify_at=0.3).band(confidence, reach) == band


def test_a_topic_with_a_hundred_answers_has_a_threshold_of_its_own():
    easy = [replace(sample, topic="delivery") for sample in samples(1500, seed=2) if sample.right]
    hard = [replace(sample, topic="payment") for sample in samples(3000, seed=3)]
    few = [replace(sample, topic="privacy") for sample in samples(60, seed=4)]
    calibration = calibrate([*easy, *hard, *few])
    assert set(calibration.topics) == {"delivery", "payment"}
    assert calibration.topics["delivery"] < calibration.answer_at < calibration.topics["payment"]
    between = (calibration.topics["delivery"] + calibration.answer_at) / 2
    assert calibration.band(between, 1.0, "delivery") == "answer"
    assert calibration.band(between, 1.0, "privacy") == calibration.band(between, 1.0) == "clarify"
    assert Calibration.of(calibration.as_dict()) == calibration
