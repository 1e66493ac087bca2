"""The people of the desk's tests: three accounts, and shoppers in the middle of a payment."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from argon2 import PasswordHasher
from websockets.asyncio.client import connect

from bot.staff.passwords import Passwords
from scripts.line import Frame
from scripts.shopper import Agent, Shopper, sign_in
from tests.contract.server import ORIGIN, Bot
from tests.contract.tab import Tab

PASSWORD = "a long enough password"
QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
MAYA, JONAS, EDITOR = "maya@fernhill.example", "jonas@fernhill.example", "ed@fernhill.example"
STAFF = ((MAYA, "Maya", "agent"), (JONAS, "Jonas", "admin"), (EDITOR, "Ed", "editor"))
MATCH = {
    "id": "returns",
    "title": "Returns",
    "short_answer": "Within **30 days**.",
    "confidence": 0.91,
    "locale": "en",
}
EVIL = "<script>alert('x')</script><img src=x onerror=alert(1)>"
CONTEXT: Frame = {
    "page": {"url": "https://shop.example/pay", "title": EVIL, "step": "payment"},
    "cart": {"currency": "EUR", "lines": [], "subtotal": "87.90", "shipping": "4.90", "total": "92.80"},
    "country": "AT",
}


class StaffedBot(Bot):
    """The server with the three accounts, and everybody who may come to it."""

    def agent(self, email: str = MAYA) -> Agent:
        return Agent(self.url, email, PASSWORD)

    def shopper(self) -> Shopper:
        return Shopper(self.url, origin=ORIGIN, context=CONTEXT)

    def http(self, **headers: str) -> httpx.AsyncClient:
        """A client that sends the headers of the desk's own page."""
        return httpx.AsyncClient(base_url=self.url, headers={"Origin": self.url, **headers}, trust_env=False)

    async def cookie(self) -> str:
        """What Maya's browser keeps once she has signed in."""
        return await sign_in(self.url, MAYA, PASSWORD)

    @asynccontextmanager
    async def tab(self, cookie: str | None, **handshake: Any) -> AsyncIterator[Tab]:
        """The desk's socket, bare; opened by a page of the desk unless `handshake` names another `origin`."""
        address = self.url.replace("http", "ws", 1) + "/desk/socket"
        headers = {"Cookie": f"desk_session={cookie}"} if cookie else {}
        opening = {"origin": self.url, "additional_headers": headers} | handshake
        async with connect(address, **opening) as socket:
            yield Tab(socket)


async def asks_for_a_person(shopper: Shopper) -> str:
    """The shopper waits in the queue; the conversation's id."""
    ack = await shopper.send({"type": "ask_person"})
    assert ack["type"] == "ack", ack
    return str(shopper.conversation)
