"""Notices, and the conversations that want to be told when one is over."""

from collections.abc import Mapping, Sequence

from sqlalchemy import func, or_, select

from bot.errors import AppError
from bot.notices import Announcement, text_for
from bot.store.conversations import lock
from bot.store.database import Change, Store
from bot.store.messages import Taken, notice, take
from bot.store.models import Conversation, Message, Notice, NoticeWait
from bot.store.shopper import Sender, begin

MOST_LISTED = 200
ANNOUNCED = "announced"
OVER = "notice_over"
_ID_LENGTH = 8


async def add_notice(store: Store, site: str, announcement: Announcement) -> Notice:
    """Keep a notice; it holds as soon as it starts."""
    async with store.change() as change:
        row = Notice(
            id=f"n{store.new_id()[:_ID_LENGTH]}",  # people type it, so it is short and begins with a letter
            site=site,
            texts=dict(announcement.texts),
            over=dict(announcement.over),
            steps=list(announcement.steps),
            countries=list(announcement.countries),
            methods=list(announcement.methods),
            starts_at=announcement.starts_at,
            ends_at=announcement.ends_at,
            created_at=change.at,
        )
        change.session.add(row)
        change.note(None, "notice_added", site=site, notice=row.id)
    return row


async def end_notice(store: Store, notice_id: str) -> Notice:
    """End a notice now, whenever it was to end. AppError `not_found`, or `closed` when it is over."""
    async with store.change() as change:
        row = await change.session.get(Notice, notice_id, with_for_update=True)
        if row is None:
            raise _no_such_notice(notice_id)
        if row.ends_at is not None and row.ends_at <= change.at:
            raise AppError(
                "closed", f"The notice ended at {row.ends_at:%Y-%m-%d %H:%M} UTC.", "Nothing is to be done."
            )
        row.ends_at = change.at
        change.note(None, "notice_ended", site=row.site, notice=row.id)
    return row


async def list_notices(store: Store, *, past: bool = False) -> list[Notice]:
    """Notices that hold or will, the newest first; with `past` also those that are over."""
    query = select(Notice).order_by(Notice.created_at.desc(), Notice.id).limit(MOST_LISTED)
    if not past:
        query = query.where(or_(Notice.ends_at.is_(None), Notice.ends_at > store.clock.now()))
    async with store.read() as session:
        return list(await session.scalars(query))


async def live_notices(store: Store, site: str | None = None) -> list[Notice]:
    """The notices that hold now, the oldest first; of one site, or of all."""
    now = store.clock.now()
    query = (
        select(Notice)
        .where(Notice.starts_at <= now, or_(Notice.ends_at.is_(None), Notice.ends_at > now))
        .order_by(Notice.starts_at, Notice.id)
        .limit(MOST_LISTED)
    )
    if site is not None:
        query = query.where(Notice.site == site)
    async with store.read() as session:
        return list(await session.scalars(query))


async def asked_to_be_told(store: Store, notice_ids: Sequence[str]) -> Mapping[str, int]:
    """How many conversations asked to be told when a notice is over, by its id; none is left out."""
    query = (
        select(NoticeWait.notice_id, func.count())
        .where(NoticeWait.notice_id.in_(notice_ids))
        .group_by(NoticeWait.notice_id)
    )
    async with store.read() as session:
        return {row[0]: row[1] for row in await session.execute(query)}


async def announced_in(store: Store, conversation_id: str) -> frozenset[str]:
    """The ids of the notices that were said in a conversation."""
    query = select(Message.body).where(Message.conversation_id == conversation_id, Message.kind == "notice")
    async with store.read() as session:
        told = [body["notice"] for body in await session.scalars(query)]
    return frozenset(found["params"]["notice"] for found in told if found["code"] == ANNOUNCED)


async def wait_for_end(store: Store, sender: Sender, notice_id: str) -> Taken:
    """The shopper wants to be told in the chat when a notice is over. AppError `not_found`, `closed`."""
    async with store.change() as change:
        row, before = await begin(change, store, sender)
        if before:
            return before
        found = await change.session.get(Notice, notice_id)
        if found is None or found.site != row.site:
            raise _no_such_notice(notice_id)
        if found.ends_at is not None and found.ends_at <= change.at:
            raise AppError("closed", "This is over already.", "Try what did not work once more.")
        if await change.session.get(NoticeWait, (notice_id, row.id)) is None:
            change.session.add(NoticeWait(notice_id=notice_id, conversation_id=row.id, at=change.at))
            notice(change, row, "notice_awaited", notice=notice_id)
        return take(change, sender.opening.visitor_id, sender.client_id, row.id, None)


async def waiting_for_ended(store: Store, limit: int = 100) -> list[tuple[str, str]]:
    """Notice and conversation of those that are to be told now that it is over."""
    query = (
        select(NoticeWait.notice_id, NoticeWait.conversation_id)
        .join(Notice, Notice.id == NoticeWait.notice_id)
        .where(NoticeWait.told_at.is_(None), Notice.ends_at <= store.clock.now())
        .order_by(NoticeWait.at)
        .limit(limit)
    )
    async with store.read() as session:
        return [(notice_id, conversation_id) for notice_id, conversation_id in await session.execute(query)]


async def tell_over(store: Store, notice_id: str, conversation_id: str) -> bool:
    """Tell a conversation that a notice is over; False when it was told before, or is gone."""
    async with store.change() as change:
        try:
            row = await lock(change, conversation_id)
        except AppError:
            return False
        wait = await change.session.get(NoticeWait, (notice_id, conversation_id))
        found = await change.session.get(Notice, notice_id)
        if wait is None or wait.told_at is not None or found is None:
            return False
        wait.told_at = change.at
        _say_over(change, row, found)
    return True


def _say_over(change: Change, row: Conversation, found: Notice) -> None:
    own_words = text_for(found.over, row.locale)
    message = notice(change, row, OVER, notice=found.id, text=text_for(found.texts, row.locale))
    if own_words:
        message.text = own_words


def _no_such_notice(notice_id: str) -> AppError:
    return AppError(
        "not_found",
        f"There is no notice {notice_id[:64]!r}.",
        "See which there are: python -m bot notice list",
    )
