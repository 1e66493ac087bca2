"""A browser and the desk's built screen in front of a small server of its own."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

ASSETS = Path(__file__).parents[3] / "bot" / "static" / "desk"
STARTED_WITHIN_S = 60
PATIENCE_S = 20  # what is right comes at once; a busy machine may take longer


class Server:
    """The fake server from the outside: its address and what a test can make it play."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = httpx.Client(base_url=url, timeout=PATIENCE_S)

    def play(self, act: str, **asked: Any) -> Any:
        """Play the shopper, a colleague or the network; see fake_desk.py for the acts."""
        answer = self._client.post(f"/fake/{act}", json=asked)
        answer.raise_for_status()
        return answer.json()

    def received(self, kind: str) -> list[dict[str, Any]]:
        """The frames of one type that desks have sent since the start of the test."""
        return [frame for frame in self.play("received") if frame["type"] == kind]

    def wait_for(self, kind: str, count: int = 1) -> list[dict[str, Any]]:
        """The frames of one type, once there are so many."""
        until = time.monotonic() + PATIENCE_S
        while len(frames := self.received(kind)) < count:
            assert time.monotonic() < until, f"{len(frames)} of {count} {kind} frames came in time"
            time.sleep(0.02)
        return frames

    def close(self) -> None:
        self._client.close()

    def is_up(self) -> bool:
        try:
            return self._client.get("/desk").is_success
        except httpx.TransportError:
            return False


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    return {
        "viewport": {"width": 1440, "height": 900},
        "locale": "en-GB",
        "timezone_id": "Europe/Vienna",
        "color_scheme": "light",
        "reduced_motion": "reduce",
    }


@pytest.fixture(scope="session")
def running_server() -> Iterator[Server]:
    assert (ASSETS / "manifest.json").is_file(), "The desk is not built. Build it: make setup"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = Path(__file__).with_name("fake_desk.py")
    process = subprocess.Popen([sys.executable, str(script), "--port", str(port), "--assets", str(ASSETS)])
    server = Server(f"http://127.0.0.1:{port}")
    try:
        until = time.monotonic() + STARTED_WITHIN_S
        while not server.is_up():
            assert process.poll() is None, "The fake server ended at its start"
            assert time.monotonic() < until, f"The fake server was not up within {STARTED_WITHIN_S} s"
            time.sleep(0.05)
        yield server
    finally:
        server.close()
        process.terminate()
        process.wait(timeout=10)


@pytest.fixture
def server(running_server: Server) -> Server:
    """The server as it is at the start, signed out."""
    running_server.play("reset")
    return running_server


@pytest.fixture
def complaints(page: Page) -> Iterator[list[str]]:
    """What the page complained about: script errors and what the content policy blocked."""
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on(
        "console", lambda line: said.append(line.text) if "Content Security Policy" in line.text else None
    )
    yield said
    assert said == []


@pytest.fixture
def desk(page: Page, server: Server, complaints: list[str]) -> Page:
    """The desk's screen, signed in and connected."""
    server.play("sign_in")
    page.goto(f"{server.url}/desk")
    expect(page.get_by_test_id("waiting")).to_have_text("Waiting 3")
    return page


@pytest.fixture
def paid_twice(desk: Page) -> Page:
    """The desk with the first conversation of the queue open and its story there."""
    desk.get_by_role("button", name="paid twice").click()
    expect(desk.locator("[data-story=brief] li")).to_have_count(3)
    return desk


@pytest.fixture
def claimed(paid_twice: Page) -> Page:
    """The same, claimed by the one who is signed in."""
    paid_twice.get_by_test_id("claim").click()
    expect(paid_twice.get_by_label("Reply to Anna Gruber")).to_be_visible()
    return paid_twice


@pytest.fixture(scope="session", autouse=True)
def how_to_look(playwright: Any) -> None:
    playwright.selectors.set_test_id_attribute("data-test")
    expect.set_options(timeout=PATIENCE_S * 1000)


@pytest.fixture
def built_files() -> dict[str, Any]:
    """The built files of the desk with their sizes, by name."""
    found: dict[str, Any] = json.loads((ASSETS / "manifest.json").read_text("utf-8"))["files"]
    return found
