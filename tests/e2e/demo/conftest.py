"""A browser in front of the built demo shop, without a server: what the shop tells the chat can be read."""

import mimetypes
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from scripts.browser import Checkout, window

BUILT = Path(__file__).parents[3] / "bot" / "static" / "demo"
SHOP = "http://shop.test"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws: wss:; "
    "img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    return window(1280, 760)


def serve(route: Route) -> None:
    """A built file, else the page itself; the widget is left out, so that calls to it wait in the page."""
    path = route.request.url.removeprefix(SHOP).split("?")[0]
    if path.startswith("/widget/"):
        return route.abort()
    found = BUILT / path.removeprefix("/demo/")
    if not found.is_file():
        found = BUILT / "index.html"
    return route.fulfill(
        body=found.read_bytes(),
        headers={
            "Content-Type": mimetypes.guess_type(found.name)[0] or "text/html",
            "Content-Security-Policy": CSP,
        },
    )


@pytest.fixture
def shop(page: Page, complaints: list[str]) -> Page:
    """The cart, as a new shopper sees it."""
    assert (BUILT / "index.html").is_file(), "The demo shop is not built. Build it: make setup"
    page.route(f"{SHOP}/**", serve)
    page.goto(f"{SHOP}/demo/")
    page.get_by_role("heading", name="Your cart").wait_for()
    return page


@pytest.fixture
def checkout(shop: Page) -> Checkout:
    """The same, with the ways through it."""
    return Checkout(shop)


@pytest.fixture
def told(shop: Page) -> Callable[[str], list[list[Any]]]:
    """What the shop has told the chat by one of its methods, oldest first."""

    def calls(method: str) -> list[list[Any]]:
        waiting: list[list[Any]] = shop.evaluate("window.checkoutChat ?? []")
        return [call[1:] for call in waiting if call[0] == method]

    return calls
