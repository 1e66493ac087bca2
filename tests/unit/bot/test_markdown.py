"""An article's Markdown becomes a small tree that can be drawn without trusting it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.markdown import MAX_INLINE_DEPTH, MAX_LIST_DEPTH, MAX_NODES, nodes, plain

PIECES = (
    *("<script>alert(1)</script>", "[a](javascript:alert(1))", "[b](//evil.example)", "[c](/path)"),
    *("<https://a.example>", "[d](https://a.example 't')", "[e](java\tscript:x)", "[f](tel:+43)"),
    *("**", "_", "`", "> ", "- ", "  - ", "1. ", "# ", "\n", "\n\n", "![x](data:text/html,1)", "&lt;", "\\"),
    *("    code", "```\n"),
)
RISKY = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=20)), max_size=40).map("".join)
LINKS = (
    "https://a.example/x",
    "mailto:help@fernhill.example",
    "tel:+43512",
    "/returns",
    "returns#gift",
    "?a=2",
    "#top",
)


def test_paragraphs_headings_and_marks() -> None:
    assert nodes("# Delivery\n\nIt takes **1 to 3** _working_ days,\nsee `FH-1`.") == [
        {"t": "h", "c": ["Delivery"]},
        {
            "t": "p",
            "c": [
                "It takes ",
                {"t": "strong", "c": ["1 to 3"]},
                " ",
                {"t": "em", "c": ["working"]},
                " days, see ",
                {"t": "code", "c": ["FH-1"]},
                ".",
            ],
        },
    ]


def test_lists_hold_blocks_and_nest() -> None:
    assert nodes("1. one\n   - inner\n2. two") == [
        {
            "t": "ol",
            "c": [
                [{"t": "p", "c": ["one"]}, {"t": "ul", "c": [[{"t": "p", "c": ["inner"]}]]}],
                [{"t": "p", "c": ["two"]}],
            ],
        }
    ]


def test_a_hard_break_is_a_node_of_its_own() -> None:
    assert nodes("one  \ntwo") == [{"t": "p", "c": ["one", {"t": "br", "c": []}, "two"]}]


def test_html_is_text() -> None:
    assert nodes("<img src=x onerror=alert(1)> <b>bold</b>") == [
        {"t": "p", "c": ["<img src=x onerror=alert(1)> <b>bold</b>"]}
    ]
    assert nodes("<div>\n\nhi") == [{"t": "p", "c": ["<div>"]}, {"t": "p", "c": ["hi"]}]


@pytest.mark.parametrize(
    "href",
    [
        "https://a.example/x",
        "mailto:help@fernhill.example",
        "tel:+43512",
        "/returns",
        "returns#gift",
        "?step=2",
        "#top",
    ],
)
def test_safe_links_are_links(href: str) -> None:
    assert nodes(f"[label]({href})") == [{"t": "p", "c": [{"t": "a", "href": href, "c": ["label"]}]}]


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "http://a.example",
        "//evil.example",
        "\\\\\\\\evil.example",
        "/\\evil.example",
        "vbscript:x",
        "file:///etc/passwd",
        "&#106;avascript:alert(1)",
    ],
)
def test_other_links_are_words(href: str) -> None:
    links: list[str] = []
    _walk(nodes(f"[label]({href})"), links, depth=0)
    assert links == []
    assert "label" in plain(f"[label]({href})")


def test_pictures_are_their_description_and_rules_are_left_out() -> None:
    assert nodes("![the size chart](/sizes.png)\n\n---\n\n> quoted") == [
        {"t": "p", "c": ["the size chart"]},
        {"t": "p", "c": ["quoted"]},
    ]


def test_a_block_of_code_is_a_paragraph() -> None:
    assert nodes("```\na < b\n```") == [{"t": "p", "c": [{"t": "code", "c": ["a < b"]}]}]


def test_plain_words_keep_lists_and_addresses() -> None:
    source = (
        "# Returns\n\nSend it **back**:\n\n1. pack\n2. write to <help@a.example>\n"
        "   - or [here](https://a.example)\n\nDone, see [more](/x)."
    )
    assert plain(source) == (
        "Returns\n\nSend it back:\n\n1. pack\n2. write to help@a.example\n"
        "   - or here (https://a.example)\n\nDone, see more."
    )


def test_nothing_is_nothing() -> None:
    assert nodes("") == []
    assert nodes(" \n\n---\n") == []
    assert plain("") == ""


def test_what_is_nested_too_deep_keeps_its_words() -> None:
    deep = "".join("  " * level + f"- level {level}\n" for level in range(12))
    assert all(f"level {level}" in plain(deep) for level in range(12))


def test_what_is_too_long_is_cut() -> None:
    counted: list[str] = []
    assert _walk(nodes("- item\n" * 5_000), counted, depth=0) <= MAX_NODES
    assert len(plain("word " * 20_000)) <= 20_000


@given(RISKY)
def test_any_text_gives_a_bounded_tree_of_known_nodes(source: str) -> None:
    links: list[str] = []
    assert _walk(nodes(source), links, depth=0) <= MAX_NODES
    for href in links:
        assert href.startswith(("https:", "mailto:", "tel:")) or (":" not in href.split("/")[0])
        assert not href.startswith(("//", "/\\", "\\"))


def _walk(blocks: list[Any], links: list[str], depth: int) -> int:
    """How many nodes there are; fails on one that the protocol does not know."""
    assert depth <= MAX_LIST_DEPTH
    count = 0
    for block in blocks:
        count += 1
        assert set(block) == {"t", "c"}
        if block["t"] in {"ul", "ol"}:
            count += sum(_walk(item, links, depth + 1) for item in block["c"])
        else:
            assert block["t"] in {"p", "h"}
            count += sum(_walk_inline(inline, links, depth=0) for inline in block["c"])
    return count


def _walk_inline(inline: Any, links: list[str], depth: int) -> int:
    assert depth <= MAX_INLINE_DEPTH + 1
    if isinstance(inline, str):
        return 1
    assert inline["t"] in {"strong", "em", "code", "br", "a"}
    assert set(inline) == ({"t", "c", "href"} if inline["t"] == "a" else {"t", "c"})
    if inline["t"] == "a":
        links.append(inline["href"])
    return 1 + sum(_walk_inline(inner, links, depth + 1) for inner in inline["c"])
