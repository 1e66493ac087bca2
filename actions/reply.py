"""What an action answers: sentences of the domain and typed messages for the chat server, in order."""

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from actions.state import DialogueState
from knowledge_base.article import RenderedArticle
from knowledge_base.result import Match

Why = Literal["search", "next_best", "chosen", "told"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A response of domain.yml, by name; Rasa says it in the shopper's locale."""

    name: str


@dataclass(frozen=True, slots=True)
class Message:
    """A typed message for the chat server: `kind` is its one key."""

    kind: str
    body: Mapping[str, Any]


Part = Sentence | Message


@dataclass(frozen=True, slots=True)
class Reply:
    """Everything that goes back: the parts in order, then the state."""

    parts: tuple[Part, ...]
    state: DialogueState

    def after(self, *parts: Part) -> "Reply":
        """The same reply with `parts` said before it."""
        return replace(self, parts=(*parts, *self.parts))


def say(state: DialogueState, *names: str) -> Reply:
    """A reply of sentences only."""
    return Reply(tuple(Sentence(name) for name in names), state)


def answer_message(
    article: RenderedArticle, question: str, confidence: float, band: str, why: Why = "search"
) -> Message:
    """An article as the answer."""
    body = {
        "question": question,
        "article": {"id": article.id, "title": article.title, "locale": article.locale},
        "short_answer": article.short_answer,
        "body": article.body,
        "confidence": round(confidence, 4),
        "band": band,
        "why": why,
    }
    return Message("answer", body)


def feedback_message(verdict: Literal["yes", "no"]) -> Message:
    """What the shopper said of the last answer."""
    return Message("feedback", {"verdict": verdict})


def offer_person_message(question: str | None) -> Message:
    """A person, one press away."""
    return Message("offer_person", {"question": question or ""})


def person_for(question: str | None) -> tuple[Part, ...]:
    """The offer of a person who knows what an article can't say at present."""
    return Sentence("utter_person_knows"), offer_person_message(question)


def brief(matches: Iterable[Match], most: int = 3) -> list[dict[str, Any]]:
    """The best articles for the person who takes over."""
    return [match.as_dict() for match in matches][:most]


def mark(article: RenderedArticle) -> str:
    """A short mark of an article's words, to tell whether the shopper would read the same again."""
    words = f"{article.short_answer}\n{article.body}"
    return f"{zlib.crc32(words.encode()):08x}"
