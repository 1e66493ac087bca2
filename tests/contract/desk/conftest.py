"""The desk's part of docs/protocol.md, held by the real server on a real port with a real database."""

import pytest

from bot.staff import accounts
from tests.contract.desk.people import MATCH, PASSWORD, QUICK, STAFF, StaffedBot
from tests.contract.server import StartBot
from tests.contract.shop import Shop


@pytest.fixture
async def bot(start_bot: StartBot, shop: Shop) -> StaffedBot:
    """A server whose assistant knows one article, with the accounts of the desk."""
    shop.rasa_down = True
    shop.found = {"version": 1, "band": "answer", "confidence": 0.91, "matches": [MATCH]}
    started = await start_bot(ping_interval_s=1.0)
    for email, name, role in STAFF:
        await accounts.add(
            started.services.store, QUICK, email=email, name=name, role=role, password=PASSWORD
        )
    return StaffedBot(started.url, started.services, started.app)
