"""A fake server of its own process, from the outside: its address, and what a test can make it play."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from scripts.stack import free_port

STARTED_WITHIN_S = 60
PROJECT = Path(__file__).parents[2]
PATIENCE_S = 20  # what is right comes at once; a busy machine may take longer


class FakeServer:
    """Plays people, the network and trouble; the acts stand in the server's own module."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = httpx.Client(base_url=url, timeout=PATIENCE_S)

    def play(self, act: str, **asked: Any) -> Any:
        answer = self._client.post(f"/fake/{act}", json=asked)
        answer.raise_for_status()
        return answer.json()

    def received(self, kind: str) -> list[dict[str, Any]]:
        """The frames of one type that came since the start of the test."""
        return [frame for frame in self.play("received") if frame["type"] == kind]

    def wait_for(self, kind: str, count: int = 1) -> list[dict[str, Any]]:
        """The frames of one type, once there are so many."""
        until = time.monotonic() + PATIENCE_S
        while len(frames := self.received(kind)) < count:
            assert time.monotonic() < until, f"{len(frames)} of {count} {kind} frames came in {PATIENCE_S} s"
            time.sleep(0.02)
        return frames

    def is_up(self) -> bool:
        try:
            return bool(self.play("received") == [])
        except httpx.TransportError:
            return False

    def close(self) -> None:
        self._client.close()


@contextmanager
def serving(script: Path) -> Iterator[FakeServer]:
    """The server that `python SCRIPT PORT` runs, once it is up."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, str(script), str(port)], env={**os.environ, "PYTHONPATH": str(PROJECT)}
    )
    server = FakeServer(f"http://127.0.0.1:{port}")
    try:
        until = time.monotonic() + STARTED_WITHIN_S
        while not server.is_up():
            assert process.poll() is None, f"{script.name} ended at its start."
            assert time.monotonic() < until, f"{script.name} was not up within {STARTED_WITHIN_S} s."
            time.sleep(0.05)
        yield server
    finally:
        server.close()
        process.terminate()
        process.wait(10)
