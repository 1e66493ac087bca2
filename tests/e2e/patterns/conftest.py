"""The built patterns on a server of their own, and one page for all of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from scripts.browser import PATIENCE_MS, window
from tests.e2e.fake_server import FakeServer, serving
from tests.e2e.patterns.frames import Frames

BUILT = Path(__file__).parents[3] / "bot" / "static" / "patterns"


@pytest.fixture(scope="session")
def pages() -> Iterator[FakeServer]:
    assert (BUILT / "frame.js").is_file(), "The patterns are not built. Build them: make setup"
    with serving(Path(__file__).with_name("pages.py")) as server:
        yield server


@pytest.fixture(scope="session")
def one_page(browser: Browser, pages: FakeServer) -> Iterator[Frames]:
    context = browser.new_context(**window(1280, 800))
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    yield Frames(page, pages.url)
    context.close()


@pytest.fixture
def frames(one_page: Frames) -> Frames:
    """The page as it is at the start: 1280 px, light, no motion, the page's own colours."""
    one_page.page.set_viewport_size({"width": 1280, "height": 800})
    one_page.page.emulate_media(color_scheme="light", reduced_motion="reduce", forced_colors="none")
    return one_page
