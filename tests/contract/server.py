"""The server under test, on a real port."""

import asyncio
import inspect
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sanic import Sanic

from bot.presence import StaffOnline
from bot.services import Services
from bot.settings import Site

PATIENCE_S = 10.0
ORIGIN = "https://shop.example"
IDENTITY_KEY = "the shop signs its shoppers with this"
SITES = {
    "fernhill": Site.model_validate(
        {
            "name": "Fernhill",
            "origins": [ORIGIN],
            "identity_keys": [{"alg": "HS256", "key": IDENTITY_KEY}],
            "order_pattern": r"FH-\d{6}",
        }
    ),
    "other": Site(name="Other", origins=("https://other.example",)),
}


async def eventually(condition: Callable[[], Any], patience_s: float = PATIENCE_S) -> None:
    """Return once a condition, plain or async, holds."""
    async with asyncio.timeout(patience_s):
        while True:
            found = condition()
            if await found if inspect.isawaitable(found) else found:
                return
            await asyncio.sleep(0.01)


@asynccontextmanager
async def running(app: Sanic[Any, Any]) -> AsyncIterator[str]:
    """The app on a free port of the loopback interface; gives its address."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    app.config.TOUCHUP = False  # it rewrites Sanic once for each process
    server = await app.create_server(sock=listener, return_asyncio_server=True, access_log=False)
    assert server is not None
    await server.startup()
    await server.before_start()
    await server.after_start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        await server.before_stop()
        server.close()
        for connection in list(server.connections):
            connection.close_if_idle()
        await asyncio.sleep(0)
        for connection in list(server.connections):
            connection.abort()
        await server.after_stop()


@dataclass
class Bot:
    """The server under test."""

    url: str
    services: Services
    app: Sanic[Any, Any]

    def staff_the_desk(self) -> None:
        """Somebody is online at the desk."""
        self.services.presence.staff_arrived("window-1", StaffOnline("maya", "Maya", "online"))


StartBot = Callable[..., Awaitable[Bot]]
