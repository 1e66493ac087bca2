"""Axe, rulers and the content policy in every visual state of widget and desk."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.patterns.frames import COLOURS, Frames

# One of each kind of thing that is drawn.
A_FEW = {
    "widget": ["nudge", "answer-more", "chosen", "waiting", "contact", "refused", "offline", "long"],
    "desk": ["sign-in-wrong", "queue", "claimed", "close", "lost"],
}
LANGUAGES = {"en": "left to right", "ar": "right to left"}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("of", A_FEW)
def test_axe_finds_nothing_in_light_and_in_dark(frames: Frames, of: str, lang: str) -> None:
    found = []
    for state in frames.states(of):
        found += [f"{state}: {fault}" for fault in frames.show(of, state, lang) + frames.faults()]
        frames.darken()
        found += [f"{state}, dark: {fault}" for fault in frames.faults(COLOURS)]
    assert found == []


@pytest.mark.parametrize("of", A_FEW)
def test_at_320_px_nothing_is_wider_than_the_screen(frames: Frames, of: str) -> None:
    frames.page.set_viewport_size({"width": 320, "height": 640})
    found = []
    for state in frames.states(of):
        frames.page.set_viewport_size({"width": 320, "height": 640})
        found += [f"{state}: {what}" for what in frames.show(of, state) + frames.too_wide()]
        if state in A_FEW[of]:
            found += [f"{state}: {fault}" for fault in frames.faults()]
    assert found == []


@pytest.mark.parametrize("of", A_FEW)
def test_with_text_twice_as_large_nothing_is_cut_off_sideways(frames: Frames, of: str) -> None:
    frames.page.set_viewport_size({"width": 640, "height": 800})
    found = []
    for state in A_FEW[of]:
        found += frames.show(of, state)
        frames.double_text()
        found += [f"{state}: {what}" for what in frames.too_wide() + frames.faults()]
    assert found == []


@pytest.mark.parametrize("of", A_FEW)
def test_axe_finds_nothing_with_the_colours_of_the_system(frames: Frames, of: str) -> None:
    frames.page.emulate_media(forced_colors="active")
    found = []
    for state in A_FEW[of]:
        found += [f"{state}: {fault}" for fault in frames.show(of, state) + frames.faults()]
    assert found == []


@pytest.mark.parametrize(("of", "state"), [("widget", "typing"), ("widget", "nudge"), ("desk", "loading")])
def test_nothing_moves_by_itself(frames: Frames, of: str, state: str) -> None:
    frames.page.emulate_media(reduced_motion="no-preference")
    assert frames.show(of, state) == []
    assert frames.moving() == []


@pytest.mark.parametrize(("wanted", "takes"), [("no-preference", "0.12s"), ("reduce", "0s")])
def test_the_desks_switch_slides_only_where_motion_is_fine(frames: Frames, wanted: Any, takes: str) -> None:
    frames.page.emulate_media(reduced_motion=wanted)
    assert frames.show("desk", "queue") == []
    expect(frames.page.locator(".switch")).to_have_css("transition-duration", takes)


def test_the_index_lists_every_state_under_a_heading_with_its_frame(frames: Frames) -> None:
    frames.states("widget")
    headings = frames.page.get_by_role("heading", level=3).count()
    assert headings == frames.page.locator("iframe").count()
    assert headings >= 50
    titles = frames.page.locator("iframe").evaluate_all("all => all.map(({ title }) => title)")
    assert len(set(titles)) == headings
    assert frames.faults({"runOnly": ["wcag2a", "wcag2aa", "wcag22aa"], "iframes": False}) == []
    assert frames.complaints == []


def test_the_index_shows_states_as_they_are_asked_for(frames: Frames) -> None:
    frames.states("widget")
    frames.page.locator("[name=theme]").select_option("dark")
    frames.page.locator("[name=lang]").select_option("ar")
    first = frames.page.frame_locator("iframe").first.locator("html")
    expect(first).to_have_attribute("dir", "rtl")
    expect(first).to_have_attribute("data-theme", "dark")
    assert "theme=dark" in frames.page.url
