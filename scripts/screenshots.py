"""Make the pictures in docs/images from the running system.

    python -m scripts.screenshots [--all DIR]

With --all DIR every state is photographed at 1280 and 360 px into DIR, to be looked at.
"""

import argparse
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from scripts.browser import EMPTY_CARD, PATIENCE_MS, DemoShop, Desk, chromium, window
from scripts.stack import AGENT, Stack
from scripts.steps import ROOT, say

IMAGES = ROOT / "docs" / "images"
QUESTION = "will i be charged twice if i try again"
FOR_A_PERSON = "do you rent out ice axes by the weekend"


def shopper_asks(shop: DemoShop, shots: Path, width: int) -> None:
    """A declined card, its article, a question, and a wish for a person."""
    page = shop.page

    def shot(name: str) -> None:
        page.wait_for_timeout(300)
        page.screenshot(path=shots / f"{name}-{width}.png")

    shop.go()
    shot("cart")
    if not page.get_by_label("Coupon code").is_visible():
        page.locator("#shop summary").first.click()  # on a phone the order is folded away
    shop.apply_coupon("SUMMER20")
    page.locator("h1").click()
    expect(shop.nudge).to_be_visible()
    shot("coupon-nudge")
    shop.nudge.get_by_role("button", name="Not now").click()
    shop.go_to_payment()
    shot("payment")
    shop.pay_with(EMPTY_CARD)
    page.wait_for_timeout(1500)
    shot("declined-field-focused")
    shop.leave_field("not placed")
    expect(shop.nudge).to_be_visible()
    shot("declined-nudge")
    shop.nudge.get_by_role("button", name="Read more").click()
    expect(shop.panel).to_be_visible()
    shot("offer")
    shop.say(QUESTION)
    expect(shop.bubbles.last).to_be_visible(timeout=PATIENCE_MS)
    page.wait_for_timeout(1500)
    shot("answer")
    shop.say("refund")
    page.wait_for_timeout(1500)
    shot("clarify")
    shop.say(FOR_A_PERSON)
    page.wait_for_timeout(1500)
    shot("hand-over")


def desk_answers(desk: Desk, shots: Path) -> None:
    desk.page.wait_for_timeout(300)
    desk.page.screenshot(path=shots / "desk-queue.png")
    desk.open(FOR_A_PERSON)
    desk.claim()
    desk.reply("We don't rent gear ourselves. The alpine club in Innsbruck does, from 8 € a day.")
    desk.page.wait_for_timeout(500)
    desk.page.screenshot(path=shots / "desk.png")


def take_all(browser: Browser, stack: Stack, shots: Path) -> None:
    desk = Desk(browser.new_page(**window(1280, 800)), stack.url).sign_in(AGENT)
    for width in (1280, 360):
        shopper_asks(DemoShop(browser.new_page(**window(width, 760)), stack.url), shots, width)
    desk_answers(desk, shots)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", type=Path, help="keep every picture in this folder")
    kept: Path | None = parser.parse_args().all
    with tempfile.TemporaryDirectory() as folder:
        shots = kept or Path(folder) / "shots"
        shots.mkdir(parents=True, exist_ok=True)
        with Stack(Path(folder) / "stack") as stack, sync_playwright() as playwright:
            browser = playwright.chromium.launch(**chromium())
            take_all(browser, stack, shots)
            browser.close()
        IMAGES.mkdir(parents=True, exist_ok=True)
        for name, source in {"widget": "answer-1280", "desk": "desk"}.items():
            (IMAGES / f"{name}.png").write_bytes((shots / f"{source}.png").read_bytes())
            say(f"  docs/images/{name}.png")


if __name__ == "__main__":
    main()
