"""A message in its context against all articles: typos repaired, follow-ups joined to what came before."""

from dataclasses import dataclass
from typing import Final, Protocol

from knowledge_base import questions
from knowledge_base.context import Context
from knowledge_base.index import Vectors
from knowledge_base.lexical import Speller, clean, terms
from knowledge_base.scoring import Scorer, Scores

# How far the question before counts. All fitted on the dev questions: on those that follow another, and on
# short ones that stand alone, each asked after a question about something else.
BEFORE_SHARE: Final = 0.75
FEW_TERMS: Final = 3
# A message is as near an article as this when the question before no longer counts: one that leans on it,
# one of a single word with a meaning, and any other short one.
LEANING_ALONE_AT: Final = 0.8
BARE_ALONE_AT: Final = 0.7
SHORT_ALONE_AT: Final = 0.5
FADING: Final = 0.2


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

    def vector(self, text: str) -> Vectors:
        """The vector of the words of a match; the encoder still has it."""
        return self._encoder.encode_question(text)

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
    alone_at = _alone_at(text)
    near = float(alone.similarity.max())
    return BEFORE_SHARE * max(0.0, min(1.0, (alone_at - near) / FADING))


def _alone_at(text: str) -> float:
    amount = len(terms(text))
    if questions.follows(text) or (amount <= FEW_TERMS and questions.points_back(text)):
        return LEANING_ALONE_AT
    if amount > FEW_TERMS:
        return 0.0
    return BARE_ALONE_AT if amount <= 1 else SHORT_ALONE_AT
