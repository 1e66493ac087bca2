"""Whether confidence means what it says: calibration error, reliability bins, risk against coverage."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from knowledge_base.metrics import exact_interval, percentiles

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

BINS: Final = 10
RESAMPLES: Final = 300
POINTS: Final = 120


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions of about the same confidence: how sure on average, how many right, how many there are."""

    confidence: float
    right: float
    low: float
    high: float
    questions: int


@dataclass(frozen=True, slots=True)
class Reliability:
    """The expected calibration error, its 95 % interval, and its bins.

    `chance` is the error that confidence without any fault would show with as few questions, on average.
    """

    error: float
    low: float
    high: float
    chance: float
    bins: tuple[Bin, ...]


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """At this confidence and above: the share of questions answered, and the share of answers wrong."""

    confidence: float
    coverage: float
    risk: float


def traffic(answerable: Flags, share: float) -> Floats:
    """Weights under which `share` of the questions has no answer; none is above 1.

    Scaling down and never up keeps binomial tests honest: no question counts twice.
    """
    inside, outside = int(answerable.sum()), int((~answerable).sum())
    if not inside or not outside:
        return np.ones(len(answerable))
    factor = inside * share / (1 - share) / outside
    return np.where(answerable, 1.0, factor) / max(1.0, factor)


def reliability(confidence: Floats, right: Flags, weights: Floats, *, seed: int = 7) -> Reliability:
    """Reliability in ten bins of equal mass, which are biased less than those of equal width.

    Roelofs, Cain, Shlens and Mozer, 2022. The interval is a bootstrap's, questions drawn with replacement.
    """
    random = np.random.default_rng(seed)
    count = len(confidence)
    drawn, by_chance = [], []
    for _ in range(RESAMPLES if count else 0):
        rows = random.integers(0, count, count)
        drawn.append(calibration_error(confidence[rows], right[rows], weights[rows]))
        faultless = random.random(count) < confidence
        by_chance.append(calibration_error(confidence, faultless, weights))
    low, high = percentiles(drawn)
    return Reliability(
        error=calibration_error(confidence, right, weights),
        low=low,
        high=high,
        chance=float(np.mean(by_chance)) if by_chance else math.nan,
        bins=tuple(_bins(confidence, right, weights)),
    )


def calibration_error(confidence: Floats, right: Flags, weights: Floats) -> float:
    """The mean distance between confidence and share right over bins of equal mass."""
    if not len(confidence):
        return math.nan
    which = _which(confidence, weights)
    misses = np.bincount(which, weights * (confidence - right), minlength=BINS)
    return float(np.abs(misses).sum() / weights.sum())


def risk_coverage(confidence: Floats, right: Flags, weights: Floats) -> tuple[RiskPoint, ...]:
    """From the surest question down, at most 120 points; where the first few stand alone they jump."""
    order = np.argsort(-confidence, kind="stable")
    ranked, total = confidence[order], np.cumsum(weights[order])
    wrong = np.cumsum(weights[order] * ~right[order])
    ends = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True)) if len(ranked) else np.array([], int)
    if len(ends) > POINTS:
        ends = ends[np.unique(np.linspace(0, len(ends) - 1, POINTS).astype(int))]
    return tuple(
        RiskPoint(float(ranked[at]), float(total[at] / total[-1]), float(wrong[at] / total[at]))
        for at in ends
    )


def area(points: Sequence[RiskPoint]) -> float:
    """The mean share of wrong answers over all coverages (AURC; Geifman and El-Yaniv, 2017)."""
    if not points:
        return math.nan
    widths = np.diff([0.0, *(point.coverage for point in points)])
    return float((widths * [point.risk for point in points]).sum())


def _which(confidence: Floats, weights: Floats) -> NDArray[np.int64]:
    """The bin of each question: the same mass in each, as far as equal confidences let it."""
    order = np.argsort(confidence, kind="stable")
    middle = np.cumsum(weights[order]) - weights[order] / 2
    ranked = confidence[order]
    # Equal confidences share a bin: that of the first of them.
    firsts = np.searchsorted(ranked, ranked, side="left")
    share = middle[firsts] / weights.sum()
    which = np.empty(len(confidence), dtype=np.int64)
    which[order] = np.minimum((share * BINS).astype(np.int64), BINS - 1)
    return which


def _bins(confidence: Floats, right: Flags, weights: Floats) -> list[Bin]:
    which = _which(confidence, weights) if len(confidence) else np.array([], int)
    found = []
    for place in np.unique(which):
        rows = which == place
        mass, hits = float(weights[rows].sum()), float(weights[rows & right].sum())
        low, high = exact_interval(hits, mass)
        mean = float((weights * confidence)[rows].sum() / mass)
        found.append(Bin(mean, hits / mass, low, high, int(rows.sum())))
    return found
