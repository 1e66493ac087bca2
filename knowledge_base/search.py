"""From a message to ranked articles with a confidence and a band."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from knowledge_base import questions
from knowledge_base.confidence import Band, Calibration
from knowledge_base.context import Context
from knowledge_base.curve import Signs
from knowledge_base.fit import Fit
from knowledge_base.index import Index
from knowledge_base.language import Languages
from knowledge_base.lexical import clean, words
from knowledge_base.matching import Matched, Matcher
from knowledge_base.signs import SignReader

VERY_NEAR: Final = 0.86
NEAR: Final = 0.45
UNREAD_SHARE: Final = 0.1
# Fitted on the dev questions.
LEAST_OF_A_QUESTION: Final = 0.3
LEAST_OF_A_PART: Final = 0.6
SURELY_ONE: Final = 0.97
SURELY_A_STORY: Final = 0.9
MIN_WORDS_TO_CUT: Final = 6
MOST_CUTS: Final = 2
_ORDER: Final[dict[Band, int]] = {"hand_over": 0, "clarify": 1, "answer": 2}


@dataclass(frozen=True, slots=True)
class Found:
    """An article's id, how surely it answers, and how similar it is."""

    id: str
    confidence: float
    similarity: float


@dataclass(frozen=True, slots=True)
class Reply:
    """What a question found. `parts` when it asks several things, `language` when it can't be read."""

    question: str
    band: Band = "hand_over"
    confidence: float = 0.0
    found: tuple[Found, ...] = ()
    near: bool = False
    parts: tuple["Reply", ...] = ()
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Weighed:
    """A message against all articles: the scores, the best rows in order, and what speaks for each."""

    matched: Matched
    order: NDArray[np.int64]
    signs: list[Signs]


@dataclass(frozen=True, slots=True)
class Tongue:
    """What is needed to tell a foreign message: the detector and the languages articles are in."""

    languages: Languages
    written: frozenset[str]
    common: frozenset[str] = field(default=frozenset(), repr=False)


