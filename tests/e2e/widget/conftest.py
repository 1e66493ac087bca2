"""A browser, a shop's checkout with the built widget on it, and a chat server that plays what tests ask."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.e2e.fake_server import FakeServer, serving
from tests.e2e.widget.shopper import Shop

STATIC = Path(__file__).parents[3] / "bot" / "static" / "widget"


@pytest.fixture(scope="session")
def manifest() -> dict[str, Any]:
    path = STATIC / "manifest.json"
    assert path.exists(), f"No widget at {STATIC}. Build it: npm --prefix web run build"
    built: dict[str, Any] = json.loads(path.read_text())
    return built


@pytest.fixture(scope="session")
def running_server(manifest: dict[str, Any]) -> Iterator[FakeServer]:
    with serving(Path(__file__).with_name("fake_chat.py")) as server:
        yield server


@pytest.fixture
def server(running_server: FakeServer) -> FakeServer:
    running_server.play("reset")
    return running_server


@pytest.fixture
def shop(page: Page, server: FakeServer) -> Shop:
    page.set_default_timeout(8_000)
    return Shop(page, server)


@pytest.fixture
def another_tab(page: Page, server: FakeServer) -> Callable[[], Shop]:
    """Another tab of the same browser."""
    return lambda: Shop(page.context.new_page(), server)
