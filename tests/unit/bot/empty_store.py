"""A store with nothing in it."""

from sqlalchemy import text

from bot.clock import Clock
from bot.hub import Hub
from bot.store.database import Store, open_store
from bot.store.models import Base


async def open_empty_store(url: str, clock: Clock, hub: Hub) -> Store:
    """The store at `url`; what an earlier test left in a PostgreSQL is thrown away."""
    opened = await open_store(url, clock, hub)
    if not opened.is_sqlite:
        names = ", ".join(Base.metadata.tables)
        async with opened.engine.begin() as connection:
            await connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    return opened
