"""A browser, a shop's checkout with the built widget on it, and a chat server that plays what tests ask."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.e2e.widget.shopper import Server, Shop

STATIC = Path(__file__).parents[3] / "bot" / "static" / "widget"
STARTED_WITHIN_S = 20


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    return {
        "viewport": {"width": 1280, "height": 800},
        "locale": "en-GB",
        "timezone_id": "Europe/Vienna",
        "color_scheme": "light",
        "reduced_motion": "reduce",
    }


@pytest.fixture(scope="session")
def manifest() -> dict[str, Any]:
    path = STATIC / "manifest.json"
    assert path.exists(), f"No widget at {STATIC}. Build it: npm --prefix web run build"
    built: dict[str, Any] = json.loads(path.read_text())
    return built


@pytest.fixture(scope="session")
def running_server(manifest: dict[str, Any]) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, str(Path(__file__).with_name("fake_chat.py")), str(port)])
    server = Server(f"http://127.0.0.1:{port}")
    until = time.monotonic() + STARTED_WITHIN_S
    while not server.is_up():
        assert process.poll() is None, "The fake chat server ended before it was up."
        assert time.monotonic() < until, f"The fake chat server was not up within {STARTED_WITHIN_S} s."
        time.sleep(0.05)
    yield server
    server.close()
    process.terminate()
    process.wait(10)


@pytest.fixture
def server(running_server: Server) -> Server:
    running_server.play("reset")
    return running_server


@pytest.fixture
def shop(page: Page, server: Server) -> Shop:
    page.set_default_timeout(8_000)
    return Shop(page, server)


@pytest.fixture
def another_tab(page: Page, server: Server) -> Callable[[], Shop]:
    """Another tab of the same browser."""
    return lambda: Shop(page.context.new_page(), server)
