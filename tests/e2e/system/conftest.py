"""Real browsers in front of the three real processes."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from scripts.browser import DemoShop, Desk, window
from scripts.stack import AGENT, Stack


@pytest.fixture
def shop(stack: Stack, page: Page) -> DemoShop:
    """The cart of a new shopper, with the chat's launcher on it."""
    return DemoShop(page, stack.url).go()


@pytest.fixture
def desk(stack: Stack, browser: Browser) -> Iterator[Desk]:
    """Maya's desk, signed in, in a browser of her own."""
    context = browser.new_context(**window(1440, 900))
    yield Desk(context.new_page(), stack.url).sign_in(AGENT)
    context.close()
