"""A real store with a clock that tests move, and passwords that are quick to hash."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from bot.hub import Hub
from bot.staff.passwords import Passwords
from bot.store.database import Store, open_store
from tests.unit.bot.clock import HandClock


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def store(tmp_path: Path, clock: HandClock) -> AsyncIterator[Store]:
    opened = await open_store(f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}", clock, Hub())
    yield opened
    await opened.close()


@pytest.fixture
def passwords() -> Passwords:
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
