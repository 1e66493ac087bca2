"""Conversations: opening one, locking one, changing its owner, and finding them again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import Owner, Ownership
from bot.errors import AppError
from bot.hub import Changed, QueueMoved
from bot.store.database import Change, Store
from bot.store.models import Conversation, HandOver, OwnerChange, Turn


@dataclass(frozen=True, slots=True)
class Agent:
    """A member of staff, as the one who acts."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Opening:
    """Who writes, and what is known of them: enough to open a conversation with the first message.

    `linked` is False for a shopper who does not want to be known again.
    """

    site: str
    visitor_id: str
    locale: str
    linked: bool
    context: dict[str, Any]
    shopper: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the line, from 1, and how many wait."""

    place: int
    waiting: int


async def conversation(store: Store, conversation_id: str) -> Conversation | None:
    """One conversation, or None."""
    async with store.read() as session:
        return await session.get(Conversation, conversation_id)


async def list_open(store: Store) -> list[Conversation]:
    """Those in the queue and with agents, the longest wait first."""
    wanted = Conversation.owner.in_([Owner.QUEUE, Owner.AGENT])
    query = select(Conversation).where(wanted).order_by(Conversation.queued_at, Conversation.id)
    async with store.read() as session:
        return list(await session.scalars(query))


async def list_closed(store: Store, before: datetime | None = None, limit: int = 50) -> list[Conversation]:
    """Closed ones, the newest first, last changed before `before`."""
    return await _list(store, before, limit, closed=True)


async def list_all(store: Store, before: datetime | None = None, limit: int = 50) -> list[Conversation]:
    """All, the newest first, last changed before `before`."""
    return await _list(store, before, limit, closed=False)


async def place_in_queue(store: Store, conversation_id: str) -> Place | None:
    """The place in the line; None for who is not waiting."""
    async with store.read() as session:
        row = await session.get(Conversation, conversation_id)
        return await place_of(session, row) if row else None


async def place_of(session: AsyncSession, row: Conversation) -> Place | None:
    """The place in the line of a conversation already read."""
    if row.owner != Owner.QUEUE or row.queued_at is None:
        return None
    earlier_one = or_(
        Conversation.queued_at < row.queued_at,
        and_(Conversation.queued_at == row.queued_at, Conversation.id < row.id),
    )
    counts = select(func.count(), func.count().filter(earlier_one)).where(Conversation.owner == Owner.QUEUE)
    waiting, before = (await session.execute(counts)).one()
    return Place(before + 1, waiting)


async def owner_changes(store: Store, conversation_id: str) -> list[OwnerChange]:
    """Every change of owner, in order."""
    query = select(OwnerChange).where(OwnerChange.conversation_id == conversation_id)
    async with store.read() as session:
        return list(await session.scalars(query.order_by(OwnerChange.epoch)))


async def earlier(store: Store, row: Conversation, limit: int = 10) -> list[Conversation]:
    """The same shopper's earlier conversations, the newest first; none for who is not to be known again."""
    if not row.linked:
        return []
    same = Conversation.visitor_id == row.visitor_id
    subject = row.shopper.get("subject") if row.shopper.get("verified") else None
    if subject:
        same = or_(same, Conversation.shopper["subject"].as_string() == subject)
    query = (
        select(Conversation)
        .where(same, Conversation.site == row.site, Conversation.linked, Conversation.id != row.id)
        .where(Conversation.created_at <= row.created_at)
        .order_by(Conversation.created_at.desc())
        .limit(limit)
    )
    async with store.read() as session:
        return list(await session.scalars(query))


async def save_context(store: Store, conversation_id: str, context: dict[str, Any]) -> None:
    """Keep where the shopper is now, also in the package of a hand-over that nobody has ended."""
    async with store.change() as change:
        row = await lock(change, conversation_id)
        row.context = context
        row.linked = row.linked and context.get("consent") is not False
        if row.owner in (Owner.QUEUE, Owner.AGENT):
            await _complete_package(change, row, {"context": context})
        change.news.append(Changed(conversation_id))


async def save_findings(store: Store, conversation_id: str, findings: dict[str, Any]) -> None:
    """Complete the newest hand-over with what was found for the agent: `matches`, `why`."""
    async with store.change() as change:
        row = await lock(change, conversation_id)
        await _complete_package(change, row, findings)
        change.news.append(Changed(conversation_id))


