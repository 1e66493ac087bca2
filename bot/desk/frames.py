"""The desk's frames as they come over the wire, checked; docs/protocol.md is their contract."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, Field

from bot.errors import AppError
from bot.protocol import TEXT_LIMIT, ClientId, Frame, Seq, read_frame

__all__ = [
    "Claim", "Close", "DeskFrame", "HandBack", "History", "Ping", "PresenceFrame", "Reply", "Search",
    "TypingFrame", "Unwatch", "Watch", "parse",
]  # fmt: skip

SETTLED_LIMIT: Final = 1_000
QUESTION_LIMIT: Final = 500

ConversationId = Annotated[str, Field(min_length=1, max_length=64)]


class Watch(Frame):
    """Show a conversation, from the message after `after` on, and keep it up to date."""

    type: Literal["watch"]
    id: ClientId
    conversation: ConversationId
    after: Seq = 0


class Unwatch(Frame):
    """No longer keep a conversation up to date."""

    type: Literal["unwatch"]
    id: ClientId
    conversation: ConversationId


class Claim(Frame):
    """Take a conversation from the queue, or over from the assistant."""

    type: Literal["claim"]
    id: ClientId
    conversation: ConversationId
    epoch: Seq


class Reply(Frame):
    """The agent's words to the shopper."""

    type: Literal["reply"]
    id: ClientId
    conversation: ConversationId
    epoch: Seq
    text: str


class HandBack(Frame):
    """Give a conversation back to the assistant, with what was settled."""

    type: Literal["hand_back"]
    id: ClientId
    conversation: ConversationId
    epoch: Seq
    settled: str = Field("", max_length=SETTLED_LIMIT)


class Close(Frame):
    """End a conversation."""

    type: Literal["close"]
    id: ClientId
    conversation: ConversationId
    epoch: Seq
    reason: Literal["solved", "no_answer", "spam", "other"]


class TypingFrame(Frame):
    """The agent is writing, or has stopped."""

    type: Literal["typing"]
    id: ClientId
    conversation: ConversationId
    on: bool


class PresenceFrame(Frame):
    """Whether the agent takes conversations."""

    type: Literal["presence"]
    id: ClientId
    status: Literal["online", "away"]


class History(Frame):
    """Conversations changed before `before`, the newest first."""

    type: Literal["history"]
    id: ClientId
    filter: Literal["all", "closed"] = "all"
    before: Annotated[AwareDatetime, Field(strict=False)] | None = None


class Search(Frame):
    """The articles nearest to a question, as the shopper of `conversation` would get them."""

    type: Literal["search"]
    id: ClientId
    question: str = Field(min_length=1, max_length=QUESTION_LIMIT)
    conversation: ConversationId | None = None


class Ping(Frame):
    """Is anybody there."""

    type: Literal["ping"]


DeskFrame = (
    Watch | Unwatch | Claim | Reply | HandBack | Close | TypingFrame | PresenceFrame | History | Search | Ping
)
_MODELS: Final[Mapping[str, type[DeskFrame]]] = MappingProxyType(
    {
        "watch": Watch,
        "unwatch": Unwatch,
        "claim": Claim,
        "reply": Reply,
        "hand_back": HandBack,
        "close": Close,
        "typing": TypingFrame,
        "presence": PresenceFrame,
        "history": History,
        "search": Search,
        "ping": Ping,
    }
)


class SignInBody(BaseModel):
    """The body of `POST /desk/api/sign-in`."""

    email: str = Field(max_length=320)
    password: str = Field(max_length=10_000)


def parse(given: Mapping[str, Any]) -> DeskFrame:
    """The frame. AppError `missing_field`, `unknown_type`, `bad_value`, `too_large`."""
    frame = read_frame(given, _MODELS)
    if isinstance(frame, Reply):
        _check_text(frame.text)
    return frame


def _check_text(text: str) -> None:
    if len(text) > TEXT_LIMIT:
        raise AppError(
            "too_large",
            f"This reply has {len(text):,} characters, {TEXT_LIMIT:,} are the most.",
            "Send it in parts.",
        )
    if not text.strip():
        raise AppError("bad_value", "`text` is empty.", "Write something.")
