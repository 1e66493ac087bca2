"""Confidence as a probability, and the bands that keep an error budget.

Calibration is logistic regression pulled towards a prior, so that few questions bend it little. The answer
threshold is chosen by Learn then Test (Angelopoulos, Bates, Candès, Jordan and Lei, 2021): the share of wrong
answers among those given is not monotone in the threshold, so each threshold is tested with an exact binomial
tail, in a fixed order from two starts, the error of the tests split among the starts (Bonferroni).
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc

from knowledge_base.curve import REACHED_PRIOR, RIGHT_PRIOR, Curve, Floats, Signs, bent
from knowledge_base.reliability import calibration_error, traffic

Band = Literal["answer", "clarify", "hand_over"]

CHOICES: Final = 4
UNANSWERABLE_SHARE: Final = 0.1
# A threshold with a guarantee is preferred while it gives this share of the answers.
VOUCHED_SHARE: Final = 0.7
# From this lead over the next article on, the lead alone keeps no answer from being sure.
CLEAR_LEAD: Final = 0.12
# A topic has a threshold of its own from this many held-out answers on.
ENOUGH_FOR_A_TOPIC: Final = 100
_STARTS: Final = (0.2, 0.5)
# While a curve is shaped, unanswerable questions count for more than they are of the traffic: one in ten is
# too few to learn what tells them from the others.
SHAPING_SHARE: Final = 0.45


@dataclass(frozen=True, slots=True)
class Sample:
    """One held-out question: what the scores were, and whether they were right.

    `rank` is the place of a right article (0 is first), -1 when it is not there or nothing answers;
    `topic` is that of the first article.
    """

    signs: Signs
    rank: int
    answerable: bool
    topic: str = ""

    @property
    def right(self) -> bool:
        """The first article answers it."""
        return self.rank == 0

    @property
    def reached(self) -> bool:
        """The right article would be among the buttons."""
        return 0 <= self.rank < CHOICES


@dataclass(frozen=True, slots=True)
class Budget:
    """Of the answers given at most `wrong` may be wrong, but for bad luck of probability `doubt`.

    `kept` is the share of answerable questions that must reach an answer or a clarifying question, but for
    the same bad luck.
    """

    wrong: float = 0.05
    doubt: float = 0.1
    kept: float = 0.95


@dataclass(frozen=True, slots=True)
class Calibration:
    """Two probabilities and two thresholds; as given here, those that kept the budget on public sets."""

    right: Curve = RIGHT_PRIOR
    reached: Curve = REACHED_PRIOR
    answer_at: float = 0.87
    clarify_at: float = 0.5
    certified: bool = False
    topics: dict[str, float] = field(default_factory=dict)
    """Answer thresholds of the topics with enough held-out answers to have their own."""
    report: dict[str, Any] = field(default_factory=dict)

    def sure(self, signs: Signs, *, alone: bool = False) -> float:
        """The chance that the best article answers; `alone` when there is no other it could be taken for.

        A coin decides between two that are equally good, however good both are.
        """
        chance = self.right(signs)
        return chance if alone else min(chance, 0.5 + 0.5 * max(0.0, signs.gap) / CLEAR_LEAD)

    def band(self, confidence: float, reach: float, topic: str = "") -> Band:
        """What to do with the best article of a question, which is about `topic`."""
        if confidence >= self.topics.get(topic, self.answer_at):
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


def calibrate(
    samples: Sequence[Sample], budget: Budget | None = None, *, own: Sequence[Sample] = ()
) -> Calibration:
    """Curves from `samples`, shoppers' questions; thresholds from these and the articles' `own` questions.

    The articles' own questions bend no curve: their authors phrase things more cleanly than shoppers do, and
    measured on four sets curves bent by them told right from wrong worse than the prior did.
    """
    budget = budget or Budget()
    tested = [*samples, *own]
    if not tested:
        return Calibration()
    right_curve = _curve(RIGHT_PRIOR, samples, [sample.right for sample in samples])
    reached_curve = _curve(REACHED_PRIOR, samples, [sample.reached for sample in samples])
    right = np.array([sample.right for sample in tested])
    confidence = np.array([Calibration(right_curve).sure(sample.signs) for sample in tested])
    reach = np.array([reached_curve(sample.signs) for sample in tested])
    answer_at, certified = answer_threshold(confidence, right, traffic_weights(tested), budget)
    clarify_at = clarify_threshold(np.maximum(reach, confidence >= answer_at), tested, budget)
    topics = _topic_thresholds(confidence, right, tested, answer_at, budget)
    calibration = Calibration(right_curve, reached_curve, answer_at, clarify_at, certified, topics)
    return replace(calibration, report=_report(calibration, confidence, reach, tested, budget))


def traffic_weights(samples: Sequence[Sample], share: float = UNANSWERABLE_SHARE) -> Floats:
    """Weights under which `share` of the samples is unanswerable."""
    return traffic(np.array([sample.answerable for sample in samples], dtype=bool), share)


def answer_threshold(
    confidence: Floats, right: NDArray[np.bool_], weights: Floats, budget: Budget
) -> tuple[float, bool]:
    """The lowest confidence at which answers keep the budget, and whether a test vouches for it.

    The one that a test vouches for is taken where it costs no more than three in ten of the answers; a few
    hundred questions are seldom enough for that. Else it is the lowest at which the share of wrong answers
    seen, with one more wrong, keeps the budget.
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


