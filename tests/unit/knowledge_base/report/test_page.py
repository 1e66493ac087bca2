"""The page needs nothing but itself, and everybody can read it."""

import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any

import pytest

from knowledge_base.report.figures import Run, figures
from knowledge_base.report.page import render

VOID = {"meta", "br", "link", "img", "hr", "input"}


class Reader(HTMLParser):
    """Tags and attributes of a page; complains of what is not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def suites(run: Run) -> list[dict[str, Any]]:
    first = figures(run)
    changed = {key: ["handed over", ""] for key in first["outcomes"]}
    return [figures(run, {**first, "outcomes": changed}), {**first, "suite": "another suite/2"}]


@pytest.fixture(scope="module")
def page(suites: list[dict[str, Any]]) -> str:
    return render(suites)


@pytest.fixture(scope="module")
def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    return reader


def test_nothing_is_fetched_and_nothing_runs(page: str, read: Reader) -> None:
    for name, attributes in read.tags:
        assert name not in {"script", "link", "img", "iframe", "object", "image", "base"}
        assert not any(attribute.startswith("on") or attribute == "src" for attribute in attributes)
        for attribute in ("href", "xlink:href"):
            assert (attributes.get(attribute) or "#").startswith("#")
    assert "@import" not in page
    assert set(re.findall(r"url\((.)", page)) <= {"#"}
    assert any("default-src 'none'" in (meta.get("content") or "") for meta in read.all("meta"))


def test_shoppers_words_are_text_and_never_markup(page: str) -> None:
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_every_chart_has_words_for_those_who_do_not_see_it(page: str, read: Reader) -> None:
    charts = read.all("svg")
    assert len(charts) == 6
    for chart in charts:
        assert chart["role"] == "img"
        for part in (chart["aria-labelledby"] or "").split():
            assert re.search(rf'id="{part}">[^<]+<', page)


def test_every_table_has_a_caption_and_headers_that_say_their_direction(read: Reader) -> None:
    assert len(read.all("table")) == len(read.all("caption")) > 10
    assert {header.get("scope") for header in read.all("th")} == {"col", "row"}


def test_no_id_stands_twice_and_every_link_leads_somewhere(read: Reader) -> None:
    ids = Counter(attributes["id"] for _, attributes in read.tags if attributes.get("id"))
    assert set(ids.values()) == {1}
    for link in read.all("a") + read.all("use"):
        assert (link["href"] or "")[1:] in ids


def test_colours_are_the_pages_so_that_charts_are_readable_in_the_dark(page: str) -> None:
    charts = "".join(re.findall(r"<svg.*?</svg>", page, re.DOTALL))
    assert set(re.findall(r"(?:stroke|fill): ([^;\"]+)", charts)) <= {
        "none",
        *(f"var(--{name})" for name in ("ink", "line", "accent", "bad", "soft")),
    }


def test_the_run_before_is_shown_where_there_is_one(page: str) -> None:
    assert page.count("What changed since the run before?") == 2
    assert page.count("This is the first run.") == 1
    assert "questions fared otherwise" in page


def test_a_page_without_suites_says_how_to_get_one() -> None:
    assert "python -m knowledge_base evaluate" in render([])
