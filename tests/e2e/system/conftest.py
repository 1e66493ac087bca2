"""Real browsers in front of the three real processes."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from scripts.browser import DemoShop, Desk
from scripts.stack import AGENT, Stack


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    return {
        "viewport": {"width": 1280, "height": 800},
        "locale": "en-GB",
        "timezone_id": "Europe/Vienna",
        "reduced_motion": "reduce",
    }


@pytest.fixture
def shop(stack: Stack, page: Page) -> DemoShop:
    """The cart of a new shopper, with the chat's launcher on it."""
    return DemoShop(page, stack.url).open()


@pytest.fixture
def desk(stack: Stack, browser: Browser) -> Iterator[Desk]:
    """Maya's desk, signed in, in a browser of her own."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    yield Desk(context.new_page(), stack.url).sign_in(AGENT)
    context.close()
