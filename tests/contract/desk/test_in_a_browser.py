"""The built desk in a browser, in front of the real server."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from scripts.browser import PATIENCE_MS, chromium, window
from tests.contract.desk.people import MAYA, PASSWORD, StaffedBot, asks_for_a_person
from tests.contract.tab import OpenTab

BUILT = Path(__file__).parents[3] / "bot" / "static"
TEXT = "PayPal is slow; cards work."


@pytest.fixture
async def desk(bot: StaffedBot, tmp_path: Path) -> AsyncIterator[Page]:
    """Maya's desk, signed in."""
    assert (BUILT / "desk" / "manifest.json").is_file(), "The desk is not built. Build it: make setup"
    (tmp_path / "static").symlink_to(BUILT)
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        playwright.selectors.set_test_id_attribute("data-test")
        browser = await playwright.chromium.launch(**chromium())
        page = await (await browser.new_context(**window(1280, 800))).new_page()
        await page.goto(f"{bot.url}/desk")
        await page.get_by_label("E-mail").fill(MAYA)
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.get_by_test_id("waiting")).to_be_visible()
        yield page
        await browser.close()


async def test_a_notice_added_at_the_desk_reaches_the_shopper_and_its_end_too(
    bot: StaffedBot, desk: Page, open_tab: OpenTab
) -> None:
    tab = await open_tab(bot)
    await desk.keyboard.press("n")
    await desk.get_by_role("button", name="Add a notice").click()
    await desk.get_by_label("What shoppers should know").fill(TEXT)
    await desk.get_by_label("Payment methods").fill("PayPal")
    await desk.get_by_role("button", name="Add", exact=True).click()
    now = desk.get_by_test_id("notices-now")
    await expect(now).to_contain_text(TEXT)
    [told] = (await tab.until(type="notices"))["notices"]
    assert (told["text"], told["methods"]) == (TEXT, ["paypal"])
    asked = await tab.send(type="notify_me", notice=told["id"])
    await tab.until(type="ack", id=asked)
    await desk.reload()
    await expect(now.get_by_test_id("asked")).to_have_text("1 shopper asked to be told when it is over")
    await desk.get_by_role("button", name="End now").click()
    await desk.get_by_role("dialog").get_by_role("button", name="End now").click()
    await expect(desk.get_by_test_id("notices-past")).to_contain_text(TEXT)
    assert (await tab.until(type="notices"))["notices"] == []


async def test_a_chat_its_shopper_erases_is_taken_off_the_screen(bot: StaffedBot, desk: Page) -> None:
    async with bot.shopper() as shopper:
        chat = await asks_for_a_person(shopper)
        await desk.locator(f"[data-conversation={chat}]").click()
        await desk.get_by_test_id("claim").click()
        await desk.locator("#reply").fill("Hello, this is")
        await shopper.send({"type": "erase"})
        await expect(desk.get_by_test_id("erased")).to_contain_text("The shopper erased this chat")
        await expect(desk.locator("#reply")).to_have_count(0)
        await expect(desk.get_by_test_id("waiting")).to_have_text("No one waiting")