def _topic_thresholds(
    confidence: Floats, right: NDArray[np.bool_], samples: Sequence[Sample], answer_at: float, budget: Budget
) -> dict[str, float]:
    """A threshold for each topic of which enough held-out questions were answered; the others share one."""
    topics = np.array([sample.topic for sample in samples])
    found = {}
    for topic in sorted({*topics} - {""}):
        rows = np.flatnonzero(topics == topic).tolist()
        if np.count_nonzero(confidence[rows] >= answer_at) >= ENOUGH_FOR_A_TOPIC:
            weights = traffic_weights([samples[row] for row in rows])
            found[str(topic)] = answer_threshold(confidence[rows], right[rows], weights, budget)[0]
    return found


def clarify_threshold(reach: Floats, samples: Sequence[Sample], budget: Budget) -> float:
    """The highest reach that keeps `kept` of the questions whose article is among the buttons.

    It is one of those questions' own, so few may lie below it that, but for `doubt`, as few of all others do
    (a one-sided tolerance limit; Wilks, 1941). With too few questions for that it is the lowest.
    """
    kept = np.sort([value for value, sample in zip(reach, samples, strict=True) if sample.reached])
    if not len(kept):
        return 0.5
    ranks = np.arange(1, len(kept) + 1)
    lost_more = betainc(len(kept) - ranks + 1.0, ranks.astype(float), budget.kept)
    return float(kept[max(int(np.count_nonzero(lost_more <= budget.doubt)) - 1, 0)])


def _curve(prior: Curve, samples: Sequence[Sample], truths: Sequence[bool]) -> Curve:
    if not samples:
        return prior
    rows = np.stack([sample.signs.row for sample in samples])
    shaping, usual = traffic_weights(samples, SHAPING_SHARE), traffic_weights(samples)
    return bent(prior, rows, np.array(truths), shaping=shaping, traffic=usual)


def _report(
    calibration: Calibration,
    confidence: Floats,
    reach: Floats,
    samples: Sequence[Sample],
    budget: Budget,
) -> dict[str, Any]:
    """What was promised and what the held-out questions showed."""
    triples = zip(confidence, reach, samples, strict=True)
    bands = np.array([calibration.band(sure, near, sample.topic) for sure, near, sample in triples])
    answered, handed = bands == "answer", bands == "hand_over"
    right, weights = np.array([sample.right for sample in samples]), traffic_weights(samples)
    answerable = np.array([sample.answerable for sample in samples])
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
