"""What a template in an article may say: an allow-list over its parsed tree; all else is refused.

There are only expressions, so nothing can loop, define or include; no product, no power: nothing can grow.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from jinja2 import nodes

from knowledge_base.frontmatter import Source

__all__ = ["DATA", "Use", "uses_of"]

DATA: Final = "event.data."
NAMES: Final = ("cart", "country", "event", "fact", "short_of")
CART: Final = ("total", "goods", "shipping", "discount", "items", "coupon")
EVENT: Final = ("words", "code", "name")
_FIELD: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_DEEPEST: Final = 12
_MOST_NODES: Final = 2_000
_OPERATIONS: Final = (
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Add,
    nodes.Sub,
)
_EXPECTED: Final = (
    'fact("name"), short_of(...), cart, country, event, comparisons, + and -, and "a if b else c"'
)
_SEEN: Final = {
    nodes.For: "a loop",
    nodes.If: "an 'if' statement",
    nodes.Getitem: "square brackets",
    nodes.Filter: "a filter",
    nodes.Test: "a test",
    nodes.Mul: "a product",
    nodes.Pow: "a power",
    nodes.Mod: "'%'",
    nodes.Div: "a division",
    nodes.FloorDiv: "a division",
    nodes.Concat: "'~'",
    nodes.List: "a list",
    nodes.Tuple: "a list",
    nodes.Dict: "a mapping",
}


@dataclass(frozen=True, slots=True)
class Use:
    """What a template takes from outside: `what` is `fact` with its name, or a path such as `cart.total`.

    `country` is the one a fact is wanted for; None means the shopper's. `stated`: it is shown as it is.
    `wanted` is the type that a fact has to be of, where one is needed.
    """

    what: str
    name: str
    line: int
    country: str | None = None
    stated: bool = False
    wanted: str = ""


def uses_of(tree: nodes.Template, source: Source, first_line: int) -> tuple[Use, ...]:
    """Everything a parsed template uses, in order. Raises `FormatError` at what is not allowed."""
    return tuple(_Walk(source, first_line).template(tree))


class _Walk:
    def __init__(self, source: Source, first_line: int) -> None:
        self._source, self._first_line = source, first_line
        self._seen = 0

    def template(self, tree: nodes.Template) -> Iterator[Use]:
        for part in tree.body:
            if not isinstance(part, nodes.Output):
                raise self._refused(part, _seen(part))
            for child in part.nodes:
                if not isinstance(child, nodes.TemplateData):
                    yield from self._expression(child, 0, stated=True)

    def _expression(self, node: nodes.Node, depth: int, *, stated: bool = False) -> Iterator[Use]:
        self._seen += 1
        if depth > _DEEPEST or self._seen > _MOST_NODES:
            raise self._refused(node, "an expression this deep or long")
        if isinstance(node, nodes.Const):
            if not isinstance(node.value, str | int | float | None):
                raise self._refused(node, "a constant of this kind")
        elif isinstance(node, nodes.Call):
            yield from self._call(node, depth, stated=stated)
        elif isinstance(node, nodes.Getattr):
            yield self._path(node)
        elif isinstance(node, nodes.Name):
            if node.name != "country" or node.ctx != "load":
                raise self._refused(node, f"the name '{node.name}'")
            yield Use("country", "country", self._line(node))
        elif type(node) in _OPERATIONS:
            if isinstance(node, nodes.CondExpr) and node.expr2 is None:
                raise self._refused(node, "'if' without 'else'")
            for child in node.iter_child_nodes():
                yield from self._expression(child, depth + 1)
        else:
            raise self._refused(node, _seen(node))

    def _call(self, node: nodes.Call, depth: int, *, stated: bool) -> Iterator[Use]:
        called = node.node.name if isinstance(node.node, nodes.Name) else None
        if called not in {"fact", "short_of"}:
            raise self._refused(node, f"a call of {_called(node.node)}")
        if node.kwargs or node.dyn_args or node.dyn_kwargs:
            raise self._refused(node, f"{called}() with named or starred arguments")
        if called == "short_of":
            if len(node.args) != 1:
                raise self._refused(node, f"short_of() with {len(node.args)} arguments")
            yield Use("cart", "cart.goods", self._line(node))
            for use in self._expression(node.args[0], depth + 1):
                yield replace(use, wanted="money") if use.what == "fact" else use
            return
        words = [arg.value if isinstance(arg, nodes.Const) else None for arg in node.args]
        name, country = (*words, None)[:2] if words else (None, None)
        if not isinstance(name, str) or len(words) > 2 or (len(words) == 2 and not _is_country(country)):
            raise self._refused(
                node, "fact() without a name in quotes, or with more than a country beside it"
            )
        yield Use("fact", name, self._line(node), country if isinstance(country, str) else None, stated)

    def _path(self, node: nodes.Getattr) -> Use:
        parts: list[str] = []
        inner: nodes.Node = node
        while isinstance(inner, nodes.Getattr):
            parts.append(inner.attr)
            inner = inner.node
        if not isinstance(inner, nodes.Name) or inner.name not in {"cart", "event"}:
            raise self._refused(node, f"the attribute '{node.attr}'")
        path = [inner.name, *reversed(parts)]
        known = (
            (path[0] == "cart" and len(path) == 2 and path[1] in CART)
            or (path[0] == "event" and len(path) == 2 and path[1] in EVENT)
            or (path[:2] == ["event", "data"] and len(path) == 3 and bool(_FIELD.fullmatch(path[2])))
        )
        if not known:
            raise self._refused(
                node,
                f"'{'.'.join(path)}'",
                f"{_paths('cart', CART)}, {_paths('event', EVENT)} or event.data.<field>",
            )
        return Use(path[0], ".".join(path), self._line(node))

    def _line(self, node: nodes.Node) -> int:
        return self._first_line + node.lineno - 1

    def _refused(self, node: nodes.Node, seen: str, expected: str = _EXPECTED) -> Exception:
        return self._source.error(self._line(node), f"{seen} in a template", expected)


def _is_country(value: object) -> bool:
    return isinstance(value, str) and bool(_COUNTRY.fullmatch(value))


def _paths(name: str, attributes: tuple[str, ...]) -> str:
    return ", ".join(f"{name}.{attribute}" for attribute in attributes)


def _called(node: nodes.Node) -> str:
    if isinstance(node, nodes.Name):
        return f"'{node.name}'"
    return f"'.{node.attr}'" if isinstance(node, nodes.Getattr) else "something"


def _seen(node: nodes.Node) -> str:
    return _SEEN.get(type(node), f"'{type(node).__name__.lower()}'")
