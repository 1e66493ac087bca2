"""The dialogue between two messages: what the actions need to go on, kept by the chat server."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, cast, get_args

Awaiting = Literal["helped", "clarify", "person", "contact", "country"]

MAX_TEXT: Final = 2_000
MAX_IDS: Final = 20
_CODE: Final = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class LastAnswer:
    """The answer that a verdict would be about. `seen` is a mark of its words as the shopper saw them."""

    article: str
    question: str
    confidence: float
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """An article that was offered in a clarifying question."""

    id: str
    confidence: float


@dataclass(frozen=True, slots=True)
class DialogueState:
    """Travels with each message to the actions and back with each reply.

    `tried` are the articles shown for `last_question`, `clarified` counts clarifying questions in a row,
    `not_helped` the times an answer to `last_question` did not help, `misses` messages out of scope in a
    row. `settled` are an agent's words at the last hand-back, until another answer is given. `country` is
    what the shopper told when asked, which happens once in a conversation (`asked_country`).
    """

    last_question: str | None = None
    tried: tuple[str, ...] = ()
    awaiting: Awaiting | None = None
    clarified: int = 0
    not_helped: int = 0
    misses: int = 0
    last_answer: LastAnswer | None = None
    settled: str | None = None
    offered: tuple[Choice, ...] = ()
    country: str | None = None
    asked_country: bool = False

    @classmethod
    def from_json(cls, given: object) -> "DialogueState":
        """The state in untrusted JSON; what is missing or makes no sense is as at the start."""
        if not isinstance(given, Mapping):
            return cls()
        awaiting = given.get("awaiting")
        return cls(
            last_question=_text(given.get("last_question")),
            tried=_ids(given.get("tried")),
            awaiting=cast("Awaiting", awaiting) if awaiting in get_args(Awaiting) else None,
            clarified=_count(given.get("clarified")),
            not_helped=_count(given.get("not_helped")),
            misses=_count(given.get("misses")),
            last_answer=_last_answer(given.get("last_answer")),
            settled=_text(given.get("settled")),
            offered=_choices(given.get("offered")),
            country=_country(given.get("country")),
            asked_country=given.get("asked_country") is True,
        )

    def as_json(self) -> dict[str, Any]:
        """The state as JSON; `from_json` gives it back."""
        last = self.last_answer
        return {
            "last_question": self.last_question,
            "tried": list(self.tried),
            "awaiting": self.awaiting,
            "clarified": self.clarified,
            "not_helped": self.not_helped,
            "misses": self.misses,
            "last_answer": None
            if last is None
            else {
                "article": last.article,
                "question": last.question,
                "confidence": last.confidence,
                "seen": last.seen,
            },
            "settled": self.settled,
            "offered": [{"id": choice.id, "confidence": choice.confidence} for choice in self.offered],
            "country": self.country,
            "asked_country": self.asked_country,
        }


def _text(value: object) -> str | None:
    return value[:MAX_TEXT] if isinstance(value, str) and value.strip() else None


def _country(value: object) -> str | None:
    return value if isinstance(value, str) and _CODE.fullmatch(value) else None


def _ids(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(item for item in value if isinstance(item, str) and item)[-MAX_IDS:]


def _count(value: object) -> int:
    return min(max(value, 0), 1_000) if isinstance(value, int) and not isinstance(value, bool) else 0


def _share(value: object) -> float:
    number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0
    return number if 0.0 <= number <= 1.0 else 0.0


def _last_answer(value: object) -> LastAnswer | None:
    if not isinstance(value, Mapping):
        return None
    article = _text(value.get("article"))
    if article is None:
        return None
    seen = _text(value.get("seen")) or ""
    return LastAnswer(article, _text(value.get("question")) or "", _share(value.get("confidence")), seen)


def _choices(value: object) -> tuple[Choice, ...]:
    if not isinstance(value, list):
        return ()
    found = (item for item in value if isinstance(item, Mapping) and isinstance(item.get("id"), str))
    return tuple(Choice(item["id"], _share(item.get("confidence"))) for item in found)[:MAX_IDS]
