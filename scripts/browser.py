"""The demo shop and the desk in a real browser, as shopper and agent use them: for tests and screenshots."""

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from playwright.sync_api import Locator, Page, expect

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 20_000
GOOD_CARD = "4242424242424242"
EMPTY_CARD = "4000000000009995"
ADDRESS = {
    "email": "anna@example.org",
    "name": "Anna Gruber",
    "street": "Leopoldstraße 7",
    "postcode": "6020",
    "city": "Innsbruck",
}


def find_chromium() -> str | None:
    """The browser on PATH: the headless shell, four times as fast to open a page, else Chromium."""
    return shutil.which("chromium-headless-shell") or shutil.which("chromium")


def chromium() -> dict[str, Any]:
    """What Playwright needs to start the browser."""
    return {"executable_path": find_chromium(), "args": CHROMIUM_FLAGS}


def window(width: int, height: int, **more: Any) -> dict[str, Any]:
    """What Playwright needs for a window of a person in Austria who reads English; `more` as it takes it."""
    return {
        "viewport": {"width": width, "height": height},
        "locale": "en-GB",
        "timezone_id": "Europe/Vienna",
        "color_scheme": "light",
        "reduced_motion": "reduce",
    } | more


@dataclass
class Chat:
    """The chat on a page of a shop."""

    page: Page

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

    def open_chat(self) -> Self:
        self.launcher.click()
        expect(self.panel).to_be_visible()
        return self

    def say(self, text: str) -> None:
        self.field.fill(text)
        self.field.press("Enter")


@dataclass
class Checkout:
    """The demo shop's checkout in one tab."""

    page: Page

    def go_to_address(self) -> None:
        self.page.get_by_role("button", name="Go to checkout").click()
        expect(self.page).to_have_url(re.compile("/demo/address$"))

    def fill_in_address(self, changed: Mapping[str, str] | None = None) -> None:
        for name, value in (ADDRESS | dict(changed or {})).items():
            self.page.locator(f"#shop #{name}").fill(value)
        self.page.get_by_role("button", name="Continue to delivery").click()

    def go_to_payment(self) -> None:
        self.go_to_address()
        self.fill_in_address()
        self.page.get_by_role("button", name="Continue to payment").click()
        expect(self.page).to_have_url(re.compile("/demo/payment$"))

    def pay_with(self, card: str) -> None:
        self.page.get_by_label("Card number").fill(card)
        self.page.get_by_label("Expiry").fill("0928")
        self.page.get_by_label("Security code").fill("123")
        self.page.get_by_label("Name on card").fill("Anna Gruber")
        self.page.get_by_role("button", name="Continue to review").click()
        self.page.get_by_role("button", name=re.compile("^Pay ")).click()

    def leave_field(self, trouble: str) -> None:
        """Once the shop says what is wrong and has put the cursor in a field: click beside it."""
        alert = self.page.get_by_role("alert").filter(has_text=re.compile(trouble, re.IGNORECASE))
        expect(alert.first).to_be_visible()
        self.page.locator("h1").click()

    def apply_coupon(self, code: str) -> None:
        self.page.get_by_label("Coupon code").fill(code)
        self.page.get_by_role("button", name="Apply").click()


@dataclass
class DemoShop(Checkout, Chat):
    """The demo shop of a running system, with the chat on it."""

    url: str

    def go(self, step: str = "") -> Self:
        """Load the page, and wait for the chat's launcher."""
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.goto(f"{self.url}/demo/{step}")
        expect(self.launcher).to_be_visible(timeout=PATIENCE_MS)
        return self


@dataclass
class Desk:
    """The desk in one tab."""

    page: Page
    url: str

    def sign_in(self, account: Mapping[str, str]) -> Self:
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.goto(f"{self.url}/desk")
        self.page.locator("[name=email]").fill(account["email"])
        self.page.locator("[name=password]").fill(account["password"])
        self.page.locator(".sign-in button.primary").click()
        expect(self.page.locator("[data-test=waiting]")).to_be_visible()
        return self

    def item(self, words: str) -> Locator:
        """The conversation in the list whose line holds these words."""
        return self.page.locator("button.item").filter(has_text=words)

    def story(self, name: str) -> Locator:
        return self.page.locator(f"[data-story='{name}']")

    def open(self, words: str) -> None:
        self.item(words).first.click()
        expect(self.story("question")).to_be_visible()

    def claim(self) -> None:
        self.page.locator("[data-test=claim]").click()
        expect(self.page.locator("[data-test=composer]")).to_be_visible()

    def reply(self, text: str) -> None:
        field = self.page.locator("[data-test=composer] textarea")
        field.fill(text)
        self.page.locator("[data-test=composer] button[type=submit]").click()
