"""What a test holds of the fake chat server and of a shopper's tab."""

import time
from typing import Any
from urllib.parse import urlencode

import httpx
from playwright.sync_api import Locator, Page, expect


class Server:
    """The fake server from the outside."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = httpx.Client(base_url=url, timeout=5)

    def play(self, act: str, **asked: Any) -> Any:
        """Play people, the network or trouble; see fake_chat.py for the acts."""
        answer = self._client.post(f"/fake/{act}", json=asked)
        answer.raise_for_status()
        return answer.json()

    def received(self, kind: str) -> list[dict[str, Any]]:
        """The frames of one type that came since the start of the test."""
        return [frame for frame in self.play("received") if frame["type"] == kind]

    def wait_for(self, kind: str, count: int = 1) -> list[dict[str, Any]]:
        """The frames of one type, once there are so many."""
        until = time.monotonic() + 8
        while len(frames := self.received(kind)) < count:
            assert time.monotonic() < until, f"{len(frames)} of {count} {kind} frames came within 8 s"
            time.sleep(0.02)
        return frames

    def close(self) -> None:
        self._client.close()

    def is_up(self) -> bool:
        try:
            return self._client.get("/widget/manifest.json").is_success
        except httpx.TransportError:
            return False


class Shop:
    """The checkout in one tab, and the widget on it."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page = page
        self.server = server
        self.errors: list[str] = []
        page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def go(self, step: str = "payment", **wanted: str) -> "Shop":
        """Load the page and wait for the launcher; `wanted` as in shop.page."""
        self.page.goto(f"{self.server.url}/checkout/{step}?{urlencode(wanted)}")
        expect(self.page.locator("html[data-ready]")).to_be_attached()
        return self

    def open(self) -> "Shop":
        self.launcher.click()
        expect(self.panel).to_be_visible()
        return self

    def say(self, text: str) -> None:
        self.field.fill(text)
        self.field.press("Enter")

    def call(self, method: str, *args: Any) -> None:
        script = "([method, args]) => document.querySelector('checkout-chat')[method](...args)"
        self.page.evaluate(script, [method, list(args)])

    def find(self, selector: str) -> Locator:
        return self.page.locator(f"checkout-chat {selector}")

    @property
    def launcher(self) -> Locator:
        return self.find(".launcher")

    @property
    def panel(self) -> Locator:
        return self.find(".panel")

    @property
    def nudge(self) -> Locator:
        return self.find(".nudge")

    @property
    def field(self) -> Locator:
        return self.find(".composer textarea")

    @property
    def bubbles(self) -> Locator:
        return self.find(".bubble")
