"""What a search gives: values that callers use in process, and the same as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from knowledge_base.confidence import Band
from knowledge_base.explanation import Explanation
from knowledge_base.locales import DEFAULT_LOCALE
from knowledge_base.places import Ask


@dataclass(frozen=True, slots=True)
class Match:
    """An article that may answer the question, with the variant for the shopper's context."""

    id: str
    title: str
    short_answer: str
    confidence: float
    similarity: float
    locale: str = DEFAULT_LOCALE

    def as_dict(self) -> dict[str, Any]:
        """The JSON of one match."""
        return {
            "id": self.id,
            "title": self.title,
            "short_answer": self.short_answer,
            "confidence": round(self.confidence, 4),
            "locale": self.locale,
        }


@dataclass(frozen=True, slots=True)
class Part:
    """One of several questions in a message, with its own band."""

    question: str
    band: Band
    confidence: float
    matches: tuple[Match, ...]

    def as_dict(self) -> dict[str, Any]:
        """The JSON of one part."""
        return {
            "question": self.question,
            "band": self.band,
            "confidence": round(self.confidence, 4),
            "matches": [match.as_dict() for match in self.matches],
        }


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The answer of `Library.search`. `question` is the message as it was understood.

    `parts` is empty unless the message asks several things. `language` names a language no article is
    written in. `near` is false when no article is near at all: the message is not about the shop. `ask` is a
    fact that the best article depends on and nobody has said. `explanations`, one for each part or one for
    the whole, are there only when they were wanted.
    """

    version: int
    band: Band
    confidence: float
    question: str
    matches: tuple[Match, ...] = ()
    parts: tuple[Part, ...] = ()
    language: str | None = None
    near: bool = False
    ask: Ask | None = None
    explanations: tuple[Explanation, ...] = ()

    def as_dict(self) -> Mapping[str, Any]:
        """The JSON of `POST /knowledge/search`."""
        found: dict[str, Any] = {
            "version": self.version,
            "band": self.band,
            "confidence": round(self.confidence, 4),
            "question": self.question,
            "matches": [match.as_dict() for match in self.matches],
            "language": self.language,
            "near": self.near,
        }
        if self.parts:
            found["parts"] = [part.as_dict() for part in self.parts]
        if self.ask:
            found["ask"] = self.ask.as_dict()
        if self.explanations:
            found["explanations"] = [explanation.as_dict() for explanation in self.explanations]
        return found
