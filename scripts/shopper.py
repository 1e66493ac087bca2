"""A shopper and an agent who speak the protocol of docs/protocol.md: for tests and benchmarks."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from scripts.line import Frame, Line, Party, having

# These are answered without the assistant writing; what comes of them comes with the ack.
DECIDED_BEFORE_THE_ACK = ("track", "fire", "ask_person", "contact")
SETTLE_S = 0.5
PAYMENT_CONTEXT: Frame = {
    "page": {"url": "https://shop.example/checkout/payment", "title": "Payment", "step": "payment"},
    "country": "AT",
    "currency": "EUR",
    "locale": "en",
    "time_zone": "Europe/Vienna",
    "consent": True,
    "opened_by": "shopper",
}


def hello(**fields: Any) -> Frame:
    """The first frame of a new shopper, changed by `fields`."""
    return {
        "type": "hello",
        "v": 1,
        "site": "fernhill",
        "visitor": None,
        "conversation": None,
        "after": 0,
        "locale": "en",
        "context": {},
    } | fields


def articles(messages: list[Frame]) -> list[str]:
    """The ids of the articles that answers among these messages come from."""
    return [message["answer"]["article"]["id"] for message in messages if message["kind"] == "answer"]


@dataclass
class Shopper(Party):
    """A browser tab of a shopper, without the browser."""

    origin: str | None = None
    context: Frame = field(default_factory=dict)
    visitor: str | None = None
    conversation: str | None = None

    async def connect(self) -> Frame:
        """Open the socket and say hello; gives the `welcome`."""
        origin = self.origin or self.url
        self._line = await Line.open(self.url, "/chat/v1/socket", origin=origin, max_size=2**20)
        greeting = hello(visitor=self.visitor, conversation=self.conversation, context=self.context)
        await self.line.send(greeting)
        welcome = await self.gets(type="welcome")
        await self.gets(type="state")
        self.visitor = welcome["visitor"]
        self.conversation = welcome["conversation"] or self.conversation
        return welcome

    @property
    def state(self) -> Frame:
        return next(frame for frame in reversed(self.frames) if frame["type"] == "state")

    async def send(self, frame: Frame) -> Frame:
        reply = await super().send(frame)
        self.conversation = reply.get("conversation") or self.conversation
        return reply

    async def answers(self, since: int) -> list[Frame]:
        """The messages of the others from `since` on, until the assistant has ended."""
        end = await self.line.wait(
            having(type="typing", author="assistant", on=False), since, what="the end of the answer"
        )
        return self._said(since, end + 1)

    def _said(self, since: int, end: int) -> list[Frame]:
        said = [frame for frame in self.frames[since:end] if frame["type"] == "message"]
        return [message for message in said if message["author"] != "shopper"]

    async def turn(self, frame: Frame) -> list[Frame]:
        """Send a frame and give the messages that answer it."""
        since = len(self.frames)
        ack = await self.send(frame)
        assert ack["type"] == "ack", ack
        if frame["type"] not in DECIDED_BEFORE_THE_ACK:
            return await self.answers(since)
        await asyncio.sleep(SETTLE_S)
        return self._said(since, len(self.frames))

    async def say(self, text: str) -> list[Frame]:
        return await self.turn({"type": "say", "text": text})

    async def time_answer_s(self, text: str) -> float:
        """Seconds from sending `text` to the first message that answers it."""
        since = len(self.frames)
        started = time.perf_counter()
        await self.line.send({"type": "say", "id": self.line.new_id(), "text": text})
        place = await self.line.wait(having(type="message", author="assistant"), since, what="an answer")
        return self.line.arrived_s[place] - started


async def sign_in(url: str, email: str, password: str) -> str:
    """The cookie of an agent who signed in at the desk."""
    async with httpx.AsyncClient(base_url=url, headers={"Origin": url}) as http:
        reply = await http.post("/desk/api/sign-in", json={"email": email, "password": password})
        assert reply.status_code == 200, reply.text
        return str(reply.cookies["desk_session"])


@dataclass
class Agent(Party):
    """A person at the desk, without the browser."""

    email: str
    password: str
    cookie: str | None = None

    async def connect(self) -> Frame:
        """Sign in unless signed in already, open the desk's socket, go online; gives the `welcome`."""
        cookie = self.cookie or await sign_in(self.url, self.email, self.password)
        headers = {"Cookie": f"desk_session={cookie}"}
        self._line = await Line.open(
            self.url, "/desk/socket", origin=self.url, additional_headers=headers, max_size=2**22
        )
        welcome = await self.gets(type="welcome")
        await self.send({"type": "presence", "status": "online"})
        return welcome

    async def watch(self, conversation: str) -> Frame:
        """Open a conversation; gives its story."""
        since = len(self.frames)
        reply = await self.send({"type": "watch", "conversation": conversation, "after": 0})
        assert reply["type"] == "ack", reply
        story: Frame = (await self.gets(since, type="story", conversation=conversation))["story"]
        return story

    async def claim(self, conversation: str | None) -> Frame:
        """Claim what waits in the queue; gives its summary as this agent's own."""
        waiting = await self.summary(having(id=conversation, owner="queue"))
        since = len(self.frames)
        ack = await self.send({"type": "claim", "conversation": conversation, "epoch": waiting["epoch"]})
        assert ack["type"] == "ack", ack
        return await self.summary(having(id=conversation, owner="agent"), since)

    async def summary(self, wanted: Callable[[Frame], bool], since: int = 0) -> Frame:
        """The first conversation's summary, in the welcome or later, that is as wanted."""
        place = await self.line.wait(
            lambda f: any(map(wanted, _summaries(f))), since, what="a conversation at the desk"
        )
        return next(found for found in _summaries(self.frames[place]) if wanted(found))


def _summaries(frame: Frame) -> list[Frame]:
    if frame["type"] == "welcome":
        return list(frame["conversations"])
    return [frame["conversation"]] if frame["type"] == "conversation" else []
