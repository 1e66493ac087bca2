"""What speaks for and against an article as the answer to a question: the signs that confidence rests on."""

import math
from collections.abc import Collection, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from knowledge_base.curve import Signs
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
        norms = np.linalg.norm(self._index.sums, axis=1, keepdims=True) + 1e-9
        self._centres = self._index.sums / norms
        self._usual_sibling = _usual_sibling(self._index)

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
        query = terms(text)
        centres = self._centres @ vector
        present = centres if hidden is None else np.delete(centres, hidden)
        nearest = -np.partition(-present, min(CROWD, len(present) - 1))[: CROWD + 1]
        close = scores.nearest if hidden is None else np.delete(scores.nearest, hidden)
        beyond = self._unanswered.beyond(vector, float(close.max()), without=unknown)
        companies = self._glossary.companies(text)
        best = float(scores.total[order[0]])
        second = float(scores.total[order[1]]) if len(order) > 1 else best
        found = []
        for row in map(int, order[:limit]):
            share, amount = self._scorer.explained(query, row, without=without)
            found.append(
                Signs(
                    similarity=float(scores.similarity[row]),
                    gap=float(scores.total[row]) - (second if row == order[0] else best),
                    words=share * math.log1p(amount),
                    share=share,
                    centre=self._centre(vector, row, float(centres[row]), without),
                    crowd=_crowd(nearest, float(centres[row])),
                    apart=self._apart(vector, row, without),
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

    def _apart(self, vector: Vectors, row: int, without: int | None) -> float:
        """How far the entry's nearest question is, beside how far that one is from the nearest of its own."""
        start = int(self._index.starts[row])
        own = self._index.questions[start : start + int(self._index.counts[row])]
        if without is not None and 0 <= without - start < len(own):
            own = np.delete(own, without - start, axis=0)
        near = own @ vector
        nearest = int(np.argmax(near))
        sibling = self._usual_sibling
        if len(own) > 1:
            among = own @ own[nearest]
            among[nearest] = -1.0
            sibling = (sibling + float(among.max())) / 2
        return math.log(_distance(float(near[nearest])) / _distance(sibling))


def _crowd(nearest: NDArray[np.float32], own: float) -> float:
    """The mean of the ten nearest centres but for the entry's own."""
    others = np.sort(nearest[nearest != np.float32(own)])[-CROWD:]
    return float(others.mean()) if len(others) else 0.0


def _distance(cosine: float) -> float:
    return max(0.0, 1.0 - cosine) + _LEAST_DISTANCE


def _usual_sibling(index: Index) -> float:
    """The mean cosine of a question to the nearest other one of its entry."""
    found = []
    for start, count in zip(index.starts, index.counts, strict=True):
        if count > 1:
            rows = index.questions[start : start + count]
            cosines = rows @ rows.T
            np.fill_diagonal(cosines, -1.0)
            found.append(cosines.max(axis=1))
    return float(np.concatenate(found).mean()) if found else USUAL_SIBLING
