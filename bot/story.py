"""What the desk shows of a conversation: a summary in the list, the whole story beside the transcript."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.brief import Tried, brief, shorten
from bot.clock import iso
from bot.conversation import Author, Owner
from bot.markdown import plain
from bot.store import conversations
from bot.store.database import Store
from bot.store.files import files_in
from bot.store.models import Contact, Conversation, HandOver, Message, OwnerChange
from bot.words import say

__all__ = ["story", "summaries"]

LOCALE: Final = "en"  # what the desk reads
LAST_CHARS: Final = 200
QUESTION_CHARS: Final = 300
SUGGESTIONS: Final = 3
_CONTEXT: Final = ("page", "cart", "opened_by", "country", "currency", "device", "time_zone")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Asked:
    """Why people are asked for now: the hand-over that holds, if one does."""

    question: str | None
    reason: str | None
    package: Mapping[str, Any]

    @property
    def reason_text(self) -> str | None:
        return say("reason_text", LOCALE, reason=self.reason) if self.reason else None


async def summaries(
    store: Store, rows: Sequence[Conversation], is_present: Callable[[str], bool]
) -> list[Json]:
    """The summary of each row, in the same order. `is_present` tells whether a shopper has the chat open."""
    ids = [row.id for row in rows]
    async with store.read() as session:
        asked = await _asked(session, rows)
        last = await _messages(session, ids)
        contacts = await _contacts(session, ids)
        places = await _places(session)
    return [
        {
            "id": row.id,
            "owner": row.owner,
            "epoch": row.epoch,
            "agent": {"id": row.agent_id, "name": row.agent_name} if row.agent_id else None,
            "shopper": {
                "name": row.shopper.get("name"),
                "verified": bool(row.shopper.get("verified")),
                "present": is_present(row.id),
            },
            "question": shorten(asked[row.id].question or "", QUESTION_CHARS) or None,
            "reason": asked[row.id].reason,
            "reason_text": asked[row.id].reason_text,
            "place": places.get(row.id),
            "queued_at": _time(row.queued_at),
            "claimed_at": _time(row.claimed_at),
            "updated_at": iso(row.updated_at),
            "step": (row.context.get("page") or {}).get("step"),
            "total": _total(row.context),
            "last": _last(last.get(row.id)),
            "contact": _contact(contacts.get(row.id)),
            "locale": row.locale,
            "language": row.language,
        }
        for row in rows
    ]


async def story(store: Store, row: Conversation) -> Json:
    """Everything that happened, as `docs/protocol.md` lists it."""
    earlier_rows = await conversations.earlier(store, row)
    changes = await conversations.owner_changes(store, row.id)
    attached = await files_in(store, row.id)
    async with store.read() as session:
        asked = (await _asked(session, [row]))[row.id]
        contact = (await _contacts(session, [row.id])).get(row.id)
        given = await _answers(session, row.id)
        before = await _asked(session, earlier_rows)
        first = await session.scalar(
            select(Message).where(Message.conversation_id == row.id).order_by(Message.seq).limit(1)
        )
    context = {**_opened(first), **asked.package.get("context", {}), **row.context}
    tried = [Tried(answer["article"]["title"], answer["verdict"]) for answer in given]
    return {
        "question": asked.question,
        "reason": asked.reason,
        "reason_text": asked.reason_text,
        "why": asked.package.get("why") or [],
        "brief": brief(
            question=asked.question, reason=asked.reason, context=context, tried=tried, locale=LOCALE
        ),
        "answers": given,
        **{key: context.get(key) for key in _CONTEXT},
        "country": context.get("country") or _told_country(row),
        "trail": context.get("trail") or [],
        "events": [_event(event) for event in context.get("events") or []],
        "locale": row.locale,
        "language": row.language,
        "shopper": {
            **{key: row.shopper.get(key) for key in ("name", "email", "subject")},
            "verified": bool(row.shopper.get("verified")),
        },
        "contact": _contact(contact, dated=True),
        "earlier": [
            {
                "id": past.id,
                "at": iso(past.created_at),
                "question": shorten(before[past.id].question or "", QUESTION_CHARS) or None,
                "outcome": say("outcome", LOCALE, outcome=_outcome(past)),
            }
            for past in earlier_rows
        ],
        "files": [
            {
                "id": file.id,
                "seq": file.seq,
                "name": file.name,
                "type": file.type,
                "bytes": file.bytes,
                "author": file.author,
                "at": iso(file.at),
            }
            for file in attached
        ],
        "suggestions": [
            {**match, "short_answer": plain(match["short_answer"])}
            for match in (asked.package.get("matches") or [])[:SUGGESTIONS]
        ],
        "changes": [
            {
                "at": iso(change.at),
                "owner": change.owner,
                "epoch": change.epoch,
                "by": change.by,
                "reason": change.reason,
                "note": change.note,
            }
            for change in changes
        ],
        "settled": row.settled,
    }


async def _asked(session: AsyncSession, rows: Sequence[Conversation]) -> dict[str, _Asked]:
    """Why people are asked for, by conversation.

    A hand-over holds until the assistant has the conversation again; what an agent takes over without one
    has the shopper's last words for its question.
    """
    ids = [row.id for row in rows]
    back = select(OwnerChange.conversation_id, func.max(OwnerChange.epoch)).where(
        OwnerChange.conversation_id.in_(ids), OwnerChange.owner == Owner.ASSISTANT
    )
    back_at = await session.execute(back.group_by(OwnerChange.conversation_id))
    with_assistant: dict[str, int] = {conversation_id: epoch for conversation_id, epoch in back_at}  # noqa: C416
    query = select(HandOver).where(HandOver.conversation_id.in_(ids)).order_by(HandOver.id)
    holding = {
        hand_over.conversation_id: hand_over
        for hand_over in await session.scalars(query)
        if hand_over.epoch > with_assistant.get(hand_over.conversation_id, -1)
    }
    said = await _messages(session, ids, author=Author.SHOPPER)
    asked = {}
    for row in rows:
        hand_over, words = holding.get(row.id), said.get(row.id)
        reason = hand_over.reason if hand_over else "taken_over" if row.owner == Owner.AGENT else None
        question = (hand_over.question if hand_over else None) or (words.text if words else None)
        asked[row.id] = _Asked(question, reason, hand_over.package if hand_over else {})
    return asked


async def _messages(
    session: AsyncSession, ids: Sequence[str], author: Author | None = None
) -> dict[str, Message]:
    """The newest message by conversation, notices left out; of one author, only what they said in words."""
    newest = select(Message.conversation_id, func.max(Message.seq).label("seq")).where(
        Message.conversation_id.in_(ids), Message.kind != "notice"
    )
    if author:
        newest = newest.where(Message.author == author, Message.kind != "file")
    found = newest.group_by(Message.conversation_id).subquery()
    same = and_(Message.conversation_id == found.c.conversation_id, Message.seq == found.c.seq)
    rows = await session.scalars(select(Message).join(found, same))
    return {message.conversation_id: message for message in rows}


async def _contacts(session: AsyncSession, ids: Sequence[str]) -> dict[str, Contact]:
    query = select(Contact).where(Contact.conversation_id.in_(ids)).order_by(Contact.id)
    return {contact.conversation_id: contact for contact in await session.scalars(query)}


async def _places(session: AsyncSession) -> dict[str, int]:
    waiting = select(Conversation.id).where(Conversation.owner == Owner.QUEUE)
    in_line = await session.scalars(waiting.order_by(Conversation.queued_at, Conversation.id))
    return {conversation_id: place for place, conversation_id in enumerate(in_line, start=1)}


async def _answers(session: AsyncSession, conversation_id: str) -> list[Json]:
    """Each article the shopper was shown, with what they said of it."""
    query = select(Message).where(
        Message.conversation_id == conversation_id, Message.kind.in_(["answer", "offer"])
    )
    return [
        {
            "article": message.body["answer"]["article"],
            "question": message.question or (message.body.get("offer") or {}).get("title"),
            "confidence": message.confidence,
            "band": message.band,
            "verdict": message.verdict if message.verdict in {"yes", "no"} else None,
            "at": iso(message.at),
        }
        for message in await session.scalars(query.order_by(Message.seq))
        if message.body.get("answer")
    ]


def _opened(first: Message | None) -> Json:
    """What opened a conversation that begins with an offer, where the page does not say."""
    offer = (first.body.get("offer") or {}) if first and first.kind == "offer" else {}
    return {"opened_by": f"offer:{offer['event']}"} if offer else {}


def _told_country(row: Conversation) -> str | None:
    """What the shopper told the assistant, where the page does not say; other places are no country."""
    told = row.dialogue.get("country")
    return told if isinstance(told, str) and told not in ("EU", "ZZ") else None


def _event(event: Mapping[str, Any]) -> Json:
    # Whatever arrived with the context came through the browser, also where it says otherwise.
    return {**event, "reported_by": "page"}


def _outcome(row: Conversation) -> str:
    return row.closed_reason or "closed" if row.owner == Owner.CLOSED else row.owner


def _total(context: Mapping[str, Any]) -> Json | None:
    cart = context.get("cart") or {}
    if not cart.get("total"):
        return None
    return {"amount": cart["total"], "currency": cart.get("currency") or context.get("currency")}


def _last(message: Message | None) -> Json | None:
    if message is None:
        return None
    return {"author": message.author, "text": shorten(message.text, LAST_CHARS), "at": iso(message.at)}


def _contact(contact: Contact | None, *, dated: bool = False) -> Json | None:
    if contact is None:
        return None
    kept = {"name": contact.name, "email": contact.email, "question": contact.question}
    return {**kept, "at": iso(contact.at)} if dated else kept


def _time(at: datetime | None) -> str | None:
    return iso(at) if at else None
