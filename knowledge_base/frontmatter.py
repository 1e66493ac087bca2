"""YAML front matter read as a tree with line numbers, so that an error can point at the line."""

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

FENCE = "---"
# libyaml where PyYAML was built with it: ten times as fast, the same rules.
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one file: the line, the value that was seen and what was expected instead."""

    file: str
    line: int
    value: str
    expected: str

    @property
    def message(self) -> str:
        """One sentence for a person, without the file and line."""
        return f"Saw {self.value}; expected {self.expected}."

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"

    def as_dict(self) -> dict[str, str | int]:
        """The JSON shown to editors and by `/knowledge/status`."""
        return {"file": self.file, "line": self.line, "message": self.message}


class FormatError(Exception):
    """A file that cannot be used; `problem` says why and where."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Source:
    """A text and the name it is reported under."""

    file: str

    def error(self, line: int, value: object, expected: str) -> FormatError:
        """A `FormatError` at `line` (from 1); a long value is cut."""
        seen = value if isinstance(value, str) else repr(value)
        shown = seen if len(seen) <= 80 else seen[:77] + "..."
        return FormatError(Problem(self.file, line, shown or "nothing", expected))


def decoded(data: bytes, source: Source, *, limit: int) -> str:
    """The text of a file of at most `limit` bytes, its lines ended by "\\n". Raises `FormatError`."""
    if len(data) > limit:
        raise source.error(1, f"a file of {len(data):,} bytes", f"at most {limit:,}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise source.error(line, f"the byte 0x{data[error.start]:02x}", "UTF-8") from error
    for number, line_text in enumerate(text.split("\n"), start=1):
        if "\x00" in line_text:
            raise source.error(number, "a NUL character", "text")
    return text.replace("\r\n", "\n").replace("\r", "\n")


@dataclass(frozen=True, slots=True)
class Split:
    """A file cut in two; lines count from 1 in the whole file."""

    front: str
    body: str
    body_line: int


def split(text: str, source: Source) -> Split:
    """Front matter between two `---` lines, and the body after it. Raises `FormatError`."""
    lines = text.split("\n")
    if lines[0].rstrip() != FENCE:
        raise source.error(1, repr(lines[0]), "'---' as the first line, before the front matter")
    for number, line in enumerate(lines[1:], start=2):
        if line.rstrip() == FENCE:
            return Split("\n".join(lines[1 : number - 1]), "\n".join(lines[number:]), number + 1)
    raise source.error(len(lines), "the end of the file", "a line '---' that ends the front matter")


class Tree:
    """A YAML mapping whose `keys` are known beforehand, or may be any where that is None.

    Duplicate and unknown keys raise `FormatError`.
    """

    def __init__(
        self, node: yaml.Node, source: Source, *, keys: frozenset[str] | None, first_line: int
    ) -> None:
        self._source = source
        self._first_line = first_line
        self.line = self._line(node)
        if not isinstance(node, yaml.MappingNode):
            raise source.error(self.line, kind(node), "a mapping" + _with(keys))
        self._nodes: dict[str, yaml.Node] = {}
        self._lines: dict[str, int] = {}
        for key_node, value in node.value:
            key, line = self._key(key_node), self._line(key_node)
            if key in self._nodes:
                raise source.error(line, f"the key '{key}' twice", "each key once")
            if keys is not None and key not in keys:
                raise source.error(line, f"the unknown key '{key}'", "one of " + ", ".join(sorted(keys)))
            self._nodes[key] = value
            self._lines[key] = line

    @classmethod
    def parse(cls, text: str, source: Source, *, keys: frozenset[str] | None, first_line: int) -> "Tree":
        """The mapping in `text`, whose first line is `first_line` of the file."""
        try:
            node = yaml.compose(text, Loader=_LOADER)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = first_line + (mark.line if mark else 0)
            raise source.error(line, f"broken YAML ({error.problem or error.context})", "YAML") from error
        except (yaml.YAMLError, RecursionError, ValueError) as error:
            raise source.error(first_line, f"broken YAML ({error})", "YAML") from error
        if node is None:
            raise source.error(first_line, "an empty text", "a mapping" + _with(keys))
        return cls(node, source, keys=keys, first_line=first_line)

    def __contains__(self, key: str) -> bool:
        return key in self._nodes and not _is_null(self._nodes[key])

    @property
    def names(self) -> tuple[str, ...]:
        """The keys, in order."""
        return tuple(self._nodes)

    def node(self, key: str) -> yaml.Node:
        """The node under a key that there is."""
        return self._nodes[key]

    def keys_of(self, key: str) -> tuple[str, ...]:
        """The keys of the mapping under `key`, if it is one."""
        node = self._nodes.get(key)
        return tuple(str(name.value) for name, _ in node.value) if isinstance(node, yaml.MappingNode) else ()

    def mapping(self, key: str, *, keys: frozenset[str] | None) -> "Tree":
        """The mapping under a key that there is; another type raises `FormatError`."""
        return Tree(self._nodes[key], self._source, keys=keys, first_line=self._first_line)

    def line_of_key(self, key: str) -> int:
        """Where `key` itself stands; the mapping's own line when it is absent."""
        return self._lines.get(key, self.line)

    def line_of(self, key: str) -> int:
        """Where the value of `key` starts; the mapping's own line when it is absent."""
        return self._line(self._nodes[key]) if key in self._nodes else self.line

    def line_of_entry(self, key: str, name: str) -> int:
        """Where `name` last stands in the mapping under `key`; where that starts when it has no such name."""
        node = self._nodes.get(key)
        entries = node.value if isinstance(node, yaml.MappingNode) else ()
        found = [self._line(entry) for entry, _ in entries if entry.value == name]
        return found[-1] if found else self.line_of(key)

    def text(self, key: str, *, limit: int) -> str:
        """The text under `key`; missing, empty, too long or another type raises `FormatError`."""
        if key not in self:
            raise self._source.error(self.line_of(key), f"no '{key}'", f"the key '{key}' with a text")
        return self._text(self._nodes[key], key, limit=limit)

    def texts(self, key: str, *, limit: int) -> tuple[str, ...]:
        """The list of texts under `key`; nothing when it is absent."""
        return tuple(self._text(node, key, limit=limit) for node in self.items(key))

    def markdown(self, key: str) -> str:
        """The text under `key` with its line breaks; missing or another type raises `FormatError`."""
        node = self._nodes.get(key)
        if not isinstance(node, yaml.ScalarNode) or not node.tag.endswith(":str"):
            seen = f"{kind(node)} under '{key}'" if node else f"no '{key}'"
            raise self._source.error(self.line_of(key), seen, f"the key '{key}' with a text")
        return str(node.value)

    def items(self, key: str) -> list[yaml.Node]:
        """The nodes of the list under `key`; nothing when it is absent."""
        if key not in self:
            return []
        node = self._nodes[key]
        if not isinstance(node, yaml.SequenceNode):
            raise self._source.error(self._line(node), f"{kind(node)} under '{key}'", "a list")
        return list(node.value)

    def conditions(self, key: str, deeper: str | None = None) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """A mapping of name to one value or a list of values, sorted by name.

        Values are taken as written: `NO` is Norway here, not false. Under the name `deeper` may stand such a
        mapping itself; its names come with a dot, as `data.field`.
        """
        if key not in self:
            return ()
        node = self._nodes[key]
        if not isinstance(node, yaml.MappingNode):
            raise self._source.error(self._line(node), f"{kind(node)} under '{key}'", "a mapping")
        found: dict[str, tuple[str, ...]] = {}
        for name, line, value in self._entries(node, deeper):
            if name in found:
                raise self._source.error(line, f"the key '{name}' twice", "each key once")
            found[name] = tuple(self._raw(value, name))
        return tuple(sorted(found.items()))

    def _entries(self, node: yaml.MappingNode, deeper: str | None) -> Iterator[tuple[str, int, yaml.Node]]:
        for key_node, value in node.value:
            name = self._key(key_node)
            if name == deeper and isinstance(value, yaml.MappingNode):
                for inner_node, inner in value.value:
                    yield f"{name}.{self._key(inner_node)}", self._line(inner_node), inner
            else:
                yield name, self._line(key_node), value

    def line_of_node(self, node: yaml.Node) -> int:
        """The line of a node that `items` gave."""
        return self._line(node)

    def _raw(self, node: yaml.Node, name: str) -> Iterator[str]:
        for item in node.value if isinstance(node, yaml.SequenceNode) else [node]:
            if not isinstance(item, yaml.ScalarNode) or _is_null(item) or not item.value.strip():
                raise self._source.error(
                    self._line(item), f"{kind(item)} under '{name}'", "a word or a list of words"
                )
            yield item.value.strip()

    def _key(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self._source.error(self._line(node), f"{kind(node)} as a key", "a word")
        return str(node.value)

    def _text(self, node: yaml.Node, key: str, *, limit: int) -> str:
        if not isinstance(node, yaml.ScalarNode) or not node.tag.endswith((":str", ":timestamp")):
            seen = f"{kind(node)} under '{key}'"
            raise self._source.error(self._line(node), seen, "a text (in quotes if it looks otherwise)")
        value = " ".join(node.value.split())
        if not value:
            raise self._source.error(self._line(node), f"an empty text under '{key}'", "some words")
        if len(value) > limit:
            seen = f"{len(value)} characters under '{key}'"
            raise self._source.error(self._line(node), seen, f"at most {limit}")
        return value

    def _line(self, node: yaml.Node) -> int:
        return self._first_line + int(node.start_mark.line)


def kind(node: yaml.Node) -> str:
    """What a node is, in words: `a list`, `the number 42`."""
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    if isinstance(node, yaml.MappingNode):
        return "a mapping"
    if _is_null(node):
        return "nothing"
    return (
        f"'{node.value}'" if node.tag.endswith(":str") else f"the {node.tag.rsplit(':', 1)[-1]} {node.value}"
    )


def _with(keys: frozenset[str] | None) -> str:
    return " with the keys " + ", ".join(sorted(keys)) if keys else ""


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag.endswith(":null")
