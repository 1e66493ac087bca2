"""Confidence as a probability, and the bands that keep an error budget.

Calibration is logistic regression pulled towards a prior, so that few questions bend it little. The answer
threshold is chosen by Learn then Test (Angelopoulos, Bates, Candès, Jordan and Lei, 2021): the share of wrong
answers among those given is not monotone in the threshold, so each threshold is tested with an exact binomial
tail, in a fixed order from two starts, the error of the tests split among the starts (Bonferroni).
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc

Floats = NDArray[np.float64]
Band = Literal["answer", "clarify", "hand_over"]

CHOICES: Final = 4
UNANSWERABLE_SHARE: Final = 0.1
# A threshold with a guarantee is preferred while it gives this share of the answers.
VOUCHED_SHARE: Final = 0.8
_STARTS: Final = (0.2, 0.5)


@dataclass(frozen=True, slots=True)
class Signs:
    """What confidence rests on: similarity, the gap to the second best, and what the words show."""

    similarity: float
    gap: float
    words: float

    @property
    def row(self) -> tuple[float, float, float, float]:
        """As the curves weigh them."""
        return (1.0, self.similarity, max(-1.0, min(1.0, self.gap)), self.words)


@dataclass(frozen=True, slots=True)
class Sample:
    """One held-out question: what the scores were, and whether they were right.

    `rank` is the place of a right article (0 is first), -1 when it is not there or nothing answers.
    """

    signs: Signs
    rank: int
    answerable: bool
    weight: float = 1.0

    @property
    def right(self) -> bool:
        """The first article answers it."""
        return self.rank == 0

    @property
    def reached(self) -> bool:
        """The right article would be among the buttons."""
        return 0 <= self.rank < CHOICES


@dataclass(frozen=True, slots=True)
class Curve:
    """A probability from signs: the logistic function of their weighted sum."""

    base: float
    similarity: float
    gap: float
    words: float

    @property
    def weights(self) -> Floats:
        """In the order of `Signs.row`."""
        return np.array([self.base, self.similarity, self.gap, self.words])

    def __call__(self, signs: Signs) -> float:
        value = float(self.weights @ np.array(signs.row))
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, value))))


# What a knowledge base with too few questions starts from: the mean of the curves of four public sets.
RIGHT_PRIOR: Final = Curve(-4.6, 6.0, 6.6, 0.2)
REACHED_PRIOR: Final = Curve(-5.2, 10.0, 0.0, 0.3)


@dataclass(frozen=True, slots=True)
class Budget:
    """Of the answers given at most `wrong` may be wrong, but for bad luck of probability `doubt`.

    `kept` is the share of answerable questions that must reach an answer or a clarifying question.
    """

    wrong: float = 0.05
    doubt: float = 0.1
    kept: float = 0.94


@dataclass(frozen=True, slots=True)
class Calibration:
    """Two probabilities and two thresholds."""

    right: Curve = RIGHT_PRIOR
    reached: Curve = REACHED_PRIOR
    answer_at: float = 0.9
    clarify_at: float = 0.3
    certified: bool = False
    report: dict[str, Any] = field(default_factory=dict)

    def band(self, confidence: float, reach: float) -> Band:
        """What to do with the best article of a question."""
        if confidence >= self.answer_at:
            return "answer"
        return "clarify" if reach >= self.clarify_at else "hand_over"

    def as_dict(self) -> dict[str, Any]:
        """JSON to keep with the index."""
        return asdict(self)

    @classmethod
    def of(cls, data: dict[str, Any]) -> "Calibration":
        """From `as_dict`."""
        curves = {name: Curve(**data[name]) for name in ("right", "reached")}
        return cls(**{**data, **curves})


def calibrate(samples: Sequence[Sample], budget: Budget | None = None) -> Calibration:
    """Curves and thresholds from held-out questions; the prior where there are none."""
    budget = budget or Budget()
    if not samples:
        return Calibration()
    x = np.array([sample.signs.row for sample in samples])
    weights = traffic_weights(samples)
    right = np.array([sample.right for sample in samples], dtype=np.float64)
    reached = np.array([sample.reached for sample in samples], dtype=np.float64)
    right_curve = _curve(x, right, weights, RIGHT_PRIOR, gap=True)
    reached_curve = _curve(x, reached, weights, REACHED_PRIOR, gap=False)
    confidence = np.array([right_curve(sample.signs) for sample in samples])
    reach = np.array([reached_curve(sample.signs) for sample in samples])
    # Questions of lighter weight steady the curves; the promise is tested on the others alone.
    full = np.array([sample.weight >= 1.0 for sample in samples])
    tested = [sample for sample in samples if sample.weight >= 1.0]
    answer_at, certified = answer_threshold(
        confidence[full], right[full] > 0, traffic_weights(tested), budget
    )
    clarify_at = _clarify_threshold(np.maximum(reach, confidence >= answer_at)[full], tested, budget)
    calibration = Calibration(right_curve, reached_curve, answer_at, clarify_at, certified)
    report = _report(calibration, confidence[full], reach[full], tested, traffic_weights(tested), budget)
    return Calibration(right_curve, reached_curve, answer_at, clarify_at, certified, report)


def traffic_weights(samples: Sequence[Sample], share: float = UNANSWERABLE_SHARE) -> Floats:
    """Weights under which `share` of the questions is unanswerable; no weight is above 1.

    Scaling down and never up keeps the binomial tests honest: no question counts twice.
    """
    given = np.array([sample.weight for sample in samples])
    answerable = np.array([sample.answerable for sample in samples])
    inside, outside = float(given[answerable].sum()), float(given[~answerable].sum())
    if not inside or not outside:
        return given
    factor = inside * share / (1 - share) / outside
    weights = np.where(answerable, given, given * factor)
    return np.asarray(weights / max(1.0, float(weights.max())))


def answer_threshold(
    confidence: Floats, right: NDArray[np.bool_], weights: Floats, budget: Budget
) -> tuple[float, bool]:
    """The lowest confidence at which answers keep the budget, and whether a test vouches for it.

    The one that a test vouches for is taken where it costs no more than a fifth of the answers; a few hundred
    questions are seldom enough for that. Else it is the lowest at which the share of wrong answers seen, with
    one more wrong, keeps the budget.
    """
    order = np.argsort(-confidence, kind="stable")
    answered = np.cumsum(weights[order])
    wrong = np.cumsum(weights[order] * ~right[order])
    ends = np.flatnonzero(np.append(np.diff(confidence[order]) != 0, True))
    seen = (wrong + 1) / (answered + 1)
    good = [end for end in ends if seen[end] <= budget.wrong]
    if not good:
        return 1 - budget.wrong, False
    chosen = float(confidence[order][good[-1]])
    tails = binomial_tail(wrong[ends], answered[ends], budget.wrong)
    vouched = _vouched_down_to(confidence[order][ends], answered[ends] / answered[-1], tails, budget)
    given, given_vouched = (float(weights[confidence >= at].sum()) for at in (chosen, vouched))
    if given_vouched >= VOUCHED_SHARE * given:
        return vouched, True
    return chosen, False


def _vouched_down_to(confidence: Floats, share: Floats, tails: Floats, budget: Budget) -> float:
    """The lowest confidence that a sequence of exact tests reaches without failing; infinite if none starts.

    Learn then Test (Angelopoulos et al., 2021) with fixed sequences, Bonferroni over their starts.
    """
    allowed = budget.doubt / len(_STARTS)
    best = math.inf
    for start in _STARTS:
        for at, tail in zip(confidence[share >= start], tails[share >= start], strict=True):
            if tail > allowed:
                break
            best = min(best, float(at))
    return best


def binomial_tail(wrong: Floats, answered: Floats, rate: float) -> Floats:
    """P(at most `wrong` of `answered` are wrong) if the true rate were `rate`; counts may be fractions."""
    right = np.maximum(answered - wrong, 1e-9)
    return np.asarray(betainc(right, wrong + 1.0, 1.0 - rate), dtype=np.float64)


def _clarify_threshold(reach: Floats, samples: Sequence[Sample], budget: Budget) -> float:
    """The reach at which `kept` of those questions is kept whose article is among the buttons."""
    kept = np.sort([value for value, sample in zip(reach, samples, strict=True) if sample.reached])
    if not len(kept):
        return 0.3
    return float(kept[math.floor((1 - budget.kept) * len(kept))])


def _curve(x: Floats, y: Floats, weights: Floats, prior: Curve, *, gap: bool) -> Curve:
    """Newton's method for weighted logistic loss with a normal prior around `prior`'s coefficients."""
    start = prior.weights
    precision = np.array([0.05, 0.05, 0.05 if gap else 1e6, 1.0])
    beta = start.copy()
    for _ in range(50):
        p = 1.0 / (1.0 + np.exp(-np.clip(x @ beta, -30, 30)))
        gradient = x.T @ (weights * (p - y)) + precision * (beta - start)
        hessian = (x * (weights * p * (1 - p))[:, None]).T @ x + np.diag(precision)
        step = np.linalg.solve(hessian, gradient)
        beta = beta - step
        if float(np.abs(step).max()) < 1e-8:
            break
    # More similarity, a wider gap or more of the words never makes an answer less likely to be right.
    return Curve(float(beta[0]), *(max(0.0, float(value)) for value in beta[1:]))


def _report(
    calibration: Calibration,
    confidence: Floats,
    reach: Floats,
    samples: Sequence[Sample],
    weights: Floats,
    budget: Budget,
) -> dict[str, Any]:
    """What was promised and what the held-out questions showed."""
    answered = confidence >= calibration.answer_at
    right = np.array([sample.right for sample in samples])
    answerable = np.array([sample.answerable for sample in samples])
    handed = ~answered & (reach < calibration.clarify_at)
    given = float(weights[answered].sum())
    return {
        "questions": len(samples),
        "unanswerable": int((~answerable).sum()),
        "promised_wrong_at_most": budget.wrong,
        "doubt": budget.doubt,
        "achieved_wrong": round(float(weights[answered & ~right].sum()) / given, 4) if given else None,
        "answered_directly": round(float(answered[answerable].mean()), 4) if answerable.any() else None,
        "unanswerable_handed_over": round(float(handed[~answerable].mean()), 4)
        if (~answerable).any()
        else None,
        "calibration_error": round(calibration_error(confidence, right, weights), 4),
    }


def calibration_error(confidence: Floats, right: NDArray[np.bool_], weights: Floats, bins: int = 10) -> float:
    """Expected calibration error over equal-width bins."""
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    miss = weights * (confidence - right)
    return float(sum(abs(miss[which == b].sum()) for b in range(bins)) / max(weights.sum(), 1e-9))
