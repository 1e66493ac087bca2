"""The assistant's turns: kept with what asked for them, leased while they run, ended with their answer."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select

from bot.conversation import Author, Owner
from bot.errors import AppError
from bot.hub import TurnWaiting
from bot.store.conversations import lock, ownership
from bot.store.database import Change, Store
from bot.store.hand_overs import Package, put_in_queue
from bot.store.messages import Draft, append, mark, notice
from bot.store.models import Contact, Conversation, Message, Turn


@dataclass(frozen=True, slots=True)
class Job:
    """A turn to run now: what to say to Rasa, and the conversation as read. `attempt` counts from 1."""

    turn_id: int
    attempt: int
    say: str
    epoch: int
    conversation: Conversation


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a turn ended. `how` is rasa, knowledge or unavailable; `dialogue` None leaves it as it was.

    `fresh` asks for a new Rasa conversation, because this one may still answer late.
    """

    how: str
    drafts: tuple[Draft, ...] = ()
    dialogue: dict[str, Any] | None = None
    hand_over: Package | None = None
    feedback: str | None = None
    email: str | None = None
    fresh: bool = False


def command(intent: str, entities: dict[str, Any] | None = None) -> str:
    """What the system says to Rasa: `/intent{json}`."""
    return f"/{intent}" + (json.dumps(entities, ensure_ascii=False) if entities else "")


def spoken(text: str) -> str:
    """What a shopper says to Rasa, which must never be read as a command.

    Rasa trims spaces before it looks for the slash, so the slashes themselves have to go.
    """
    return text.lstrip("/ \t\r\n\v\f\u00a0\u2028\u2029\u3000") if text.strip().startswith("/") else text


def add_turn(change: Change, store: Store, row: Conversation, seq: int | None, say: str) -> Turn:
    """Ask for the assistant's turn, in the change that stores what it is about.

    It is leased to this process at once, which is about to run it.
    """
    turn = Turn(
        conversation_id=row.id,
        seq=seq,
        say=say or "?",
        epoch=row.epoch,
        attempts=1,
        worker=store.worker,
        lease_until=change.at + timedelta(seconds=store.lease_s),
        created_at=change.at,
    )
    change.session.add(turn)
    change.news.append(TurnWaiting(row.id, turn, row))
    return turn


async def next_turn(store: Store, conversation_id: str, tried: Collection[int] = ()) -> Job | None:
    """The oldest open turn of the conversation, leased to this process; None when none may run now.

    `tried` are turns that this process began and did not end: each is leased again, and counts as an attempt.
    """
    async with store.read() as session:
        turn = await session.scalar(_oldest(conversation_id))
        if turn is None:
            return None
        mine = turn.worker == store.worker and turn.lease_until is not None
        if mine and turn.id not in tried:
            return job_of(turn, await session.get_one(Conversation, conversation_id))
    return await _lease(store, conversation_id, tried)


def job_of(turn: Turn, row: Conversation) -> Job:
    """The job of a turn that is leased to this process, in the conversation as it is now."""
    return Job(turn.id, turn.attempts, turn.say, row.epoch, row)


async def last_answer(store: Store, conversation_id: str) -> Message | None:
    """The assistant's newest message, when that was an answer."""
    async with store.read() as session:
        last = await session.scalar(_newest_of_assistant(conversation_id))
    return last if last is not None and last.kind == "answer" else None


