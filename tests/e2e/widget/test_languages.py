"""The widget's own words: in the shopper's language, from right to left where it is written so, else in English."""

from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from tests.e2e.widget.shopper import Shop


def test_in_arabic_the_words_and_the_whole_panel_go_from_right_to_left(shop: Shop) -> None:
    shop.go(lang="ar", protect=".none")
    launcher = shop.launcher.bounding_box()
    assert launcher is not None
    assert launcher["x"] == 24
    shop.open_chat()
    expect(shop.find(".root")).to_have_attribute("dir", "rtl")
    expect(shop.find(".root")).to_have_attribute("lang", "ar")
    expect(shop.page.get_by_role("dialog", name="مساعدة Fernhill")).to_be_visible()
    field, send = shop.field.bounding_box(), shop.find(".send").bounding_box()
    assert field is not None
    assert send is not None
    assert send["x"] + send["width"] < field["x"]
    shop.say("delivery")
    expect(shop.bubbles).to_have_count(2)
    said, answered = (shop.bubbles.nth(place).bounding_box() for place in (0, 1))
    assert said is not None
    assert answered is not None
    assert said["x"] < answered["x"]
    expect(shop.page.get_by_role("group", name="هل أفادك هذا؟").get_by_role("button")).to_have_text(
        ["نعم", "لا"]
    )
    assert shop.errors == []


@pytest.mark.parametrize(
    ("lang", "title"),
    [("fr-CA", "Aide de Fernhill"), ("de", "Hilfe von Fernhill"), ("es", "Ayuda de Fernhill")],
)
def test_a_language_is_taken_whatever_its_country(shop: Shop, lang: str, title: str) -> None:
    shop.go(lang=lang).open_chat()
    expect(shop.page.get_by_role("dialog", name=title)).to_be_visible()
    expect(shop.find(".root")).to_have_attribute("lang", lang[:2])
    expect(shop.find(".root")).to_have_attribute("dir", "ltr")


@pytest.mark.parametrize("lang", ["pt-BR", "frr", "x"])
def test_a_language_without_words_is_english_and_nothing_is_fetched(shop: Shop, lang: str) -> None:
    shop.go(lang=lang).open_chat()
    expect(shop.page.get_by_role("dialog", name="Fernhill help")).to_be_visible()
    assert shop.errors == []


@pytest.mark.parametrize("status", [404, 200])
def test_words_that_cannot_be_had_are_english(shop: Shop, status: int) -> None:
    def refuse(route: Route) -> None:
        route.fulfill(status=status, content_type="text/html", body="<p>Not here</p>")

    shop.page.route("**/words/de.json", refuse)
    shop.go(lang="de").open_chat()
    expect(shop.page.get_by_role("dialog", name="Fernhill help")).to_be_visible()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("lang", ["ar", "de", "es", "fr"])
def test_the_words_fit_on_the_screen(shop: Shop, lang: str, width: int, tmp_path: Path) -> None:
    shop.page.set_viewport_size({"width": width, "height": 720})
    shop.go(lang=lang).open_chat()
    shop.say("delivery")
    expect(shop.bubbles).to_have_count(2)
    shop.find(".foot > .link").click()
    expect(shop.find(".strip").first).to_be_visible()
    shop.page.screenshot(path=tmp_path / f"{lang}-{width}.png")
    assert shop.panel.evaluate("(panel) => panel.scrollWidth <= panel.clientWidth")
    for button in shop.find("button:visible").all():
        assert button.evaluate("(it) => it.scrollWidth <= it.clientWidth"), button.text_content()
