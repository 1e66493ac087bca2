"""The real app on a real port; Rasa and actions are stood in for by a server that tests make misbehave."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect

from bot.app import create_app
from bot.settings import Settings
from tests.contract.server import ORIGIN, PATIENCE_S, SITES, Bot, StartBot, running
from tests.contract.shop import NAMES, Shop
from tests.contract.tab import OpenTab, Tab


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    """A healthy shop."""
    made = Shop()
    async with running(made.app()) as url:
        made.url = url
        yield made


@pytest.fixture
async def start_bot(shop: Shop, tmp_path: Path) -> AsyncIterator[StartBot]:
    """Starts servers with settings of a test's choice; all share one database."""

    async def start(**overrides: Any) -> Bot:
        wanted = {
            "var_dir": tmp_path / "var",
            "static_dir": tmp_path / "static",
            "metrics_port": 0,
            "rasa_url": shop.url,
            "actions_url": shop.url,
            "sites": SITES,
            "answer_timeout_s": 10.0,
            "knowledge_timeout_s": 10.0,
            "database_wait_s": 5.0,
            "probe_interval_s": 0.2,
            "turn_sweep_s": 0.2,
            "frames_at_once": 1000,
            "frames_per_s": 1000.0,
            "control_share": 0.0,
        } | overrides
        app = create_app(Settings(**wanted), name=f"bot{next(NAMES)}")
        return Bot(await started.enter_async_context(running(app)), app.ctx.services, app)

    async with AsyncExitStack() as started:
        yield start


@pytest.fixture
async def bot(start_bot: StartBot) -> Bot:
    """A server as a shop would run it."""
    return await start_bot()


@pytest.fixture
async def open_tab() -> AsyncIterator[OpenTab]:
    """Opens tabs on a server; `hello=False` leaves the greeting to the test, other fields go into it."""
    sockets: list[ClientConnection] = []

    async def make(bot: Bot, *, hello: bool = True, origin: str = ORIGIN, **fields: Any) -> Tab:
        url = bot.url.replace("http", "ws") + "/chat/v1/socket"
        opened = await connect(url, origin=origin, max_size=None, ping_interval=None)  # type: ignore[arg-type]
        sockets.append(opened)
        tab = Tab(opened)
        if hello:
            await tab.hello(**fields)
        return tab

    yield make
    for opened in sockets:
        await opened.close()


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """A client for plain HTTP."""
    async with httpx.AsyncClient(timeout=PATIENCE_S, trust_env=False) as client:
        yield client
