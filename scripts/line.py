"""One end of a WebSocket of the protocol in docs/protocol.md: what was heard can be waited for."""

import asyncio
import contextlib
import itertools
import json
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect

Frame = dict[str, Any]
ANSWER_TIMEOUT_S = 15.0


def having(**values: Any) -> Callable[[Frame], bool]:
    """Whether a frame has all of these values."""
    return lambda frame: all(frame.get(name) == value for name, value in values.items())


@dataclass
class Line:
    """One WebSocket: every frame received is kept in order in `frames`, with its time in `arrived_s`."""

    socket: ClientConnection
    frames: list[Frame] = field(default_factory=list)
    arrived_s: list[float] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _reader: "asyncio.Task[None] | None" = None
    _ids: "itertools.count[int]" = field(default_factory=itertools.count)
    _prefix: str = field(default_factory=lambda: uuid.uuid4().hex[:12])

    @classmethod
    async def open(cls, url: str, path: str, **how: Any) -> Self:
        """Connect to `path` of the server at `url` and begin to read; `how` is for the handshake."""
        line = cls(await connect(url.replace("http", "ws", 1) + path, **how))
        line._reader = asyncio.create_task(line._read())
        return line

    async def _read(self) -> None:
        try:
            async for text in self.socket:
                self.frames.append(json.loads(text))
                self.arrived_s.append(time.perf_counter())
                self._news.set()
        finally:
            self._news.set()

    def new_id(self) -> str:
        return f"{self._prefix}-{next(self._ids):06d}"

    async def send(self, frame: Mapping[str, Any]) -> None:
        await self.socket.send(json.dumps(frame))

    async def ask(self, frame: Frame, answer: str = "ack") -> Frame:
        """Send a frame, with a new id unless it has one; gives the `answer` or the `error` to that id."""
        frame = {"id": self.new_id(), **frame}
        since = len(self.frames)
        await self.send(frame)
        place = await self.wait(
            lambda f: f["type"] in {answer, "error"} and f.get("id") == frame["id"], since, what=answer
        )
        return self.frames[place]

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
class Party(ABC):
    """Somebody who takes part in a conversation: connected inside an `async with`."""

    url: str
    _line: Line | None = field(default=None, init=False, repr=False)

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.leave()

    @abstractmethod
    async def connect(self) -> Frame:
        """Open the line; gives the `welcome`."""

    async def leave(self) -> None:
        if self._line is not None:
            await self._line.close()

    @property
    def line(self) -> Line:
        """The line that `connect` opened."""
        assert self._line is not None, "Not connected. Call connect() first."
        return self._line

    @property
    def frames(self) -> list[Frame]:
        """Everything that came, in order."""
        return self.line.frames

    @property
    def messages(self) -> list[Frame]:
        return [frame for frame in self.frames if frame["type"] == "message"]

    async def send(self, frame: Frame) -> Frame:
        """Send a frame with an id, and give its `ack` (or the `error` about it)."""
        return await self.line.ask(frame)

    async def gets(self, since: int = 0, **values: Any) -> Frame:
        """The first frame from `since` on that has all of these values."""
        return self.frames[await self.line.wait(having(**values), since, what=str(values))]
