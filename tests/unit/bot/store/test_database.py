"""The database: its settings, its migrations, and what it says when it cannot."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, event, func, select, text

from bot.clock import SystemClock
from bot.errors import AppError, ConfigError
from bot.hub import Changed, Hub
from bot.store import models
from bot.store.database import Store, migrate, open_engine, open_store
from bot.store.messages import messages_after
from bot.store.shopper import say


def differences(connection: Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection), models.Base.metadata))


async def test_the_migrations_make_exactly_the_tables_of_the_models(store: Store) -> None:
    async with store.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_migrating_twice_changes_nothing(store: Store) -> None:
    await migrate(store.engine)
    await store.check()


async def test_a_change_that_fails_leaves_nothing_behind(store: Store, hub: Any, sender_of: Any) -> None:
    taken = await say(store, sender_of(), "hello")
    hub.heard.clear()

    async def fail() -> None:
        async with store.change() as change:
            row = await change.session.get_one(models.Conversation, taken.conversation_id)
            row.locale = "de"
            change.news.append(Changed(row.id))
            await change.session.flush()
            raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        await fail()
    async with store.read() as session:
        kept = await session.get_one(models.Conversation, taken.conversation_id)
    assert kept.locale == "en"
    assert hub.heard == []


async def test_each_change_writes_what_happened_without_anybodys_words(store: Store, sender_of: Any) -> None:
    await say(store, sender_of(), "where is my parcel")
    async with store.read() as session:
        events = list(await session.scalars(select(models.Event).order_by(models.Event.id)))
    assert [row.kind for row in events] == ["opened", "message"]
    assert "parcel" not in str([row.data for row in events])


async def test_sqlite_keeps_what_was_committed_and_waits_for_its_lock(tmp_path: Path) -> None:
    store = await open_store(f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}", SystemClock(), Hub(), wait_s=1.5)
    async with store.read() as session:
        found = {}
        for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout"):
            found[name] = await session.scalar(text(f"PRAGMA {name}"))
    await store.close()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 1500}


async def test_a_locked_database_is_unavailable_and_keeps_nothing(tmp_path: Path, sender_of: Any) -> None:
    file = tmp_path / "bot.db"
    store = await open_store(f"sqlite+aiosqlite:///{file}", SystemClock(), Hub(), wait_s=0.2)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    sender = sender_of()
    with pytest.raises(AppError) as refused:
        await say(store, sender, "hello")
    other.execute("ROLLBACK")
    other.close()
    taken = await say(store, sender, "hello")
    messages = await messages_after(store, taken.conversation_id)
    await store.close()
    assert refused.value.code == "unavailable"
    assert [message.text for message in messages] == ["hello"]
    assert not taken.again


async def test_a_full_disk_is_unavailable_and_what_was_kept_stays(tmp_path: Path, sender_of: Any) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}"
    store = await open_store(url, SystemClock(), Hub())
    taken = await say(store, sender_of(), "kept")
    await store.close()
    store = Store(open_engine(url), SystemClock(), Hub())

    @event.listens_for(store.engine.sync_engine, "connect")
    def fill(connection: Any, _record: Any) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")

    refusals = []
    for number in range(100):
        try:
            await say(store, sender_of(taken.conversation_id, f"filling-{number:04}"), "x" * 2000)
        except AppError as error:
            refusals.append(error.code)
            break
    kept = await messages_after(store, taken.conversation_id)
    await store.close()
    assert refusals == ["unavailable"]
    assert [message.seq for message in kept] == list(range(1, len(kept) + 1))
    assert kept[0].text == "kept"


async def test_a_database_that_is_away_is_unavailable(tmp_path: Path) -> None:
    url = f"postgresql+asyncpg://nobody@/none?host={tmp_path}"
    with pytest.raises(AppError) as refused:
        await open_store(url, SystemClock(), Hub(), wait_s=1)
    assert refused.value.code == "unavailable"


@pytest.mark.parametrize("url", ["mysql://x", "sqlite:///x.db", "nonsense"])
def test_an_address_that_cannot_work_says_which_can(url: str) -> None:
    with pytest.raises(ConfigError, match=r"sqlite\+aiosqlite"):
        open_engine(url)


async def test_many_writers_at_once_all_get_their_turn(store: Store, sender_of: Any) -> None:
    taken = await say(store, sender_of(), "first")
    senders = [sender_of(taken.conversation_id) for _ in range(20)]
    await asyncio.gather(*(say(store, sender, "more") for sender in senders))
    messages = await messages_after(store, taken.conversation_id)
    assert [message.seq for message in messages] == list(range(1, 22))
    async with store.read() as session:
        assert await session.scalar(select(func.count()).select_from(models.Turn)) == 21
