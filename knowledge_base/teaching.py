"""Teaching articles the labelled questions of shoppers, as an editor does who adds them as phrasings."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from knowledge_base.confidence import Sample
from knowledge_base.crossfit import FOLDS, Labelled, labelled_samples
from knowledge_base.fit import known_of
from knowledge_base.glossary import EMPTY, Glossary
from knowledge_base.index import Entry, Index, Vectors, texts_of
from knowledge_base.lexical import Speller, clean
from knowledge_base.matching import Matcher
from knowledge_base.scoring import Scorer, fit_classes
from knowledge_base.search import word_counts


class KeepsVectors(Protocol):
    """What gives the vectors of many texts and of one question."""

    def vectors(self, texts: Sequence[str]) -> Mapping[str, Vectors]:
        """The unit vector of each text."""
        ...

    def encode_question(self, text: str) -> Vectors:
        """The unit vector of one."""
        ...


def taught(entries: Sequence[Entry], questions: Sequence[Labelled]) -> tuple[Entry, ...]:
    """The entries with each question added to the phrasings of the one article that answers it."""
    added: dict[str, list[str]] = {}
    for question in questions:
        if len(question.labels) == 1:
            added.setdefault(question.labels[0], []).append(clean(question.question))
    return tuple(
        replace(entry, questions=tuple(dict.fromkeys((*entry.questions, *added.get(entry.id, ())))))
        for entry in entries
    )


def taught_samples(
    entries: Sequence[Entry],
    questions: Sequence[Labelled],
    vectors: KeepsVectors,
    known: frozenset[str],
    glossary: Glossary = EMPTY,
    *,
    seed: int = 11,
) -> list[Sample]:
    """Samples of questions that are taught, each fifth asked of entries that were taught the others only."""
    folds = np.random.default_rng(seed).integers(0, FOLDS, len(questions))
    samples = []
    for fold in range(FOLDS):
        others = [question for question, at in zip(questions, folds, strict=True) if at != fold]
        asked = [question for question, at in zip(questions, folds, strict=True) if at == fold]
        wiser = taught(entries, others)
        known_vectors = vectors.vectors(texts_of(wiser))
        index = Index(wiser, known_vectors, len(next(iter(known_vectors.values()))))
        matcher = Matcher(
            Scorer(index, fit_classes(index)), vectors, Speller(word_counts(index), known, glossary)
        )
        samples += labelled_samples(matcher, asked, known_of(matcher, others))
    return samples
