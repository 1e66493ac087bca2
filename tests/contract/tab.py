"""A browser tab, frame by frame."""

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from scripts.line import Frame, having
from scripts.shopper import hello
from tests.contract.server import PATIENCE_S

NUMBERS = itertools.count(1)


def said_in(frames: list[Frame]) -> list[tuple[int, str]]:
    """Number and text of each message among these frames."""
    return [(frame["seq"], frame["text"]) for frame in frames if frame["type"] == "message"]


class Tab:
    """A browser tab. `frames` is everything that came, in order."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.frames: list[Frame] = []
        self.welcome: Frame = {}
        self.conversation: str | None = None
        self._read = 0

    @property
    def messages(self) -> list[Frame]:
        return [frame for frame in self.frames if frame["type"] == "message"]

    @property
    def said(self) -> list[tuple[int, str]]:
        """Number and text of each message."""
        return said_in(self.frames)

    @property
    def shopper(self) -> Frame:
        """What another tab of the same shopper says in its hello."""
        return {"visitor": self.welcome["visitor"], "conversation": self.conversation}

    async def send(self, **frame: Any) -> str:
        """Send a frame, with an id of its own unless one is given; gives the id."""
        frame.setdefault("id", f"frame-{next(NUMBERS):06}")
        await self.socket.send(json.dumps(frame))
        return str(frame["id"])

    async def next(self) -> Frame:
        """The next frame that nobody has looked at."""
        if self._read == len(self.frames):
            async with asyncio.timeout(PATIENCE_S):
                self.frames.append(json.loads(await self.socket.recv()))
        self._read += 1
        frame = self.frames[self._read - 1]
        self.conversation = frame.get("conversation") or self.conversation
        return frame

    async def until(self, **wanted: Any) -> Frame:
        """The next frame with these fields; what comes before it is passed over."""
        fits = having(**wanted)
        while not fits(frame := await self.next()):
            pass
        return frame

    async def closed_with(self) -> int:
        """The code with which the server closes, after what it says first."""
        with pytest.raises(ConnectionClosed) as closed:
            await self.until(type="nothing that is ever sent")
        assert closed.value.rcvd is not None, "The connection was lost, not closed."
        return closed.value.rcvd.code

    async def hello(self, **fields: Any) -> Frame:
        """Say hello and wait until the greeting is over."""
        await self.socket.send(json.dumps(hello(**fields)))
        self.welcome = await self.until(type="welcome")
        await self.until(type="state")
        return self.welcome

    async def say(self, text: str) -> Frame:
        """Say something and give the assistant's reply."""
        await self.send(type="say", text=text)
        return await self.until(type="message", author="assistant")

    async def ping(self) -> list[Frame]:
        """Everything that came until a pong."""
        before = self._read
        await self.socket.send('{"type": "ping"}')
        await self.until(type="pong")
        return self.frames[before : self._read - 1]


OpenTab = Callable[..., Awaitable[Tab]]
