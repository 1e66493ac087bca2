"""Messages: each once, numbered without a gap, in the order in which they were kept."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from bot import words
from bot.conversation import Author
from bot.errors import AppError
from bot.hub import Stored, Updated
from bot.store.database import Change, Store
from bot.store.models import Accepted, Conversation, Message

LIMIT = 500


@dataclass(frozen=True, slots=True)
class Draft:
    """A message before it has a number. `body` holds what its kind adds (see docs/protocol.md).

    `lang` None is the conversation's own language.
    """

    author: Author
    text: str
    kind: str = "text"
    name: str | None = None
    staff_id: str | None = None
    client_id: str | None = None
    body: dict[str, Any] = field(default_factory=dict)
    question: str | None = None
    confidence: float | None = None
    band: str | None = None
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """A client's frame was taken: what `ack` says. `again` when it had been taken before.

    `opened` is the conversation's row, where this frame opened it.
    """

    conversation_id: str
    seq: int | None
    again: bool = False
    opened: Conversation | None = field(default=None, compare=False, repr=False)


async def messages_after(
    store: Store, conversation_id: str, after: int = 0, limit: int = LIMIT
) -> list[Message]:
    """The messages with a higher number than `after`, in order, at most `limit`."""
    query = select(Message).where(Message.conversation_id == conversation_id, Message.seq > after)
    async with store.read() as session:
        return list(await session.scalars(query.order_by(Message.seq).limit(limit)))


async def last_message(store: Store, conversation_id: str) -> Message | None:
    """The newest message, or None."""
    query = select(Message).where(Message.conversation_id == conversation_id)
    async with store.read() as session:
        return await session.scalar(query.order_by(Message.seq.desc()).limit(1))


def append(change: Change, row: Conversation, draft: Draft) -> Message:
    """Number and keep a message; the hub hears of it after the commit."""
    row.last_seq += 1
    row.updated_at = change.at
    message = Message(
        conversation_id=row.id,
        seq=row.last_seq,
        at=change.at,
        author=draft.author,
        name=draft.name,
        staff_id=draft.staff_id,
        client_id=draft.client_id,
        kind=draft.kind,
        lang=draft.lang or row.locale,
        text=draft.text,
        body=draft.body,
        question=draft.question,
        confidence=draft.confidence,
        band=draft.band,
    )
    change.session.add(message)
    change.note(row.id, "message", seq=message.seq, author=draft.author, message_kind=draft.kind)
    change.news.append(Stored(row.id, message))
    return message


def notice(change: Change, row: Conversation, code: str, **params: Any) -> Message:
    """A message by the system, in the conversation's language."""
    body = {"notice": {"code": code, "params": params}}
    text = words.say(code, row.locale, **params)
    return append(change, row, Draft(Author.SYSTEM, text, kind="notice", body=body))


async def taken_before(change: Change, sender: str, client_id: str) -> Taken | None:
    """What was answered when this frame came for the first time, or None."""
    row = await change.session.get(Accepted, (sender, client_id))
    return Taken(row.conversation_id, row.seq, again=True) if row else None


def take(change: Change, sender: str, client_id: str, conversation_id: str, seq: int | None) -> Taken:
    """Remember that a client's frame was taken."""
    change.session.add(
        Accepted(sender=sender, client_id=client_id, conversation_id=conversation_id, seq=seq, at=change.at)
    )
    return Taken(conversation_id, seq, opened=change.opened)


async def find(change: Change, conversation_id: str, seq: int, kinds: tuple[str, ...]) -> Message:
    """A message of one of `kinds`. AppError `bad_value` when `seq` names none."""
    message = await change.session.get(Message, (conversation_id, seq))
    if message is None or message.kind not in kinds:
        raise AppError(
            "bad_value", f"`seq` {seq} names no message of kind {' or '.join(kinds)}.", "Look again."
        )
    return message


def mark(change: Change, message: Message, **fields: Any) -> None:
    """Change what an earlier message says of itself: its `verdict`, or its `chosen` button."""
    if "verdict" in fields:
        message.verdict = fields["verdict"]
    if "chosen" in fields:
        message.body = {**message.body, "chosen": fields["chosen"]}
    change.note(message.conversation_id, "marked", seq=message.seq, verdict=fields.get("verdict"))
    change.news.append(Updated(message.conversation_id, message.seq, fields))
