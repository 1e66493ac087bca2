"""Every test of the store runs twice: on SQLite, and on a real PostgreSQL."""

import itertools
from collections.abc import AsyncIterator, Callable

import pytest

from bot.hub import Event, Hub
from bot.store.conversations import Agent, Opening
from bot.store.database import Store
from bot.store.shopper import Sender
from bot.store.staff import add_staff
from tests.unit.bot.clock import HandClock
from tests.unit.bot.empty_store import open_empty_store

SenderOf = Callable[..., Sender]


class HeardHub(Hub):
    """A hub that remembers what it was told."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Event] = []

    def publish(self, event: Event) -> None:
        self.heard.append(event)
        super().publish(event)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def hub() -> HeardHub:
    return HeardHub()


@pytest.fixture
async def store(database_url: str, clock: HandClock, hub: HeardHub) -> AsyncIterator[Store]:
    opened = await open_empty_store(database_url, clock, hub)
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