async def finish(store: Store, job: Job, outcome: Outcome, *, staffed: bool) -> bool:
    """Keep the answer, the dialogue and the end of the turn together; whether it was kept.

    It is dropped, and the turn ended, when the conversation changed hands since the job was read.
    """
    async with store.change() as change:
        row = await lock(change, job.conversation.id)
        turn = await change.session.get_one(Turn, job.turn_id)
        if turn.ended_at is not None or turn.attempts != job.attempt:
            return False
        turn.ended_at, turn.lease_until = change.at, None
        if outcome.fresh:
            row.generation += 1
        try:
            ownership(row).check_assistant_writes(job.epoch)
        except AppError:
            turn.outcome = "dropped"
            row.generation += 0 if outcome.fresh else 1
            change.note(row.id, "turn", outcome="dropped", how=outcome.how)
            return False
        turn.outcome = outcome.how
        await _keep(change, row, job, outcome, staffed=staffed)
        waited_ms = round((change.at - turn.created_at).total_seconds() * 1000)
        change.note(row.id, "turn", outcome=outcome.how, ms=waited_ms, attempt=turn.attempts)
    return True


async def waiting_conversations(store: Store, *, everything: bool = False) -> list[str]:
    """The conversations with an open turn that nobody runs: its lease has ended, or its process has.

    With SQLite there is one process, so whatever another one leased is free. `everything` adds those
    that this process has leased itself.
    """
    free = or_(Turn.lease_until.is_(None), Turn.lease_until < store.clock.now())
    if store.is_sqlite:
        free = or_(free, Turn.worker != store.worker)
    if everything:
        free = or_(free, Turn.worker == store.worker)
    query = select(Turn.conversation_id).where(Turn.ended_at.is_(None), free).distinct()
    async with store.read() as session:
        return list(await session.scalars(query.limit(1000)))


async def _keep(change: Change, row: Conversation, job: Job, outcome: Outcome, *, staffed: bool) -> None:
    if outcome.dialogue is not None:
        row.dialogue = outcome.dialogue
    if outcome.feedback:
        newest = await change.session.scalar(_newest_of_assistant(row.id))
        if newest is not None and newest.kind == "answer" and newest.verdict is None:
            mark(change, newest, verdict=outcome.feedback)
    for draft in outcome.drafts:
        append(change, row, draft)
    if outcome.email:
        _keep_email(change, row, outcome.email, job)
    if outcome.how == "unavailable" and row.owner == Owner.QUEUE:
        notice(change, row, "unavailable")
    if outcome.hand_over is not None:
        by = Author.SYSTEM if outcome.how == "unavailable" else Author.ASSISTANT
        await put_in_queue(change, row, outcome.hand_over, by, staffed=staffed)


def _keep_email(change: Change, row: Conversation, email: str, job: Job) -> None:
    question = str(job.conversation.dialogue.get("last_question") or "")
    name = str(row.shopper.get("name") or "")
    change.session.add(
        Contact(conversation_id=row.id, at=change.at, name=name, email=email, question=question)
    )
    row.contact = "kept"
    notice(change, row, "contact_kept", email=email)


async def _lease(store: Store, conversation_id: str, tried: Collection[int]) -> Job | None:
    async with store.change() as change:
        row = await lock(change, conversation_id)
        turn = await change.session.scalar(_oldest(conversation_id))
        if turn is None:
            return None
        others = not store.is_sqlite and turn.worker != store.worker
        if others and turn.lease_until is not None and turn.lease_until >= change.at:
            return None
        if turn.worker != store.worker or turn.id in tried:
            turn.attempts += 1
            row.generation += 1
        turn.worker = store.worker
        turn.lease_until = change.at + timedelta(seconds=store.lease_s)
        change.note(row.id, "turn_again", attempt=turn.attempts)
        if row.owner in (Owner.AGENT, Owner.CLOSED):  # cannot be: such a change ends open turns
            turn.ended_at, turn.outcome = change.at, "silenced"
            return None
        return job_of(turn, row)


def _newest_of_assistant(conversation_id: str) -> Any:
    said = (Message.conversation_id == conversation_id, Message.author == Author.ASSISTANT)
    return select(Message).where(*said).order_by(Message.seq.desc()).limit(1)


def _oldest(conversation_id: str) -> Any:
    open_turns = select(Turn).where(Turn.conversation_id == conversation_id, Turn.ended_at.is_(None))
    return open_turns.order_by(Turn.id).limit(1)
