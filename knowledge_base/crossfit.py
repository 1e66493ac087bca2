"""Held-out samples from the knowledge base itself: each question asked of a base that lacks it."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from knowledge_base.classes import Classes
from knowledge_base.confidence import Sample
from knowledge_base.context import Context
from knowledge_base.index import Index, Vectors
from knowledge_base.lexical import clean
from knowledge_base.matching import Matcher
from knowledge_base.scoring import Scorer, fit_classes
from knowledge_base.signs import SignReader
from knowledge_base.unanswered import Unanswered

FOLDS: Final = 5
RANKED: Final = 12
MOST_QUESTIONS: Final = 2_500
AT_ONCE: Final = 64

Rows = NDArray[np.int64]


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
    scorer = Scorer(index, None)
    reader = SignReader(scorer)
    return [*_answerable(scorer, reader, rows, seed), *_unanswerable(scorer, reader, rows, seed)]


def labelled_samples(
    matcher: Matcher, questions: Sequence[Labelled], unanswered: Unanswered | None = None, *, seed: int = 5
) -> list[Sample]:
    """Samples from questions that are in no article, each in its context.

    A question among the `unanswered` is asked without a fifth of them, its own fifth, as if it were new.
    """
    samples = []
    rows = matcher.scorer.index.rows
    known = unanswered or Unanswered()
    reader = SignReader(matcher.scorer, known, matcher.speller.glossary)
    folds = np.random.default_rng(seed).integers(0, FOLDS, len(known.questions))
    fifths = {
        text: np.flatnonzero(folds == fold).tolist()
        for text, fold in zip(known.questions, folds, strict=True)
    }
    for question in questions:
        text = clean(question.question)
        matched = matcher.match(text, Context.of(question.context))
        right = {rows[label] for label in question.labels if label in rows}
        order = matched.scores.order(RANKED)
        vector = matcher.vector(matched.words)
        unknown = () if question.labels else fifths.get(text, ())
        signs = reader.read(vector, matched.words, matched.scores, order, unknown=unknown)[0]
        topic = matcher.scorer.index.entries[int(order[0])].topic
        samples.append(Sample(signs, _rank(order, right), bool(question.labels), topic))
    return samples


def _rank(order: NDArray[np.int64], right: set[int]) -> int:
    return next((place for place, row in enumerate(order) if row in right), -1)


def _answerable(plain: Scorer, reader: SignReader, rows: Rows, seed: int) -> Iterator[Sample]:
    index = plain.index
    folds = np.random.default_rng(seed + 1).integers(0, FOLDS, len(index.owners))
    for fold, classes in enumerate(_fitted(index, folds)):
        scorer = plain.with_classes(classes)
        held_out = rows[(folds[rows] == fold) & (index.counts[index.owners[rows]] > 1)]
        for at, cosines in _cosines(index, held_out):
            text, vector = _text(index, at), index.questions[at]
            scores = scorer.score(vector, text, Context(), without=at, cosines=cosines)
            order = scores.order(RANKED)
            signs = reader.read(vector, text, scores, order, without=at)[0]
            yield Sample(signs, _rank(order, {int(index.owners[at])}), answerable=True)


def _unanswerable(plain: Scorer, reader: SignReader, rows: Rows, seed: int) -> Iterator[Sample]:
    index = plain.index
    folds = np.random.default_rng(seed + 2).integers(0, FOLDS, len(index.entries))
    if len(index.entries) < 2:
        return
    for fold, classes in enumerate(_fitted(index, folds[index.owners])):
        scorer = plain.with_classes(classes)
        for at, cosines in _cosines(index, rows[folds[index.owners[rows]] == fold]):
            owner, text, vector = int(index.owners[at]), _text(index, at), index.questions[at]
            scores = scorer.score(vector, text, Context(), cosines=cosines)
            order = scores.order(RANKED)
            found = reader.read(vector, text, scores, order[order != owner], hidden=owner)
            yield Sample(found[0], -1, answerable=False)


def _fitted(index: Index, folds: Rows) -> Iterator[Classes | None]:
    """A classifier without each fold in turn; the next is fitted while questions are asked of this one."""
    with ThreadPoolExecutor(1, thread_name_prefix="fit") as pool:
        yield from pool.map(lambda fold: fit_classes(index, folds != fold), range(FOLDS))


def _cosines(index: Index, rows: Rows) -> Iterator[tuple[int, Vectors]]:
    """Question rows, each with its cosines to all questions; many at once take a tenth of the time."""
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        yield from zip(some.tolist(), index.questions[some] @ index.questions.T, strict=True)


def _text(index: Index, row: int) -> str:
    owner = int(index.owners[row])
    return index.entries[owner].questions[row - int(index.starts[owner])]
