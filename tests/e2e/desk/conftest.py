"""A browser and the desk's built screen in front of a small server of its own."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from scripts.browser import window
from tests.e2e.fake_server import FakeServer, serving

ASSETS = Path(__file__).parents[3] / "bot" / "static" / "desk"


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    return window(1440, 900)


@pytest.fixture(scope="session")
def running_server() -> Iterator[FakeServer]:
    assert (ASSETS / "manifest.json").is_file(), "The desk is not built. Build it: make setup"
    with serving(Path(__file__).with_name("fake_desk.py")) as server:
        yield server


@pytest.fixture
def server(running_server: FakeServer) -> FakeServer:
    """The server as it is at the start, signed out."""
    running_server.play("reset")
    return running_server


@pytest.fixture
def desk(page: Page, server: FakeServer, complaints: list[str]) -> Page:
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
    expect(paid_twice.get_by_role("log")).to_contain_text("is with you now")
    return paid_twice


@pytest.fixture(scope="session", autouse=True)
def how_to_look(playwright: Any) -> None:
    playwright.selectors.set_test_id_attribute("data-test")


@pytest.fixture
def built_files() -> dict[str, Any]:
    """The built files of the desk with their sizes, by name."""
    found: dict[str, Any] = json.loads((ASSETS / "manifest.json").read_text("utf-8"))["files"]
    return found
