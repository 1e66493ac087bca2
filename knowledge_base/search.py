"""From a message to ranked articles with a confidence and a band."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from knowledge_base import questions
from knowledge_base.confidence import Band
from knowledge_base.context import Context
from knowledge_base.fit import Fit
from knowledge_base.index import Index, Vectors
from knowledge_base.language import Languages
from knowledge_base.lexical import Speller, clean, words
from knowledge_base.scoring import Scorer

VERY_NEAR: Final = 0.86
NEAR: Final = 0.45
FOLLOWING_LEAD: Final = 0.15
MIN_WORDS_TO_CUT: Final = 6
MOST_CUTS: Final = 3
_ORDER: Final[dict[Band, int]] = {"hand_over": 0, "clarify": 1, "answer": 2}


class EncodesQuestion(Protocol):
    """What turns one question into a unit vector."""

    def encode_question(self, text: str) -> Vectors:
        """The vector of `text`."""
        ...


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
class Tongue:
    """What is needed to tell a foreign message: the detector and the languages articles are in."""

    languages: Languages
    written: frozenset[str]
    common: frozenset[str] = field(default=frozenset(), repr=False)


class Searcher:
    """Finds articles for messages. One immutable version of the knowledge; threads may share it."""

    def __init__(
        self, index: Index, fit: Fit, encoder: EncodesQuestion, *, speller: Speller, tongue: Tongue | None
    ) -> None:
        self._encoder = encoder
        self._speller = speller
        self._tongue = tongue
        self._fit = fit
        self._seen = [fit.seen.get(entry.id) == entry.digest for entry in index.entries]
        self.index = index
        self.scorer = Scorer(index, fit.classes)

    def ask(self, message: str, context: Context | None = None, limit: int = 5) -> Reply:
        """The reply to a message, whatever it holds: never an exception for bad words."""
        context = context or Context()
        text = clean(message)
        if not words(text) or not self.index.entries:
            return Reply(text)
        language = self._language(text)
        if language:
            return replace(self._single(text, context, limit), band="hand_over", language=language)
        if context.last_question and (questions.follows(text) or questions.short(text)):
            return self._follow_up(text, context, limit)
        whole = self._single(text, context, limit)
        parts = self._parts(text, whole, context, limit)
        return replace(whole, parts=parts, band=_lowest(parts), near=True) if parts else whole

    def _single(self, text: str, context: Context, limit: int) -> Reply:
        repaired = self._speller.repaired(text)
        vector = self._encoder.encode_question(repaired)
        scores = self.scorer.score(vector, repaired, context)
        order = [int(row) for row in scores.order(max(limit, 2))]
        top, calibration = order[0], self._fit.calibration
        second = float(scores.total[order[1]]) if len(order) > 1 else float(scores.total[top]) - 1.0
        found: list[Found] = []
        left = 1.0
        for row in order[:limit]:
            other = second if row == top else float(scores.total[top])
            similarity = float(scores.similarity[row])
            confidence = calibration.right(similarity, float(scores.total[row]) - other)
            confidence = min(confidence, left, found[-1].confidence if found else 1.0)
            left = max(0.0, left - confidence) if row == top else left
            found.append(Found(self.index.entries[row].id, confidence, similarity))
        reach = calibration.reached(found[0].similarity, float(scores.total[top]) - second)
        band = calibration.band(found[0].confidence, reach)
        if band == "answer" and not self._seen[top] and float(scores.nearest[top]) < VERY_NEAR:
            band = "clarify"
        near = band != "hand_over" or float(scores.nearest[top]) >= NEAR
        return Reply(text, band, found[0].confidence, tuple(found), near)

    def _follow_up(self, text: str, context: Context, limit: int) -> Reply:
        """The message alone or joined to the question before, whichever is understood better."""
        alone = self._single(text, context, limit)
        whole = self._single(questions.joined(clean(context.last_question or ""), text), context, limit)
        if not questions.follows(text) and alone.band != "hand_over":
            return alone
        leads = alone.confidence > whole.confidence + FOLLOWING_LEAD
        return alone if leads and alone.band == "answer" else whole

    def _parts(self, text: str, whole: Reply, context: Context, limit: int) -> tuple[Reply, ...]:
        """Two or three questions in one message, when each is understood and they differ."""
        pieces = questions.sentences(text)
        asking = [piece for piece in pieces if questions.asks(piece)]
        if 2 <= len(asking) <= questions.MAX_PARTS:
            return self._accepted(asking, context, limit)
        if len(pieces) > 1 or len(words(text)) < MIN_WORDS_TO_CUT:
            return ()
        options = [self._accepted(list(cut), context, limit) for cut in questions.cuts(text)[:MOST_CUTS]]
        best = max(options, key=lambda parts: min((p.confidence for p in parts), default=0.0), default=())
        worst = min((part.confidence for part in best), default=0.0)
        return best if worst > whole.confidence else ()

    def _accepted(self, pieces: list[str], context: Context, limit: int) -> tuple[Reply, ...]:
        parts = tuple(self._single(piece, context, limit) for piece in pieces)
        different = {part.found[0].id for part in parts}
        understood = all(part.band != "hand_over" for part in parts)
        return parts if understood and len(different) == len(parts) else ()

    def _language(self, text: str) -> str | None:
        if self._tongue is None:
            return None
        return self._tongue.languages.foreign(
            text,
            self._tongue.written,
            ours=self._speller.counts.__contains__,
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


def _lowest(parts: tuple[Reply, ...]) -> Band:
    return min((part.band for part in parts), key=lambda band: _ORDER[band])
