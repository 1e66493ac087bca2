"""The database: one engine, short transactions, and errors in words."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, event, insert, make_url, text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InvalidRequestError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm.exc import StaleDataError

from bot.clock import Clock, random_id
from bot.errors import AppError, ConfigError, unavailable
from bot.hub import Event, Hub
from bot.store import models, sqlite
from bot.uploads import Uploads

MIGRATIONS = Path(__file__).with_name("migrations")
log = structlog.get_logger("bot.store")


@dataclass
class Change:
    """A transaction that writes: its session, its time, and what the hub hears once it is committed.

    `opened` is the conversation that it opens, if it does.
    """

    session: AsyncSession
    at: datetime
    news: list[Event] = field(default_factory=list)
    opened: models.Conversation | None = None
    noted: list[dict[str, Any]] = field(default_factory=list)

    def note(self, conversation_id: str | None, kind: str, **data: Any) -> None:
        """Write down what happened, in this transaction. `data` never holds a shopper's words."""
        self.noted.append({"conversation_id": conversation_id, "at": self.at, "kind": kind, "data": data})

    async def write(self) -> None:
        """Write what is still to be written: the rows changed, then what was noted, in one statement."""
        await self.session.flush()
        if self.noted:
            await self.session.execute(insert(models.Event), self.noted)
            self.noted.clear()


class Store:
    """Where everything is kept. `worker` names this process in the leases of turns.

    `uploads` holds the bytes of attached files.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        clock: Clock,
        hub: Hub,
        wait_s: float = 3.0,
        lease_s: float = 20.0,
        new_id: Callable[[], str] = random_id,
        uploads: Uploads | None = None,
    ) -> None:
        self.engine = engine
        self.clock = clock
        self.hub = hub
        self.new_id = new_id
        self.uploads = uploads
        self.worker = random_id()
        self.lease_s = lease_s
        self._wait_s = wait_s
        self._one_writer = asyncio.Lock() if self.is_sqlite else None

    @property
    def is_sqlite(self) -> bool:
        """Whether there is one writer at a time, in this process and in the file."""
        return self.engine.dialect.name == "sqlite"

    @asynccontextmanager
    async def change(self) -> AsyncIterator[Change]:
        """A transaction that writes. All of it is kept, or nothing; the hub hears of it afterwards.

        Raises AppError `unavailable` when the database is locked, full or away.
        """
        async with (
            _in_words(),
            self._turn_to_write(),
            AsyncSession(self._writing, expire_on_commit=False) as session,
        ):
            async with session.begin():
                change = Change(session, self.clock.now())
                yield change
                await change.write()
            for news in change.news:  # committed, and nobody has to wait until the connection is given back
                self.hub.publish(news)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session for reading. Raises AppError `unavailable` when the database is away."""
        async with _in_words(), AsyncSession(self.engine, expire_on_commit=False) as session:
            yield session

    async def check(self) -> None:
        """Raise AppError `unavailable` unless the database answers."""
        async with self.read() as session:
            await session.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Give every connection back."""
        await self.engine.dispose()

    @property
    def _writing(self) -> AsyncEngine:
        return self.engine.execution_options(writes=True)

    def _turn_to_write(self) -> AbstractAsyncContextManager[Any]:
        return _held(self._one_writer, self._wait_s) if self._one_writer else nullcontext()


async def open_store(url: str, clock: Clock, hub: Hub, wait_s: float = 3.0, lease_s: float = 20.0) -> Store:
    """A store on a database that is brought up to date first.

    Raises ConfigError for an address that cannot be used, AppError `unavailable` when nobody answers there.
    """
    store = Store(open_engine(url, wait_s), clock, hub, wait_s, lease_s)
    await bring_up_to_date(store)
    return store


async def bring_up_to_date(store: Store) -> None:
    """Migrate the store's database, or close the store and say in words why not."""
    try:
        async with _in_words():
            await migrate(store.engine)
    except BaseException:
        await store.close()
        raise


def open_engine(url: str, wait_s: float = 3.0) -> AsyncEngine:
    """An engine for SQLite (aiosqlite) or PostgreSQL (asyncpg). Nothing is connected yet."""
    try:
        parsed = make_url(url)
    except Exception as error:
        raise ConfigError(
            "BOT_DATABASE_URL cannot be read. Write sqlite+aiosqlite:///file or postgresql+asyncpg://…"
        ) from error
    if parsed.drivername == "sqlite+aiosqlite":
        return _open_sqlite(url, parsed.database, wait_s)
    if parsed.drivername == "postgresql+asyncpg":
        return create_async_engine(
            url,
            hide_parameters=True,
            pool_size=10,
            max_overflow=10,
            pool_timeout=wait_s,
            pool_pre_ping=True,
            connect_args={"timeout": wait_s, "command_timeout": wait_s * 5},
        )
    raise ConfigError(
        f"BOT_DATABASE_URL names {parsed.drivername!r}. "
        "The databases that work are sqlite+aiosqlite and postgresql+asyncpg."
    )


async def migrate(engine: AsyncEngine) -> None:
    """Bring the tables up to date."""
    async with engine.execution_options(writes=True).connect() as connection:
        await connection.run_sync(_upgrade)
        await connection.commit()


def alembic_config(connection: Connection) -> Config:
    """Alembic's settings, for this connection."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    command.upgrade(alembic_config(connection), "head")


def _open_sqlite(url: str, file: str | None, wait_s: float) -> AsyncEngine:
    if file and file != ":memory:":
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(
        url,
        async_creator=partial(sqlite.connect, file or ":memory:"),
        hide_parameters=True,
        pool_size=4,
        max_overflow=4,
        pool_timeout=wait_s,
        # A session ends its own transaction; a second rollback would be one more trip to the thread.
        pool_reset_on_return=None,
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",  # what is erased is overwritten, not only unlinked
            f"busy_timeout={int(wait_s * 1000)}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        # A writer takes its lock at once: one that begins by reading could only fail later, not wait.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@asynccontextmanager
async def _held(lock: asyncio.Lock, wait_s: float) -> AsyncIterator[None]:
    async with asyncio.timeout(wait_s):
        await lock.acquire()
    try:
        yield
    finally:
        lock.release()


@asynccontextmanager
async def _in_words() -> AsyncIterator[None]:
    try:
        yield
    except StaleDataError as error:
        raise AppError(
            "stale_epoch", "The conversation changed hands meanwhile.", "Look at it again, then decide."
        ) from error
    except (AppError, IntegrityError, InvalidRequestError):
        raise
    except (DBAPIError, PoolTimeoutError, OSError, TimeoutError) as error:
        cause = getattr(error, "orig", None) or error
        # What the driver says of wrong data quotes the data: somebody's words.
        told = "" if isinstance(error, DataError) else str(cause)
        log.error("database failed", kind=type(cause).__name__, error=told)
        raise unavailable("The database") from error
