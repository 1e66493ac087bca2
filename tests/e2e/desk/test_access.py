"""Keyboard, screen reader, dark and light, and how much is loaded."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.accessibility import assert_accessible
from tests.e2e.fake_server import FakeServer

FIRST_LOAD_BYTES = 40_000


def test_the_first_load_is_at_most_40_kb(built_files: dict[str, Any]) -> None:
    sizes = {name: file["gzip"] for name, file in built_files.items()}
    assert sum(sizes.values()) <= FIRST_LOAD_BYTES, sizes


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 1024])
def test_axe_finds_nothing_on_any_screen(
    browser: Browser, server: FakeServer, scheme: Any, width: int
) -> None:
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 900}, locale="en-GB"
    )
    page = context.new_page()
    page.goto(f"{server.url}/desk")
    expect(page.get_by_role("heading", name="Sign in to the desk")).to_be_visible()
    assert_accessible(page)
    server.play("sign_in")
    page.reload()
    expect(page.get_by_test_id("waiting")).to_be_visible()
    assert_accessible(page)
    page.locator("[data-conversation=c-paid-twice]").click()
    expect(page.locator("[data-seq='5']")).to_be_visible()
    page.get_by_test_id("claim").click()
    expect(page.locator("#reply")).to_be_visible()
    assert_accessible(page)
    for button in ("hand-back", "close"):
        page.get_by_test_id(button).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        assert_accessible(page)
        page.keyboard.press("Escape")
    page.get_by_role("tab", name="All").click()
    expect(page.locator("[data-conversation=c-closed-01]")).to_be_visible()
    if width == 1024:
        page.get_by_role("button", name="Story", exact=True).click()
    server.play("refuse", on=True)
    server.play("drop")
    expect(page.get_by_test_id("lost")).to_be_visible()
    assert_accessible(page)
    context.close()


def test_a_conversation_is_found_claimed_and_answered_by_keyboard_alone(desk: Page) -> None:
    desk.keyboard.press("j")
    expect(desk.locator("[data-conversation=c-paid-twice]")).to_be_focused()
    desk.keyboard.press("j")
    expect(desk.locator("[data-conversation=c-hold-jacket]")).to_be_focused()
    desk.keyboard.press("ArrowUp")
    desk.keyboard.press("Enter")
    expect(desk.locator("[data-seq='5']")).to_be_visible()
    desk.keyboard.press("c")
    expect(desk.locator("#reply")).to_be_visible()
    desk.keyboard.press("r")
    expect(desk.locator("#reply")).to_be_focused()
    desk.keyboard.type("by keyboard c j k ?")
    desk.keyboard.press("Enter")
    expect(desk.locator("[data-author=agent]")).to_contain_text("by keyboard c j k ?")
    desk.keyboard.press("Escape")
    desk.keyboard.press("x")
    expect(desk.get_by_role("dialog", name="Close the conversation")).to_be_visible()


def test_a_question_mark_lists_the_keys_and_single_letters_can_be_turned_off(desk: Page) -> None:
    desk.keyboard.press("?")
    keys = desk.get_by_role("dialog", name="Keys")
    expect(keys).to_contain_text("claim or take over")
    keys.get_by_label("Use single-letter keys").uncheck()
    keys.get_by_role("button", name="Done").click()
    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog")).to_have_count(0)
    desk.reload()
    expect(desk.get_by_test_id("waiting")).to_be_visible()
    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog")).to_have_count(0)


def test_a_wait_shows_its_skeleton_only_after_400_ms(
    page: Page, server: FakeServer, complaints: list[str]
) -> None:
    server.play("sign_in")
    server.play("hold_welcome", on=True)
    page.goto(f"{server.url}/desk")
    skeleton = page.locator(".queue .skeleton")
    expect(skeleton).to_be_visible()
    assert skeleton.evaluate("it => getComputedStyle(it).animationDelay") == "0.4s"
    server.play("hold_welcome", on=False)
    expect(page.get_by_test_id("waiting")).to_have_text("Waiting 3")
    expect(skeleton).to_have_count(0)


def test_nothing_is_wider_than_the_window_at_1024_px(paid_twice: Page) -> None:
    paid_twice.set_viewport_size({"width": 1024, "height": 768})
    assert paid_twice.evaluate("document.documentElement.scrollWidth") == 1024
