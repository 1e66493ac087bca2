"""From signs to a probability: what speaks for an article, what each counts, and bending that to a shop."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]

_SIGNS: Final = ("similarity", "gap", "words", "share", "centre", "crowd", "apart", "beyond")
# The least and the most each is taken for, the one for the base first. Nearer to an article than its own
# questions are to each other is near enough: the same words may stand in another one too.
_LIMITS: Final = (
    np.array([1.0, -1.0, -1.0, 0.0, 0.0, -1.0, -1.0, -0.5, -1.0]),
    np.array([1.0, 1.0, 1.0, 9.0, 1.0, 1.0, 1.0, 3.0, 1.0]),
)
_BOUNDS: Final = tuple(zip(_SIGNS, _LIMITS[0][1:].tolist(), _LIMITS[1][1:].tolist(), strict=True))
# Which way each may count: more similarity never makes an answer less likely to be right. 0 is either way.
_WAYS: Final = (0, 1, 1, 1, 0, 1, 0, -1, -1)
# How much each varies from question to question: the standard deviation on public sets.
_SPREADS: Final = np.array([1.0, 0.16, 0.22, 0.64, 0.3, 0.17, 0.11, 0.4, 0.2])
# How strongly each is held to the prior, for a coefficient of one such spread.
_PULLS: Final = np.array([0.05, *[1.0] * len(_SIGNS)])


@dataclass(frozen=True, slots=True)
class _Pull:
    """A normal prior: where coefficients are held, how strongly, and on which side of nothing."""

    centre: Floats
    strength: Floats
    ways: tuple[int, ...]


_TO_TRAFFIC: Final = _Pull(np.array([0.0, 1.0]), np.array([0.05, 5.0]), (0, 1))


@dataclass(frozen=True, slots=True)
class Signs:
    """What confidence in one article rests on."""

    similarity: float
    gap: float
    """To the second best; below nothing for another than the best."""
    words: float
    """How much of the question's meaning the article's own words hold: share times log of amount."""
    share: float
    """That share alone."""
    centre: float
    """Cosine to the centre of the article's questions."""
    crowd: float
    """Mean cosine to the nearest ten other articles: high for a question of the shop's own subjects."""
    apart: float
    """Log of the distance to the nearest question over the usual distance between the article's own."""
    beyond: float
    """How much nearer the question is to one known to have no answer than to any article's."""

    @property
    def row(self) -> Floats:
        """As the curves weigh them, after a one for the base."""
        values = (1.0, *(getattr(self, name) for name in _SIGNS))
        return np.asarray(np.clip(values, *_LIMITS), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Curve:
    """A probability from signs: the logistic function of their weighted sum. Weights as in `Signs`."""

    base: float
    similarity: float
    gap: float
    words: float
    share: float
    centre: float
    crowd: float
    apart: float
    beyond: float

    @property
    def weights(self) -> Floats:
        """In the order of `Signs.row`."""
        return np.array([self.base, *(getattr(self, name) for name in _SIGNS)])

    def __call__(self, signs: Signs) -> float:
        value = self.base
        # In Python: for nine numbers an array costs ten times what it holds.
        for name, low, high in _BOUNDS:
            value += getattr(self, name) * max(low, min(high, getattr(signs, name)))
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, value))))


# What a knowledge base with too few questions starts from: fitted on four public sets, alone and taught their
# own labelled questions, and on the demo shop's dev questions, each set counting the same. Share takes off
# what words give for little: one usual word in common.
RIGHT_PRIOR: Final = Curve(-2.82, 0.0, 3.93, 1.2, -1.72, 1.62, 2.81, -0.17, -4.04)
REACHED_PRIOR: Final = Curve(-2.65, 0.0, 1.76, 1.28, -1.45, 3.79, 2.28, 0.0, -5.82)


def bent(prior: Curve, rows: Floats, truths: Truths, *, shaping: Floats, traffic: Floats) -> Curve:
    """The prior bent by `Signs.row`s and whether each was right.

    The weights `shaping` find how much each sign counts; then the curve is moved and stretched until it is a
    probability under the weights `traffic`.
    """
    pull = _Pull(prior.weights * _SPREADS, _PULLS, _WAYS)
    beta = _logistic(rows / _SPREADS, truths, shaping, pull) / _SPREADS
    scores = np.stack([np.ones(len(rows)), rows @ beta], axis=1)
    base, stretch = map(float, _logistic(scores, truths, traffic, _TO_TRAFFIC))
    return Curve(base + stretch * float(beta[0]), *(stretch * float(value) for value in beta[1:]))


def _logistic(x: Floats, y: Truths, weights: Floats, pull: _Pull) -> Floats:
    """Weighted logistic regression with a normal prior, each coefficient on its own side of nothing."""

    def loss(beta: Floats) -> tuple[float, Floats]:
        z, away = x @ beta, beta - pull.centre
        value = weights @ (np.logaddexp(0.0, z) - y * z) + 0.5 * float(pull.strength @ away**2)
        return float(value), np.asarray(x.T @ (weights * (expit(z) - y)) + pull.strength * away)

    bounds = [(0.0 if way > 0 else None, 0.0 if way < 0 else None) for way in pull.ways]
    found = minimize(loss, pull.centre, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500})
    return np.asarray(found.x, dtype=np.float64)
