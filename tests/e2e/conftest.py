"""One way to start the browser, and one patience, for every browser test."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from scripts.browser import PATIENCE_MS, chromium, window


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return chromium()


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    return window(1280, 800)


@pytest.fixture(scope="session", autouse=True)
def patience() -> None:
    """What is right comes at once; a busy machine may take longer."""
    expect.set_options(timeout=PATIENCE_MS)


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