class Searcher:
    """Finds articles for messages. One immutable version of the knowledge; threads may share it."""

    def __init__(self, matcher: Matcher, fit: Fit, *, tongue: Tongue | None = None) -> None:
        self.index = matcher.scorer.index
        self.matcher = matcher
        self.fit = fit
        self._tongue = tongue
        self._signs = SignReader(matcher.scorer, fit.unanswered, matcher.speller.glossary)
        self._learned = [fit.asked.get(entry.id) == entry.asked_digest for entry in self.index.entries]

    def ask(self, message: str, context: Context | None = None, limit: int = 5) -> Reply:
        """The reply to a message, whatever it holds: never an exception for bad words."""
        context = context or Context()
        text = clean(message)
        # A message without a letter asks nothing that an article could answer.
        if not any(map(str.isalpha, text)) or not self.index.entries:
            return Reply(text)
        language = self._language(text)
        if language:
            unread = self._single(text, context, limit)
            confidence = unread.confidence * UNREAD_SHARE
            return replace(unread, band="hand_over", confidence=confidence, language=language)
        whole = self._single(text, context, limit)
        parts = self._parts(text, whole, context, limit)
        return replace(whole, parts=parts, band=_lowest(parts), near=True) if parts else whole

    def weigh(self, text: str, context: Context, limit: int) -> Weighed:
        """What speaks for the best `limit` articles as the answer to a cleaned message."""
        matched = self.matcher.match(text, context)
        order = matched.scores.order(max(limit, 2))
        vector = self.matcher.vector(matched.words)
        signs = self._signs.read(vector, matched.words, matched.scores, order, limit=limit)
        return Weighed(matched, order, signs)

    def learned(self, row: int) -> bool:
        """Whether the fit has seen the entry in this row with the phrasings it has now."""
        return self._learned[row]

    def _single(self, text: str, context: Context, limit: int) -> Reply:
        weighed, calibration = self.weigh(text, context, limit), self.fit.calibration
        ids, alone = [self.index.entries[row].id for row in weighed.order], len(self.index.entries) == 1
        found = _ranked(ids, weighed.signs, calibration, alone=alone)
        top = int(weighed.order[0])
        topic = self.index.entries[top].topic
        band = calibration.band(found[0].confidence, calibration.reached(weighed.signs[0]), topic)
        nearest = float(weighed.matched.scores.nearest[top])
        new = not self._learned[top] and nearest < VERY_NEAR
        if band == "answer" and (new or questions.instructs(text)):
            band = "clarify"
        return Reply(text, band, found[0].confidence, found, band != "hand_over" or nearest >= NEAR)

    def _parts(self, text: str, whole: Reply, context: Context, limit: int) -> tuple[Reply, ...]:
        """Two or three questions in one message, when each is understood, and better apart than together."""
        if len(words(text)) < MIN_WORDS_TO_CUT:
            return ()
        sentences = questions.sentences(text)
        asking = [piece for piece in sentences if questions.asks(piece)]
        story = len(asking) < len(sentences) and whole.confidence >= SURELY_A_STORY
        for way in (asking,) if story else (sentences, asking):
            if 2 <= len(way) <= questions.MAX_PARTS:
                parts = self._understood(way, whole.confidence, context, limit)
                if parts:
                    return parts
        if whole.confidence >= SURELY_ONE:
            return ()
        # Within a sentence a half that does not ask is nearly always the other half's story: on the dev
        # questions cutting there parted six single questions for two double ones.
        both = [list(cut) for cut in questions.cuts(text) if all(map(questions.asks, cut))]
        found = [self._understood(cut, whole.confidence, context, limit) for cut in both[:MOST_CUTS]]
        return max(found, key=_worst, default=())

    def _understood(
        self, pieces: list[str], together: float, context: Context, limit: int
    ) -> tuple[Reply, ...]:
        """The replies to the pieces if they are questions of their own, else none.

        Pieces that each read like a question need only be understood. Where one reads like a statement it may
        be half of a story, and each must be surer than the message is as a whole.
        """
        least = LEAST_OF_A_QUESTION if all(map(questions.asks, pieces)) else max(LEAST_OF_A_PART, together)
        alone = replace(context, last_question=None)
        parts: list[Reply] = []
        for piece in pieces:
            part = self._single(piece, alone, limit)
            if part.confidence < least:
                return ()
            parts.append(part)
        different = {part.found[0].id for part in parts}
        # Half a story seldom is a sure question of its own; of two questions nearly always one is.
        some = any(part.band == "answer" for part in parts)
        return tuple(parts) if some and len(different) == len(parts) else ()

    def _language(self, text: str) -> str | None:
        if self._tongue is None:
            return None
        return self._tongue.languages.foreign(
            text,
            self._tongue.written,
            ours=self.matcher.speller.means_ours,
            common=self._tongue.common.__contains__,
        )


def word_counts(index: Index) -> Mapping[str, int]:
    """How often each word stands in the articles: what typos are repaired to."""
    counts: dict[str, int] = {}
    for entry in index.entries:
        for text in (*entry.questions, *entry.answers, *entry.tags):
            for word in words(text):
                counts[word] = counts.get(word, 0) + 1
    return counts


def _ranked(
    ids: list[str], signs: list[Signs], calibration: Calibration, *, alone: bool
) -> tuple[Found, ...]:
    """Confidences that fall with the rank and, but for the first, share what the first leaves."""
    found: list[Found] = []
    for article_id, sign in zip(ids, signs, strict=False):
        if found:
            confidence = min(calibration.right(sign), found[-1].confidence, 1.0 - found[0].confidence)
        else:
            confidence = calibration.sure(sign, alone=alone)
        found.append(Found(article_id, confidence, sign.similarity))
    return tuple(found)


def _worst(parts: tuple[Reply, ...]) -> float:
    return min((part.confidence for part in parts), default=0.0)


def _lowest(parts: tuple[Reply, ...]) -> Band:
    return min((part.band for part in parts), key=lambda band: _ORDER[band])
