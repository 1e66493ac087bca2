"""A linear classifier over question vectors: which article a question would belong to."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from knowledge_base.index import Index, Vectors

Floats = NDArray[np.float64]
MIN_QUESTIONS_FOR_CLASSES: Final = 3.0
# Inverse strength of the pull towards zero, as in scikit-learn's C.
FREEDOM: Final = 30.0
# Each article's row starts at its centre, this long: the logits of a nearest-centre classifier.
START: Final = 16.0
STEPS: Final = 10
FEWEST_STEPS: Final = 2
# Multiplications in all steps; cross-fitting fits eleven times, and 1,000 articles are to take seconds.
WORK: Final = 3e9


@dataclass(frozen=True, slots=True)
class Classes:
    """A linear classifier over question vectors: one row of weights for each entry it was fitted on."""

    ids: tuple[str, ...]
    digests: tuple[str, ...]
    weights: Vectors
    bias: Vectors

    def chances(self, vector: Vectors) -> Floats:
        """The probability of each of `ids`."""
        logits = (self.weights @ vector + self.bias).astype(np.float64)
        powers = np.exp(logits - logits.max())
        return np.asarray(powers / powers.sum())


def fit_classes(index: Index, keep: NDArray[np.bool_] | None = None) -> Classes | None:
    """Balanced multinomial logistic regression over the rows to `keep`; None with too few questions.

    Below about three questions an article it does harm, so it is left out.
    """
    rows = np.ones(len(index.owners), dtype=bool) if keep is None else keep
    owners = index.owners[rows]
    kinds, labels = np.unique(owners, return_inverse=True)
    if len(kinds) < 3 or len(owners) / len(kinds) < MIN_QUESTIONS_FOR_CLASSES:
        return None
    found = _regression(index.questions[rows], labels, len(kinds))
    entries = [index.entries[kind] for kind in kinds]
    return Classes(
        ids=tuple(entry.id for entry in entries),
        digests=tuple(entry.asked_digest for entry in entries),
        weights=np.ascontiguousarray(found[:, :-1], dtype=np.float32),
        bias=found[:, -1].astype(np.float32),
    )


def _regression(vectors: Vectors, labels: NDArray[np.int64], kinds: int) -> Floats:
    """Weights and, in the last column, biases; `labels` rise.

    A few steps of L-BFGS from the centres, not from zero: with many articles the gradient at zero is so small
    that a usual tolerance stops there, and few steps are needed. Stopping early also holds the rows near the
    centres, which few questions an article are thankful for.
    """
    size, width = vectors.shape
    places = np.arange(size)
    counts = np.bincount(labels, minlength=kinds)
    each = (1.0 / (kinds * counts[labels])).astype(np.float32)
    pull = np.float32(1.0 / (FREEDOM * size))

    def loss(flat: Floats) -> tuple[float, Floats]:
        rows = flat.reshape(kinds, width + 1).astype(np.float32)
        weights, bias = rows[:, :-1], rows[:, -1]
        logits = vectors @ weights.T + bias
        logits -= logits.max(axis=1, keepdims=True)
        right = logits[places, labels]
        chances = np.exp(logits, out=logits)
        totals = chances.sum(axis=1)
        value = each @ (np.log(totals) - right) + 0.5 * pull * np.vdot(weights, weights)
        chances *= (each / totals)[:, None]
        chances[places, labels] -= each
        slope = np.column_stack((chances.T @ vectors + pull * weights, chances.sum(axis=0)))
        return float(value), slope.astype(np.float64).ravel()

    steps = int(min(STEPS, max(FEWEST_STEPS, WORK // (vectors.size * kinds))))
    start = np.column_stack((_centres(vectors, labels, kinds), np.zeros(kinds)))
    found = minimize(loss, start.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": steps})
    return _evened(np.asarray(found.x, dtype=np.float64).reshape(kinds, width + 1), start)


def _evened(rows: Floats, start: Floats) -> Floats:
    """The rows, the same for classes that start alike: only rounding that the steps magnify parts those."""
    alike, places = np.unique(start.round(5), axis=0, return_inverse=True)
    if len(alike) == len(rows):
        return rows
    sums = np.zeros(alike.shape)
    np.add.at(sums, places, rows)
    return np.asarray(sums / np.bincount(places)[:, None], dtype=np.float64)[places]


def _centres(vectors: Vectors, labels: NDArray[np.int64], kinds: int) -> Floats:
    starts = np.searchsorted(labels, np.arange(kinds))
    sums = np.add.reduceat(vectors, starts, axis=0, dtype=np.float64)
    centres = sums / (np.linalg.norm(sums, axis=1, keepdims=True) + 1e-9)
    return np.asarray(START * (centres - centres.mean(axis=0)), dtype=np.float64)
