"""Questions known to have no answer: what they are near to is not answered with confidence."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from knowledge_base.index import Index, Vectors

# A question as near as this to one that an article holds has an answer by now, whatever was known of it.
ANSWERED_FROM: Final = 0.9
# The sign where nothing is known: the usual one of answerable questions, so that it speaks for neither side.
USUAL: Final = -0.25


def _none() -> Vectors:
    return np.zeros((0, 0), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Questions that nothing answers, and their unit vectors (questions, dimension)."""

    questions: tuple[str, ...] = ()
    vectors: Vectors = field(default_factory=_none, repr=False)

    def beyond(self, vector: Vectors, nearest: float, *, without: Collection[int] = ()) -> float:
        """How much nearer a question is to the nearest of these than to any of the articles' (`nearest`).

        `without` are rows that are to be as if they were not there.
        """
        if len(self.questions) <= len(without):
            return USUAL
        near = self.vectors @ vector
        if without:
            near[list(without)] = -1.0
        return float(near.max()) - nearest

    def nearest(self, vector: Vectors) -> tuple[str, float] | None:
        """The nearest of these questions and its cosine; None where none are known."""
        if not self.questions:
            return None
        near = self.vectors @ vector
        best = int(np.argmax(near))
        return self.questions[best], float(near[best])


def known_unanswered(index: Index, questions: Sequence[str], vectors: Iterable[Vectors]) -> Unanswered:
    """Those of the questions that no article of the index holds in nearly the same words."""
    kept: dict[str, Vectors] = {}
    for question, vector in zip(questions, vectors, strict=True):
        if len(index.questions) and float(index.nearest(vector, 1)[0][0]) < ANSWERED_FROM:
            kept.setdefault(question, vector)
    stacked: NDArray[np.float32] = np.stack(list(kept.values())) if kept else _none()
    return Unanswered(tuple(kept), stacked)
