"""A real store with a clock that tests move, and experiments written into it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import insert

from bot.experiment import Arm
from bot.hub import Hub
from bot.store.database import Store, open_store
from bot.store.models import Exposure
from tests.unit.bot.clock import HandClock


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def store(tmp_path: Path, clock: HandClock) -> AsyncIterator[Store]:
    opened = await open_store(f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}", clock, Hub())
    yield opened
    await opened.close()


async def fill(
    store: Store, trigger: str, visitors: int, treated: float, control: float, seed: int = 1
) -> None:
    """An experiment whose visitors' windows are over, with these shares of orders."""
    chance = np.random.default_rng(seed)
    drawn, ordered = chance.random(visitors), chance.random(visitors)
    at = store.clock.now() - timedelta(hours=25)
    rows = [
        {
            "site": "fernhill",
            "visitor_id": f"{trigger}-{store.new_id()}",
            "trigger": trigger,
            "arm": Arm.CONTROL if in_control else Arm.TREATED,
            "control_share": 0.1,
            "at": at,
            "ordered_at": at if luck < (control if in_control else treated) else None,
        }
        for in_control, luck in zip(drawn < 0.1, ordered, strict=True)
    ]
    async with store.change() as change:
        await change.session.execute(insert(Exposure), rows)
