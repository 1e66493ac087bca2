"""Markdown as the node tree that widget and desk draw, and as plain words.

HTML in the source is text like any other. What a tree may hold is in `docs/protocol.md`.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

__all__ = ["Block", "Inline", "nodes", "plain"]

Block = dict[str, Any]
Inline = str | dict[str, Any]

MAX_CHARS: Final = 20_000
MAX_NODES: Final = 1_000
MAX_LIST_DEPTH: Final = 3
MAX_INLINE_DEPTH: Final = 6

_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_SCHEMES: Final = frozenset({"https", "mailto", "tel"})
_NEVER: Final = re.compile(r"[\x00-\x20\x7f-\x9f\\]|%5c", re.IGNORECASE)  # browsers read \\ as /
_NESTING: Final = 100
_WRAPS: Final = {"strong": "strong", "em": "em"}
_LISTS: Final = {"bullet_list": "ul", "ordered_list": "ol"}


def nodes(markdown: str) -> list[Block]:
    """The blocks of `markdown`. What is too long is cut, what is nested too deep is flattened."""
    return _Tree().blocks(SyntaxTreeNode(_parser().parse(markdown[:MAX_CHARS])).children, depth=0)


def plain(markdown: str) -> str:
    """The words of `markdown`: one empty line between blocks, list items on lines of their own."""
    return "\n\n".join(_plain_blocks(nodes(markdown)))


def is_safe_link(href: str) -> bool:
    """Whether a link leads to `https:`, `mailto:`, `tel:` or somewhere on the shop's own site."""
    if _NEVER.search(href):
        return False
    scheme = _SCHEME.match(href)
    if scheme:
        return scheme[1].lower() in _SCHEMES
    return bool(href) and not href.startswith("//")


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return _Parser("commonmark", {"html": False, "maxNesting": _NESTING})


class _Parser(MarkdownIt):
    """CommonMark in which only safe links are links."""

    def validateLink(self, url: str) -> bool:  # noqa: N802  (the library's name)
        return is_safe_link(url)


class _Tree:
    """Builds one tree and counts its nodes."""

    def __init__(self) -> None:
        self._left = MAX_NODES

    def blocks(self, source: Iterable[SyntaxTreeNode], depth: int) -> list[Block]:
        """What `source` is as blocks; quotes are their content, rules are left out."""
        blocks: list[Block] = []
        for node in source:
            if node.type in {"paragraph", "heading"}:
                blocks += self._text_block("h" if node.type == "heading" else "p", node)
            elif node.type in _LISTS and depth < MAX_LIST_DEPTH:
                items = [self.blocks(item.children, depth + 1) for item in node.children if self._take()]
                blocks += [{"t": _LISTS[node.type], "c": items}] if any(items) else []
            elif node.type in {"fence", "code_block"}:
                blocks += [{"t": "p", "c": [{"t": "code", "c": [node.content.rstrip("\n")]}]}] * self._take()
            else:
                blocks += self.blocks(node.children, depth)
        return blocks

    def _text_block(self, kind: str, node: SyntaxTreeNode) -> list[Block]:
        inlines = self._inlines(node.children, depth=0)
        return [{"t": kind, "c": inlines}] if inlines and self._take() else []

    def _inlines(self, source: Iterable[SyntaxTreeNode], depth: int) -> list[Inline]:
        inlines: list[Inline] = []
        for node in source:
            for inline in self._inline(node, depth):
                if isinstance(inline, str) and inlines and isinstance(inlines[-1], str):
                    inlines[-1] += inline
                elif inline and self._take():
                    inlines.append(inline)
        return inlines

    def _inline(self, node: SyntaxTreeNode, depth: int) -> list[Inline]:
        if node.type == "text":
            return [node.content]
        if node.type == "softbreak":
            return [" "]
        if node.type == "hardbreak":
            return [{"t": "br", "c": []}]
        if node.type == "code_inline":
            return [{"t": "code", "c": [node.content]}]
        if node.type == "image":
            return [node.content]
        inside = self._inlines(node.children, depth + 1)
        if depth >= MAX_INLINE_DEPTH or not inside:
            return inside
        if node.type in _WRAPS:
            return [{"t": _WRAPS[node.type], "c": inside}]
        if node.type == "link":
            return [{"t": "a", "href": str(node.attrs["href"]), "c": inside}]
        return inside

    def _take(self) -> bool:
        self._left -= 1
        return self._left >= 0


def _plain_blocks(blocks: Iterable[Block]) -> list[str]:
    return [_plain_list(block) if block["t"] in {"ul", "ol"} else _plain(block["c"]) for block in blocks]


def _plain_list(block: Block) -> str:
    lines = []
    for number, item in enumerate(block["c"], start=1):
        mark = f"{number}. " if block["t"] == "ol" else "- "
        words = "\n".join(_plain_blocks(item))
        lines.append(mark + words.replace("\n", "\n" + " " * len(mark)))
    return "\n".join(lines)


def _plain(inlines: Iterable[Inline]) -> str:
    return "".join(inline if isinstance(inline, str) else _plain_node(inline) for inline in inlines)


def _plain_node(inline: dict[str, Any]) -> str:
    if inline["t"] == "br":
        return "\n"
    words = _plain(inline["c"])
    if inline["t"] != "a" or not _SCHEME.match(inline["href"]):
        return words
    address = inline["href"].removeprefix("mailto:").removeprefix("tel:")
    return words if address in words else f"{words} ({address})"
