"""Erasing: what a shopper wants forgotten is deleted, not hidden."""

from sqlalchemy import delete, select

from bot.errors import AppError
from bot.hub import Erased, QueueMoved
from bot.store.conversations import lock
from bot.store.database import Store
from bot.store.files import file_ids
from bot.store.models import Conversation, Exposure, Order, Visitor


async def erase_conversation(store: Store, conversation_id: str, visitor_id: str) -> None:
    """Delete a conversation with all that belongs to it: messages, contacts, hand-overs, events, nudges.

    Its files go from the disk once that is done; with the visitor's last conversation, what else is known of
    the visitor. AppError `not_found`, `not_yours`.
    """
    async with store.change() as change:
        row = await lock(change, conversation_id)
        if row.visitor_id != visitor_id:
            raise AppError("not_yours", "This conversation belongs to somebody else.", "Start a new one.")
        site, waited = row.site, row.owner == "queue"
        change.session.expunge(row)
        files = await file_ids(change, conversation_id)
        # The tables that hang on it are emptied by the database: each foreign key says ON DELETE CASCADE.
        await change.session.execute(delete(Conversation).where(Conversation.id == conversation_id))
        others = select(Conversation.id).where(Conversation.visitor_id == visitor_id).limit(1)
        if await change.session.scalar(others) is None:
            for known, whose in (
                (Exposure, Exposure.visitor_id),
                (Order, Order.visitor_id),
                (Visitor, Visitor.id),
            ):
                await change.session.execute(delete(known).where(whose == visitor_id))
        change.note(None, "erased", site=site)
        change.news.append(Erased(conversation_id))
        if waited:
            change.news.append(QueueMoved(conversation_id))
    if store.uploads is not None:
        await store.uploads.remove(files)
