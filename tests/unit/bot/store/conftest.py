"""Every test of the store runs twice: on SQLite, and on a real PostgreSQL."""

import itertools
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.hub import Event, Hub
from bot.store.conversations import Agent, Opening
from bot.store.database import Store, open_store
from bot.store.models import Base
from bot.store.shopper import Sender
from bot.store.staff import add_staff

SenderOf = Callable[..., Sender]


class HandClock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    def pass_time(self, **span: float) -> None:
        self.at += timedelta(**span)


class HeardHub(Hub):
    """A hub that remembers what it was told."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Event] = []

    def publish(self, event: Event) -> None:
        self.heard.append(event)
        super().publish(event)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}"
    url: str = request.getfixturevalue("postgresql_url")
    return url


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def hub() -> HeardHub:
    return HeardHub()


@pytest.fixture
async def store(database_url: str, clock: HandClock, hub: HeardHub) -> AsyncIterator[Store]:
    opened = await open_store(database_url, clock, hub)
    if not opened.is_sqlite:
        names = ", ".join(Base.metadata.tables)
        async with opened.engine.begin() as connection:
            await connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    yield opened
    await opened.close()


@pytest.fixture
def opening() -> Opening:
    return Opening(
        site="fernhill",
        visitor_id="visitor-1",
        locale="en",
        linked=True,
        context={"page": {"url": "/checkout", "title": "Checkout", "step": "payment"}},
        shopper={"name": None, "email": None, "subject": None, "verified": False},
    )


@pytest.fixture
def sender_of(opening: Opening) -> SenderOf:
    """Senders with an id of their own: `sender_of(conversation_id)`, or with `client_id`."""
    numbers = itertools.count(1)

    def make(conversation_id: str | None = None, client_id: str | None = None) -> Sender:
        return Sender(opening, conversation_id, client_id or f"client-{next(numbers):04}")

    return make


@pytest.fixture
async def maya(store: Store) -> Agent:
    row = await add_staff(store, "maya@fernhill.example", "Maya", "agent", "hash")
    return Agent(row.id, row.name)


@pytest.fixture
async def tom(store: Store) -> Agent:
    row = await add_staff(store, "tom@fernhill.example", "Tom", "agent", "hash")
    return Agent(row.id, row.name)
