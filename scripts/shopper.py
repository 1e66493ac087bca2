"""A shopper and an agent who speak the protocol of docs/protocol.md: for tests and benchmarks."""

import asyncio
import contextlib
import itertools
import json
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import httpx
from websockets.asyncio.client import ClientConnection, connect

Frame = dict[str, Any]
ANSWER_TIMEOUT_S = 15.0
# These are answered without the assistant writing; what comes of them comes with the ack.
DECIDED_BEFORE_THE_ACK = ("track", "ask_person", "contact")
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


@dataclass
class Line:
    """One WebSocket: every frame received is kept in order in `frames`, with its time in `arrived_s`."""

    socket: ClientConnection
    frames: list[Frame] = field(default_factory=list)
    arrived_s: list[float] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _reader: "asyncio.Task[None] | None" = None

    def start(self) -> None:
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        try:
            async for text in self.socket:
                self.frames.append(json.loads(text))
                self.arrived_s.append(time.perf_counter())
                self._news.set()
        finally:
            self._news.set()

    async def send(self, frame: Mapping[str, Any]) -> None:
        await self.socket.send(json.dumps(frame))

    async def wait(
        self,
        wanted: Callable[[Frame], bool],
        since: int = 0,
        timeout_s: float = ANSWER_TIMEOUT_S,
        what: str = "a frame",
    ) -> int:
        """The place in `frames` of the first wanted frame at or after `since`."""
        deadline = time.monotonic() + timeout_s
        seen = since
        while True:
            self._news.clear()
            for place in range(seen, len(self.frames)):
                if wanted(self.frames[place]):
                    return place
            seen = len(self.frames)
            left = deadline - time.monotonic()
            ended = self._reader is not None and self._reader.done()
            if left <= 0 or ended:
                state = "the connection ended" if ended else f"nothing came in {timeout_s:.0f} s"
                raise AssertionError(f"Waited for {what}; {state}. Since then: {self.frames[since:]}")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), left)

    async def close(self) -> None:
        await self.socket.close()
        if self._reader is not None:
            with contextlib.suppress(Exception):
                await self._reader


@dataclass
class Shopper:
    """A browser tab of a shopper, without the browser."""

    url: str
    site: str = "fernhill"
    locale: str = "en"
    context: Frame = field(default_factory=dict)
    visitor: str | None = None
    conversation: str | None = None
    after: int = 0
    line: Line | None = None
    _ids: "itertools.count[int]" = field(default_factory=itertools.count)
    _prefix: str = field(default_factory=lambda: uuid.uuid4().hex[:12])

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.leave()

    @property
    def frames(self) -> list[Frame]:
        assert self.line is not None
        return self.line.frames

    @property
    def messages(self) -> list[Frame]:
        return [frame for frame in self.frames if frame["type"] == "message"]

    def hello(self) -> Frame:
        return {
            "type": "hello",
            "v": 1,
            "site": self.site,
            "visitor": self.visitor,
            "conversation": self.conversation,
            "after": self.after,
            "locale": self.locale,
            "context": self.context,
        }

    async def connect(self) -> Frame:
        """Open the socket and say hello; gives the `welcome`."""
        address = self.url.replace("http", "ws", 1) + "/chat/v1/socket"
        self.line = Line(await connect(address, origin=self.url, max_size=2**20))  # type: ignore[arg-type]
        self.line.start()
        await self.line.send(self.hello())
        welcome = self.frames[await self.line.wait(lambda f: f["type"] == "welcome", what="welcome")]
        await self.line.wait(lambda f: f["type"] == "state", what="state")
        self.visitor = welcome["visitor"]
        self.conversation = welcome["conversation"] or self.conversation
        return welcome

    async def leave(self) -> None:
        if self.line is not None:
            await self.line.close()

    def new_id(self) -> str:
        return f"{self._prefix}-{next(self._ids):06d}"

    async def send(self, frame: Frame) -> Frame:
        """Send a frame with an id, and give its `ack` (or the `error` about it)."""
        assert self.line is not None
        frame = {"id": self.new_id(), **frame}
        since = len(self.frames)
        await self.line.send(frame)
        place = await self.line.wait(
            lambda f: f["type"] in {"ack", "error"} and f.get("id") == frame["id"], since, what="an ack"
        )
        reply = self.frames[place]
        self.conversation = reply.get("conversation") or self.conversation
        return reply

    async def turn(self, frame: Frame) -> list[Frame]:
        """Send a frame and give the messages that answer it."""
        assert self.line is not None
        since = len(self.frames)
        ack = await self.send(frame)
        assert ack["type"] == "ack", ack
        if frame["type"] in DECIDED_BEFORE_THE_ACK:
            await asyncio.sleep(SETTLE_S)
            end = len(self.frames) - 1
        else:
            end = await self.line.wait(
                lambda f: f["type"] == "typing" and f["author"] == "assistant" and not f["on"],
                since,
                what=f"the end of the answer to {frame}",
            )
        said = [f for f in self.frames[since : end + 1] if f["type"] == "message"]
        return [message for message in said if message["author"] != "shopper"]

    async def say(self, text: str) -> list[Frame]:
        return await self.turn({"type": "say", "text": text})

    async def time_answer_s(self, text: str) -> float:
        """Seconds from sending `text` to the first message that answers it."""
        assert self.line is not None
        since = len(self.frames)
        started = time.perf_counter()
        await self.line.send({"type": "say", "id": self.new_id(), "text": text})
        place = await self.line.wait(
            lambda f: f["type"] == "message" and f["author"] == "assistant", since, what="an answer"
        )
        return self.line.arrived_s[place] - started

    @property
    def state(self) -> Frame:
        return next(frame for frame in reversed(self.frames) if frame["type"] == "state")