async def save_shopper(store: Store, conversation_id: str, shopper: dict[str, Any]) -> None:
    """Keep who the shopper is, as the shop signed it."""
    async with store.change() as change:
        row = await lock(change, conversation_id)
        row.shopper = shopper
        change.note(conversation_id, "identified", verified=bool(shopper.get("verified")))
        change.news.append(Changed(conversation_id))


async def lock(change: Change, conversation_id: str) -> Conversation:
    """The conversation, which nobody else writes until this change is over. AppError `not_found`."""
    row = await change.session.get(Conversation, conversation_id, with_for_update=True)
    if row is None:
        raise AppError(
            "not_found", f"There is no conversation {conversation_id[:64]!r}.", "Look in the list."
        )
    return row


def create(change: Change, conversation_id: str, opening: Opening) -> Conversation:
    """A new conversation, owned by the assistant."""
    row = Conversation(
        id=conversation_id,
        site=opening.site,
        visitor_id=opening.visitor_id,
        linked=opening.linked,
        owner=Owner.ASSISTANT,
        epoch=0,
        last_seq=0,
        generation=1,
        dialogue={},
        context=opening.context,
        shopper=opening.shopper,
        locale=opening.locale,
        contact="none",
        created_at=change.at,
        updated_at=change.at,
    )
    change.session.add(row)
    change.opened = row
    change.note(conversation_id, "opened", site=opening.site)
    return row


def ownership(row: Conversation) -> Ownership:
    """Who owns the conversation, for the state machine."""
    return Ownership(Owner(row.owner), row.epoch, row.agent_id)


async def set_owner(
    change: Change,
    row: Conversation,
    new: Ownership,
    by: str,
    reason: str | None = None,
    note: str | None = None,
    agent: Agent | None = None,
) -> None:
    """Change the owner. The row's epoch is part of every UPDATE's condition (compare-and-set)."""
    old = ownership(row)
    if new == old:
        return
    row.owner, row.epoch, row.agent_id = new.owner, new.epoch, new.agent
    row.agent_name = agent.name if agent else None
    row.updated_at = change.at
    if new.owner is Owner.QUEUE:
        row.queued_at = change.at
        row.claimed_at = row.closed_at = None
    elif new.owner is Owner.AGENT:
        row.queued_at = row.queued_at or change.at
        row.claimed_at = change.at
    elif new.owner is Owner.CLOSED:
        row.closed_at = change.at
    else:
        row.queued_at = row.claimed_at = row.closed_at = None
    change.session.add(
        OwnerChange(
            conversation_id=row.id,
            epoch=new.epoch,
            at=change.at,
            owner=new.owner,
            by=by,
            reason=reason,
            note=note,
        )
    )
    if new.owner in (Owner.AGENT, Owner.CLOSED):
        await _silence(change, row.id)
    change.note(row.id, "owner", owner=new.owner, epoch=new.epoch, reason=reason)
    change.news.append(Changed(row.id))
    if Owner.QUEUE in (old.owner, new.owner):
        change.news.append(QueueMoved(row.id))


async def _silence(change: Change, conversation_id: str) -> None:
    """End the assistant's open turns: a person answers now, or nobody has to."""
    open_turns = (Turn.conversation_id == conversation_id, Turn.ended_at.is_(None))
    await change.session.execute(
        update(Turn).where(*open_turns).values(ended_at=change.at, outcome="silenced", lease_until=None)
    )


async def _complete_package(change: Change, row: Conversation, facts: dict[str, Any]) -> None:
    newest = select(HandOver).where(HandOver.conversation_id == row.id).order_by(HandOver.id.desc()).limit(1)
    hand_over = await change.session.scalar(newest)
    if hand_over is not None:
        hand_over.package = {**hand_over.package, **facts}


async def _list(store: Store, before: datetime | None, limit: int, *, closed: bool) -> list[Conversation]:
    query = select(Conversation).order_by(Conversation.updated_at.desc(), Conversation.id).limit(limit)
    if closed:
        query = query.where(Conversation.owner == Owner.CLOSED)
    if before is not None:
        query = query.where(Conversation.updated_at < before)
    async with store.read() as session:
        return list(await session.scalars(query))
