"""A message in its context against all articles: typos repaired, follow-ups joined to what came before."""

from dataclasses import dataclass
from typing import Final, Protocol

from knowledge_base import questions
from knowledge_base.context import Context
from knowledge_base.index import Vectors
from knowledge_base.lexical import Speller, clean, terms
from knowledge_base.scoring import Scorer, Scores

# How far the question before counts, for a message that leans on it; both fitted on the dev questions.
BEFORE_SHARE: Final = 0.75
FEW_TERMS: Final = 3
ALONE_FROM: Final = 0.6
ALONE_AT: Final = 0.8


class EncodesQuestion(Protocol):
    """What turns one question into a unit vector."""

    def encode_question(self, text: str) -> Vectors:
        """The vector of `text`."""
        ...


@dataclass(frozen=True, slots=True)
class Matched:
    """The scores of a message, and the words they rest on."""

    scores: Scores
    words: str


class Matcher:
    """Scores messages. Immutable but for caches; threads may share it."""

    def __init__(self, scorer: Scorer, encoder: EncodesQuestion, speller: Speller) -> None:
        self.scorer = scorer
        self.speller = speller
        self._encoder = encoder

    def match(self, text: str, context: Context) -> Matched:
        """The scores of a cleaned message."""
        repaired = self.speller.repaired(text)
        scores = self.scorer.score(self._encoder.encode_question(repaired), repaired, context)
        if not context.last_question:
            return Matched(scores, repaired)
        share = _share_of_before(repaired, scores)
        if not share:
            return Matched(scores, repaired)
        before = self.speller.repaired(clean(context.last_question))
        joined = questions.joined(before, repaired)
        whole = self.scorer.score(self._encoder.encode_question(joined), joined, context)
        return Matched(scores.blended(whole, share), joined)


def _share_of_before(text: str, alone: Scores) -> float:
    """How much the question before counts: not at all for a message that stands on its own."""
    if not questions.follows(text) and len(terms(text)) > FEW_TERMS:
        return 0.0
    near = float(alone.similarity.max())
    return BEFORE_SHARE * max(0.0, min(1.0, (ALONE_AT - near) / (ALONE_AT - ALONE_FROM)))
