"""One message of a shopper, as Rasa understood it, with what the chat server sent along."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from actions.state import MAX_TEXT, DialogueState
from knowledge_base.places import about_place

# A question of this many words that still gets something added would no longer be understood.
LONGEST_CHAIN_WORDS: Final = 40


@dataclass(frozen=True, slots=True)
class Turn:
    """What an action works on. `payload` are the keys of a message that the chat server sent itself."""

    text: str
    intent: str = ""
    payload: Mapping[str, Any] = field(default_factory=dict)
    locale: str = "en"
    in_queue: bool = False
    staffed: bool = True
    context: Mapping[str, Any] = field(default_factory=dict)
    state: DialogueState = field(default_factory=DialogueState)

    @classmethod
    def from_message(cls, message: Mapping[str, Any] | None) -> "Turn":
        """The turn in Rasa's `latest_message`; the metadata may be anything."""
        given = message or {}
        text = given.get("text")
        intent = given.get("intent")
        metadata = _mapping(given.get("metadata"))
        context = _mapping(metadata.get("context"))
        locale = metadata.get("locale") or context.get("locale")
        spoken, payload = _spoken(text if isinstance(text, str) else "")
        state = DialogueState.from_json(metadata.get("state"))
        return cls(
            text=spoken,
            intent=str(_mapping(intent).get("name") or ""),
            payload=payload,
            locale=locale if isinstance(locale, str) and locale else "en",
            in_queue=metadata.get("owner") == "queue",
            staffed=_mapping(metadata.get("desk")).get("staffed") is not False,
            context=about_place(spoken or state.last_question or "", _told(context, state)),
            state=state,
        )

    @property
    def spoken(self) -> bool:
        """Whether the shopper typed it; buttons and events come without words."""
        return bool(self.text)

    @property
    def words(self) -> int:
        """How many words the shopper typed."""
        return len(self.text.split())

    def following(self) -> dict[str, Any]:
        """The context for searching what was just typed: a follow-up leans on the question before it.

        What is out of scope, or follows a chain of follow-ups that has grown long, stands for itself.
        """
        before = self.state.last_question
        if before is None or self.intent == "out_of_scope" or len(before.split()) > LONGEST_CHAIN_WORDS:
            return self.standing()
        return {**self.standing(), "last_question": before}

    def standing(self) -> dict[str, Any]:
        """The context for searching a question that stands for itself."""
        return {**self.context, "locale": self.context.get("locale") or self.locale}


def _spoken(text: str) -> tuple[str, Mapping[str, Any]]:
    """The shopper's words and no payload, or no words and the payload of `/intent{json}`."""
    stripped = text.strip()
    if not stripped.startswith("/"):
        return stripped[:MAX_TEXT], {}
    _, brace, rest = stripped.partition("{")
    try:
        return "", _mapping(json.loads(brace + rest)) if brace else {}
    except ValueError:
        return "", {}


def _told(context: Mapping[str, Any], state: DialogueState) -> Mapping[str, Any]:
    """The context with the country the shopper told, where the page knows none."""
    if state.country is None or context.get("country"):
        return context
    return {**context, "country": state.country}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
