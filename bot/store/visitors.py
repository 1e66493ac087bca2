"""Shoppers who agreed to be known again."""

from bot.store.database import Change, Store
from bot.store.models import Visitor


async def visitor(store: Store, visitor_id: str) -> Visitor | None:
    """A visitor who is known, or None."""
    async with store.read() as session:
        return await session.get(Visitor, visitor_id)


async def keep_visitor(change: Change, visitor_id: str, site: str) -> Visitor:
    """The visitor's row, made with the first thing that is kept of them."""
    row = await change.session.get(Visitor, visitor_id)
    if row is None:
        row = Visitor(id=visitor_id, site=site, verified=False, created_at=change.at, seen_at=change.at)
        change.session.add(row)
    row.seen_at = change.at
    return row


async def identify_visitor(
    store: Store, visitor_id: str, site: str, subject: str, name: str | None, email: str | None
) -> None:
    """The shop has signed who this visitor is."""
    async with store.change() as change:
        row = await keep_visitor(change, visitor_id, site)
        row.subject, row.name, row.email, row.verified = subject, name, email, True
        change.note(None, "visitor_identified", site=site)
