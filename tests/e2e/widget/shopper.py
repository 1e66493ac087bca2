"""What a test holds of a shopper's tab."""

from typing import Any, Self
from urllib.parse import urlencode

from playwright.sync_api import Page, expect

from scripts.browser import Chat
from tests.e2e.fake_server import FakeServer


class Shop(Chat):
    """The checkout in one tab, and the widget on it."""

    def __init__(self, page: Page, server: FakeServer) -> None:
        super().__init__(page)
        self.server = server
        self.errors: list[str] = []
        page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def go(self, step: str = "payment", **wanted: str) -> Self:
        """Load the page and wait for the launcher; `wanted` as in shop.page."""
        self.page.goto(f"{self.server.url}/checkout/{step}?{urlencode(wanted)}")
        expect(self.page.locator("html[data-ready]")).to_be_attached()
        return self

    def wait_for_the_shopper(self) -> Self:
        """From the next page on, a lost connection comes back only when the shopper asks for it."""
        self.page.add_init_script("Math.random = () => 10_000;")
        return self

    def call(self, method: str, *args: Any) -> None:
        script = "([method, args]) => document.querySelector('checkout-chat')[method](...args)"
        self.page.evaluate(script, [method, list(args)])
