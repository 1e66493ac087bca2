"""What speaks for and against an article as the answer to a question: the signs that confidence rests on."""

import math
from collections.abc import Collection, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from knowledge_base.curve import Floats, Signs
from knowledge_base.glossary import EMPTY, Glossary
from knowledge_base.index import Index, Vectors
from knowledge_base.lexical import terms
from knowledge_base.scoring import Scorer, Scores
from knowledge_base.unanswered import Unanswered

CROWD: Final = 10
USUAL_SIBLING: Final = 0.6
_LEAST_DISTANCE: Final = 0.02
# A question about another company is as far beyond the articles as the clearest of those known to be.
ELSEWHERE: Final = 0.5


class SignReader:
    """Reads the signs of ranked entries. Immutable; threads may share it."""

    def __init__(
        self, scorer: Scorer, unanswered: Unanswered | None = None, glossary: Glossary = EMPTY
    ) -> None:
        self._scorer = scorer
        self._unanswered = unanswered or Unanswered()
        self._glossary = glossary
        self._index = scorer.index
        self._siblings = _siblings(self._index)
        known = self._siblings[~np.isnan(self._siblings)]
        self._usual_sibling = float(known.mean()) if len(known) else USUAL_SIBLING

    def read(
        self,
        vector: Vectors,
        text: str,
        scores: Scores,
        order: Sequence[int] | NDArray[np.int64],
        *,
        limit: int = 1,
        without: int | None = None,
        hidden: int | None = None,
        unknown: Collection[int] = (),
    ) -> list[Signs]:
        """The signs of the first `limit` entries of `order`, the ranking of a question.

        `without` is a question row, `hidden` an entry, and `unknown` are rows of the questions known to have
        no answer, that are to be as if they were not there.
        """
        weights = self._scorer.bm25.weights(terms(text))
        centres = scores.centre
        nearest = _largest(centres if hidden is None else np.delete(centres, hidden), CROWD + 1)
        close = scores.nearest if hidden is None else np.delete(scores.nearest, hidden)
        beyond = self._unanswered.beyond(vector, float(close.max()), without=unknown)
        companies = self._glossary.companies(text)
        best = float(scores.total[order[0]])
        second = float(scores.total[order[1]]) if len(order) > 1 else best
        found = []
        for row in map(int, order[:limit]):
            share, amount = self._scorer.explained(weights, row, without=without)
            found.append(
                Signs(
                    similarity=float(scores.similarity[row]),
                    gap=float(scores.total[row]) - (second if row == order[0] else best),
                    words=share * math.log1p(amount),
                    share=share,
                    centre=self._centre(vector, row, float(centres[row]), without),
                    crowd=_crowd(nearest, float(centres[row])),
                    apart=self._apart(scores.cosines, row, without),
                    beyond=ELSEWHERE if self._elsewhere(companies, row) else beyond,
                )
            )
        return found

    def _elsewhere(self, companies: Sequence[str], row: int) -> bool:
        """Whether the question names another company that the entry says nothing about."""
        return any(set(terms(name)) - self._scorer.bags[row].keys() for name in companies)

    def _centre(self, vector: Vectors, row: int, whole: float, without: int | None) -> float:
        if without is None or self._index.owners[without] != row:
            return whole
        left = self._index.sums[row] - self._index.questions[without]
        return float(left @ vector) / (float(np.linalg.norm(left)) + 1e-9)

    def _apart(self, cosines: Vectors, row: int, without: int | None) -> float:
        """How far the entry's nearest question is, beside how far that one is from the nearest of its own."""
        start, count = int(self._index.starts[row]), int(self._index.counts[row])
        near = cosines[start : start + count]
        left_out = None if without is None or not start <= without < start + count else without - start
        if left_out is not None:
            near = near.copy()
            near[left_out] = -2.0
        nearest = int(np.argmax(near))
        sibling = float(self._siblings[start + nearest])
        if left_out is not None:
            own = self._index.questions[start : start + count]
            among = own @ own[nearest]
            among[[nearest, left_out]] = -1.0
            sibling = float(among.max()) if count > 2 else math.nan
        usual = self._usual_sibling
        between = usual if math.isnan(sibling) else (usual + sibling) / 2
        return math.log(_distance(float(near[nearest])) / _distance(between))


def _largest(values: Floats, count: int) -> list[float]:
    """The largest values, the largest first."""
    found = values if len(values) <= count else np.partition(values, -count)[-count:]
    return sorted(found.tolist(), reverse=True)


def _crowd(nearest: Sequence[float], own: float) -> float:
    """The mean of the ten nearest centres but for the entry's own."""
    others = [value for value in nearest if value != own][:CROWD]
    return sum(others) / len(others) if others else 0.0


def _distance(cosine: float) -> float:
    return max(0.0, 1.0 - cosine) + _LEAST_DISTANCE


def _siblings(index: Index) -> Vectors:
    """The cosine of each question to the nearest other one of its entry; not a number where it is alone."""
    found = np.full(len(index.owners), np.nan, dtype=np.float32)
    for start, count in zip(index.starts, index.counts, strict=True):
        if count > 1:
            rows = index.questions[start : start + count]
            cosines = rows @ rows.T
            np.fill_diagonal(cosines, -1.0)
            found[start : start + count] = cosines.max(axis=1)
    return found
