"""Held-out samples from the knowledge base itself: each question asked of a base that lacks it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from knowledge_base.confidence import Sample
from knowledge_base.context import Context
from knowledge_base.index import Index, Vectors
from knowledge_base.scoring import Scorer, Scores, fit_classes

FOLDS: Final = 5
MOST_QUESTIONS: Final = 2_500


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question whose right articles are known; no labels when nothing answers it."""

    question: str
    labels: tuple[str, ...]
    split: str = "dev"
    kind: str = ""
    context: Mapping[str, object] = field(default_factory=dict)


def own_samples(index: Index, *, seed: int = 7) -> list[Sample]:
    """Each question held out in turn, and each asked again with its whole article held out.

    The second kind stands for questions that nothing answers: near misses of the shop's own subjects.
    """
    random = np.random.default_rng(seed)
    rows = random.permutation(len(index.owners))[:MOST_QUESTIONS]
    return [*_answerable(index, rows, seed), *_unanswerable(index, rows, seed)]


def labelled_samples(
    scorer: Scorer, vectors: Mapping[str, Vectors], questions: Sequence[Labelled], *, weight: float
) -> list[Sample]:
    """Samples from questions that are in no article. `vectors` holds the vector of each as it is scored."""
    samples = []
    for question in questions:
        scores = scorer.score(vectors[question.question], question.question, Context.of(question.context))
        right = {scorer.index.rows[label] for label in question.labels if label in scorer.index.rows}
        samples.append(sample_of(scores, right, answerable=bool(question.labels), weight=weight))
    return samples


def sample_of(
    scores: Scores, right: set[int], *, answerable: bool, weight: float = 1.0, hidden: int | None = None
) -> Sample:
    """What the scores said of a question whose right rows are known; `hidden` is not there at all."""
    order = [int(row) for row in scores.order(12) if row != hidden]
    top = order[0]
    gap = float(scores.total[top] - scores.total[order[1]]) if len(order) > 1 else 1.0
    rank = next((place for place, row in enumerate(order) if row in right), -1)
    return Sample(float(scores.similarity[top]), gap, rank, answerable, weight)


def _answerable(index: Index, rows: Sequence[int] | np.ndarray, seed: int) -> Iterator[Sample]:
    folds = np.random.default_rng(seed + 1).integers(0, FOLDS, len(index.owners))
    for fold in range(FOLDS):
        scorer = Scorer(index, fit_classes(index, folds != fold))
        for row in rows:
            owner = int(index.owners[row])
            if folds[row] == fold and index.counts[owner] > 1:
                scores = scorer.score(
                    index.questions[row], _text(index, int(row)), Context(), without=int(row)
                )
                yield sample_of(scores, {owner}, answerable=True)


def _unanswerable(index: Index, rows: Sequence[int] | np.ndarray, seed: int) -> Iterator[Sample]:
    folds = np.random.default_rng(seed + 2).integers(0, FOLDS, len(index.entries))
    if len(index.entries) < 2:
        return
    for fold in range(FOLDS):
        scorer = Scorer(index, fit_classes(index, folds[index.owners] != fold))
        for row in rows:
            owner = int(index.owners[row])
            if folds[owner] == fold:
                scores = scorer.score(index.questions[row], _text(index, int(row)), Context())
                yield sample_of(scores, set(), answerable=False, hidden=owner)


def _text(index: Index, row: int) -> str:
    owner = int(index.owners[row])
    return index.entries[owner].questions[row - int(index.starts[owner])]