async def sign_in(url: str, email: str, password: str) -> str:
    """The cookie of an agent who signed in at the desk."""
    async with httpx.AsyncClient(base_url=url, headers={"Origin": url}) as http:
        reply = await http.post("/desk/api/sign-in", json={"email": email, "password": password})
        assert reply.status_code == 200, reply.text
        return str(reply.cookies["desk_session"])


@dataclass
class Agent:
    """A person at the desk, without the browser."""

    url: str
    email: str
    password: str
    cookie: str | None = None
    line: Line | None = None
    _ids: "itertools.count[int]" = field(default_factory=itertools.count)
    _prefix: str = field(default_factory=lambda: uuid.uuid4().hex[:12])

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.line is not None:
            await self.line.close()

    @property
    def frames(self) -> list[Frame]:
        assert self.line is not None
        return self.line.frames

    async def connect(self) -> Frame:
        """Sign in unless signed in already, open the desk's socket, go online; gives the `welcome`."""
        cookie = self.cookie or await sign_in(self.url, self.email, self.password)
        address = self.url.replace("http", "ws", 1) + "/desk/socket"
        headers = {"Cookie": f"desk_session={cookie}"}
        socket = await connect(address, origin=self.url, additional_headers=headers, max_size=2**22)  # type: ignore[arg-type]
        self.line = Line(socket)
        self.line.start()
        welcome = self.frames[await self.line.wait(lambda f: f["type"] == "welcome", what="welcome")]
        await self.send({"type": "presence", "status": "online"})
        return welcome

    async def send(self, frame: Frame) -> Frame:
        """Send a frame with an id, and give its `ack` or `error`."""
        assert self.line is not None
        frame = {"id": f"{self._prefix}-{next(self._ids):06d}", **frame}
        since = len(self.frames)
        await self.line.send(frame)
        place = await self.line.wait(
            lambda f: f["type"] in {"ack", "error"} and f.get("id") == frame["id"], since, what="an ack"
        )
        return self.frames[place]

    async def watch(self, conversation: str) -> Frame:
        """Open a conversation; gives its story."""
        assert self.line is not None
        since = len(self.frames)
        reply = await self.send({"type": "watch", "conversation": conversation, "after": 0})
        assert reply["type"] == "ack", reply
        place = await self.line.wait(
            lambda f: f["type"] == "story" and f["conversation"] == conversation, since, what="the story"
        )
        story: Frame = self.frames[place]["story"]
        return story

    async def summary(self, wanted: Callable[[Frame], bool], since: int = 0) -> Frame:
        """The first conversation's summary, in the welcome or later, that is as wanted."""
        assert self.line is not None

        def summaries(frame: Frame) -> list[Frame]:
            if frame["type"] == "welcome":
                return list(frame["conversations"])
            return [frame["conversation"]] if frame["type"] == "conversation" else []

        place = await self.line.wait(
            lambda f: any(map(wanted, summaries(f))), since, what="a conversation at the desk"
        )
        return next(s for s in summaries(self.frames[place]) if wanted(s))
