"""Files that people attach: each a message, once for each client's id, while a person is asked for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select

from bot import words
from bot.conversation import Author, Owner
from bot.errors import AppError
from bot.store.conversations import Agent, lock, ownership
from bot.store.database import Change, Store
from bot.store.messages import Draft, Taken, append, take, taken_before
from bot.store.models import Conversation, File
from bot.uploads import Received, Uploads

FILES_EACH = 10
ORPHAN_AFTER = timedelta(hours=1)
_AT_ONCE = 500
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that is on the disk, and what it is called."""

    received: Received
    name: str


@dataclass(frozen=True, slots=True)
class Attacher:
    """Who attaches to which conversation: its shopper, or an agent who read it at `epoch`."""

    conversation_id: str
    client_id: str
    visitor_id: str | None = None
    agent: Agent | None = None
    epoch: int = 0

    @property
    def sender(self) -> str:
        """Whose client ids these are."""
        return self.agent.id if self.agent else self.visitor_id or ""

    @property
    def author(self) -> Author:
        """Who is said to have written the message."""
        return Author.AGENT if self.agent else Author.SHOPPER


async def check_attach(store: Store, attacher: Attacher) -> Taken | None:
    """What was answered if this file came before, before any byte of it is read again.

    AppError, as for `attach`, when it would be refused.
    """
    async with store.read() as session:
        known = _ID.fullmatch(attacher.conversation_id)
        row = await session.get(Conversation, attacher.conversation_id) if known else None
        if row is None:
            raise AppError("not_found", "There is no such conversation.", "Look in the list.")
        return await _admit(Change(session, store.clock.now()), row, attacher)


async def attach(store: Store, attacher: Attacher, attachment: Attachment) -> Taken:
    """Keep a file that was received as a message, or delete it where that cannot be done.

    AppError `not_handed_over` while no person is asked for, `closed`, `too_many_files`, `not_yours`; for an
    agent as in `bot.store.desk.reply`.
    """
    kept = False
    try:
        async with store.change() as change:
            row = await lock(change, attacher.conversation_id)
            before = await _admit(change, row, attacher)
            taken = before or _keep(change, row, attacher, attachment)
        kept = before is None
    finally:
        if not kept and store.uploads is not None:
            await store.uploads.remove([attachment.received.id])
    return taken


async def find_file(store: Store, file_id: str) -> tuple[File, Conversation]:
    """A file and its conversation. AppError `not_found`."""
    if not _ID.fullmatch(file_id):
        raise no_file()
    query = select(File, Conversation).join(Conversation, Conversation.id == File.conversation_id)
    async with store.read() as session:
        found = (await session.execute(query.where(File.id == file_id))).one_or_none()
    if found is None:
        raise no_file()
    return found[0], found[1]


async def files_in(store: Store, conversation_id: str) -> Sequence[File]:
    """The files of a conversation, in the order of their messages."""
    query = select(File).where(File.conversation_id == conversation_id).order_by(File.seq)
    async with store.read() as session:
        return list(await session.scalars(query))


async def file_ids(change: Change, conversation_id: str) -> list[str]:
    """The ids of a conversation's files, to delete them from the disk once their rows are gone."""
    return list(await change.session.scalars(select(File.id).where(File.conversation_id == conversation_id)))


async def remove_files(store: Store, conversation_id: str) -> None:
    """Delete every file of a conversation that itself stays, in the database and then on the disk."""
    async with store.change() as change:
        ids = await file_ids(change, conversation_id)
        await change.session.execute(delete(File).where(File.conversation_id == conversation_id))
    if store.uploads is not None:
        await store.uploads.remove(ids)


async def sweep(store: Store, uploads: Uploads) -> int:
    """Delete what lies in the folder and belongs to no message, and say how much that was.

    What is newer than `ORPHAN_AFTER` may still be on its way into one, also from another process.
    """
    names = await uploads.measure((store.clock.now() - ORPHAN_AFTER).timestamp())
    orphans = set(names) - await _known(store, names)
    await uploads.remove(orphans)
    return len(orphans)


def no_file() -> AppError:
    """The file is gone, or never was."""
    return AppError("not_found", "This file is not here, or no longer.", "Ask for it to be sent again.")


async def _known(store: Store, ids: Sequence[str]) -> set[str]:
    known: set[str] = set()
    async with store.read() as session:
        for start in range(0, len(ids), _AT_ONCE):
            query = select(File.id).where(File.id.in_(ids[start : start + _AT_ONCE]))
            known |= set(await session.scalars(query))
    return known


async def _admit(change: Change, row: Conversation, attacher: Attacher) -> Taken | None:
    if attacher.agent is None and row.visitor_id != attacher.visitor_id:
        raise AppError("not_yours", "This conversation belongs to somebody else.", "Start a new one.")
    before = await taken_before(change, attacher.sender, attacher.client_id)
    if before is not None:
        return before
    if attacher.agent is not None:
        ownership(row).check_agent_writes(attacher.epoch, attacher.agent.id)
    else:
        _check_person(row)
    mine = (File.conversation_id == row.id, File.author == attacher.author)
    count = await change.session.scalar(select(func.count()).select_from(File).where(*mine))
    if (count or 0) >= FILES_EACH:
        raise AppError(
            "too_many_files", f"This chat holds {FILES_EACH} of your files already.", "Say the rest in words."
        )
    return None


def _check_person(row: Conversation) -> None:
    if row.owner == Owner.CLOSED:
        raise AppError("closed", "This chat is closed.", "Write something and ask for a person first.")
    if row.owner == Owner.ASSISTANT:
        raise AppError(
            "not_handed_over",
            "Files go to a person from the shop, and nobody has been asked for yet.",
            "Ask for a person, then attach it again.",
        )


def _keep(change: Change, row: Conversation, attacher: Attacher, attachment: Attachment) -> Taken:
    received, name = attachment.received, attachment.name
    kind = received.kind
    told = {"id": received.id, "name": name, "type": kind.type, "bytes": received.bytes}
    if kind.width and kind.height:
        told |= {"width": kind.width, "height": kind.height}
    draft = Draft(
        attacher.author,
        words.say("attached", row.locale, name=name),
        kind="file",
        name=attacher.agent.name if attacher.agent else None,
        staff_id=attacher.agent.id if attacher.agent else None,
        client_id=attacher.client_id,
        body={"file": told},
    )
    message = append(change, row, draft)
    change.session.add(
        File(
            id=received.id,
            conversation_id=row.id,
            seq=message.seq,
            at=change.at,
            author=attacher.author,
            name=name,
            type=kind.type,
            bytes=received.bytes,
        )
    )
    return take(change, attacher.sender, attacher.client_id, row.id, message.seq)
