"""Held-out samples from the knowledge base itself: each question asked of a base that lacks it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from knowledge_base.confidence import Sample, Signs
from knowledge_base.context import Context
from knowledge_base.index import Index
from knowledge_base.lexical import clean
from knowledge_base.matching import Matcher
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


def labelled_samples(matcher: Matcher, questions: Sequence[Labelled]) -> list[Sample]:
    """Samples from questions that are in no article, each in its context."""
    samples = []
    rows = matcher.scorer.index.rows
    for question in questions:
        matched = matcher.match(clean(question.question), Context.of(question.context))
        right = {rows[label] for label in question.labels if label in rows}
        signs, order = _signs(matcher.scorer, matched.scores, matched.words)
        samples.append(Sample(signs, _rank(order, right), bool(question.labels)))
    return samples


def _signs(
    scorer: Scorer, scores: Scores, text: str, *, without: int | None = None, hidden: int | None = None
) -> tuple[Signs, list[int]]:
    """The signs of the best entry and the ranking; `hidden` is not there at all."""
    order = [int(row) for row in scores.order(12) if row != hidden]
    top = order[0]
    gap = float(scores.total[top] - scores.total[order[1]]) if len(order) > 1 else 0.0
    return Signs(float(scores.similarity[top]), gap, scorer.evidence(text, top, without=without)), order


def _rank(order: Sequence[int], right: set[int]) -> int:
    return next((place for place, row in enumerate(order) if row in right), -1)


def _answerable(index: Index, rows: NDArray[np.int64], seed: int) -> Iterator[Sample]:
    folds = np.random.default_rng(seed + 1).integers(0, FOLDS, len(index.owners))
    for fold in range(FOLDS):
        scorer = Scorer(index, fit_classes(index, folds != fold))
        for row in rows:
            owner = int(index.owners[row])
            if folds[row] == fold and index.counts[owner] > 1:
                text, at = _text(index, int(row)), int(row)
                scores = scorer.score(index.questions[at], text, Context(), without=at)
                signs, order = _signs(scorer, scores, text, without=at)
                yield Sample(signs, _rank(order, {owner}), answerable=True)


def _unanswerable(index: Index, rows: NDArray[np.int64], seed: int) -> Iterator[Sample]:
    folds = np.random.default_rng(seed + 2).integers(0, FOLDS, len(index.entries))
    if len(index.entries) < 2:
        return
    for fold in range(FOLDS):
        scorer = Scorer(index, fit_classes(index, folds[index.owners] != fold))
        for row in rows:
            owner = int(index.owners[row])
            if folds[owner] == fold:
                text = _text(index, int(row))
                scores = scorer.score(index.questions[row], text, Context())
                signs, _ = _signs(scorer, scores, text, hidden=owner)
                yield Sample(signs, -1, answerable=False)


def _text(index: Index, row: int) -> str:
    owner = int(index.owners[row])
    return index.entries[owner].questions[row - int(index.starts[owner])]
