"""When a trigger may speak: conditions read from YAML, and asked of what is known of a shopper.

As JSON a condition has one key; docs/triggers.md says what each means. `tests/contract/conditions.json` holds
this evaluator and the widget's to the same answers.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import yaml

from knowledge_base.context import EU, country_code
from knowledge_base.frontmatter import Source, kind

__all__ = ["KEYS", "MAX_DEPTH", "Condition", "holds", "may_hold", "read_condition"]

Condition = Mapping[str, Any]
State = Mapping[str, Any]

COUPONS: Final = ("none", "tried", "rejected", "applied")
DEVICES: Final = ("phone", "tablet", "desktop")
GROUPS: Final = ("all", "any", "not")
MAX_DEPTH: Final = 6
MAX_VALUES: Final = 50
MAX_NUMBER: Final = 1_000_000_000
MAX_WORD: Final = 80

EVENT: Final = re.compile(r"[a-z_.]{1,64}")
_STEP: Final = re.compile(r"[\w.:/-]{1,40}")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_LOCALE: Final = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}")
_NUMBER: Final = re.compile(r"\d+(\.\d+)?")

# Numbers: which fact each key looks at, and whether the fact has to reach it or to stay below.
_REACHES: Final = {
    "in_step_s": "in_step_s",
    "idle_s": "idle_s",
    "field_s": "field_s",
    "field_errors": "field_errors",
    "back_and_forth": "back_and_forth",
    "total_from": "total",
    "items_from": "items",
}
_STAYS_BELOW: Final = {"total_below": "total", "items_below": "items"}
_BOOLEANS: Final = ("exit", "returning")
_LISTS: Final = ("step", "country", "device", "locale", "seen")
KEYS: Final = frozenset(
    {*GROUPS, *_REACHES, *_STAYS_BELOW, *_BOOLEANS, *_LISTS, "coupon", "data"},
)


def holds(condition: Condition, state: State) -> bool:
    """Whether a condition holds; a fact that is not known meets none, so `not` over it holds."""
    return _verdict(condition, state, unknown=False) is True


def may_hold(condition: Condition, known: State) -> bool:
    """Whether a condition is not contradicted by the part of the facts that is known here."""
    return _verdict(condition, known, unknown=None) is not False


def as_text(value: object) -> str | None:
    """A value of an event's data as it is compared: numbers and true or false as written in JSON."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, str | int | float) else None


def _verdict(condition: Condition, state: State, *, unknown: bool | None) -> bool | None:
    """True, False, or None where it hangs on a fact that is not known; `unknown` stands for such a fact."""
    ((key, wanted),) = condition.items()
    if key == "not":
        inner = _verdict(wanted, state, unknown=unknown)
        return None if inner is None else not inner
    if key in ("all", "any"):
        decides = key == "any"
        found = [_verdict(one, state, unknown=unknown) for one in wanted]
        if decides in found:
            return decides
        return None if None in found else not decides
    if key == "data":
        return _data_fits(wanted, state.get("data"), unknown)
    fact = state.get("total" if key.startswith("total_") else "items" if key.startswith("items_") else key)
    if fact is None or key not in KEYS:
        return unknown
    if key == "seen" and unknown is None and not set(wanted) & set(fact):
        return None  # only part of what happened may be known here
    return _fits(key, wanted, fact)


def _fits(key: str, wanted: Any, fact: Any) -> bool:
    if key in _REACHES:
        return bool(fact >= wanted)
    if key in _STAYS_BELOW:
        return bool(fact < wanted)
    if key == "locale":
        said = str(fact).lower().replace("_", "-")
        return any(said == one or said.startswith(one + "-") for one in wanted)
    if key == "seen":
        return any(name in fact for name in wanted)
    return fact in wanted if key in _LISTS else bool(fact == wanted)


def _data_fits(wanted: Mapping[str, Sequence[str]], data: object, unknown: bool | None) -> bool | None:
    if not isinstance(data, Mapping):
        return unknown
    return all(as_text(data.get(name)) in values for name, values in wanted.items())


def read_condition(node: yaml.Node, source: Source, first_line: int = 1) -> Condition:
    """The condition in a YAML mapping; several keys side by side all have to hold. Raises `FormatError`."""
    return _Reader(source, first_line).condition(node, 1)


class _Reader:
    """Reads conditions of one file, and names the line and key of the first mistake."""

    def __init__(self, source: Source, first_line: int) -> None:
        self._source = source
        self._first_line = first_line

    def condition(self, node: yaml.Node, depth: int) -> Condition:
        """One condition, at `depth` groups deep."""
        line = self._line(node)
        if not isinstance(node, yaml.MappingNode):
            raise self._source.error(line, f"{kind(node)} as a condition", "a mapping such as 'idle_s: 30'")
        if depth > MAX_DEPTH:
            raise self._source.error(line, "conditions nested too deep", f"at most {MAX_DEPTH} levels")
        found: dict[str, Any] = {}
        for key_node, value in node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else kind(key_node)
            if key not in KEYS:
                known = "one of " + ", ".join(sorted(KEYS))
                raise self._source.error(self._line(key_node), f"the unknown condition '{key}'", known)
            if key in found:
                seen = f"the condition '{key}' twice"
                raise self._source.error(self._line(key_node), seen, "each key once; 'any' joins several")
            found[key] = self._value(key, value, depth)
        if not found:
            raise self._source.error(line, "an empty condition", "at least one, such as 'idle_s: 30'")
        if len(found) == 1:
            return found
        return {"all": [{key: value} for key, value in found.items()]}

    def _value(self, key: str, node: yaml.Node, depth: int) -> Any:
        if key == "not":
            return self.condition(node, depth + 1)
        if key in GROUPS:
            return [self.condition(one, depth + 1) for one in self._items(key, node, "a list of conditions")]
        if key in _REACHES or key in _STAYS_BELOW:
            return self._number(key, node)
        if key in _BOOLEANS:
            return self._boolean(key, node)
        if key == "coupon":
            return self._one_of(key, node, COUPONS)
        if key == "data":
            return self._data(node)
        return self._list(key, node)

    def _list(self, key: str, node: yaml.Node) -> list[str]:
        readers: Mapping[str, Callable[[str, yaml.Node], str]] = {
            "step": lambda key, one: self._word(key, one, _STEP, "a step such as payment"),
            "country": self._country,
            "device": lambda key, one: self._one_of(key, one, DEVICES),
            "locale": self._locale,
            "seen": lambda key, one: self._word(key, one, EVENT, "an event such as coupon.rejected"),
        }
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        self._bounded(key, node, items)
        found = [readers[key](key, one) for one in items]
        if key == "country" and "EU" in found:
            found = [*found, *sorted(EU)]
        return [one for one in dict.fromkeys(found) if not (key == "country" and one == "EU")]

    def _data(self, node: yaml.Node) -> dict[str, list[str]]:
        if not isinstance(node, yaml.MappingNode) or not node.value:
            seen = f"{kind(node)} under 'data'"
            raise self._source.error(self._line(node), seen, "a mapping of the event's fields to values")
        found: dict[str, list[str]] = {}
        for key_node, value in node.value:
            name = self._word("data", key_node, re.compile(r"[^\s]{1,64}"), "the name of a field")
            if name in found:
                raise self._source.error(self._line(key_node), f"the field '{name}' twice", "each field once")
            items = value.value if isinstance(value, yaml.SequenceNode) else [value]
            self._bounded(name, value, items)
            found[name] = [self._datum(name, one) for one in items]
        return found

    def _datum(self, name: str, node: yaml.Node) -> str:
        """A value as `as_text` gives it: `True` is `true`, `49.90` is `49.9`, and `05` stays `05`."""
        written = self._scalar(name, node)
        if node.tag.endswith(":float") and _NUMBER.fullmatch(written):
            return as_text(float(written)) or written
        return written.lower() if written.lower() in ("true", "false") else written

    def _items(self, key: str, node: yaml.Node, expected: str) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode):
            raise self._source.error(self._line(node), f"{kind(node)} under '{key}'", expected)
        self._bounded(key, node, node.value)
        return list(node.value)

    def _bounded(self, key: str, node: yaml.Node, items: Sequence[yaml.Node]) -> None:
        if not 1 <= len(items) <= MAX_VALUES:
            seen = f"{len(items)} values under '{key}'"
            raise self._source.error(self._line(node), seen, f"1 to {MAX_VALUES}")

    def _number(self, key: str, node: yaml.Node) -> int | float:
        written = node.value if isinstance(node, yaml.ScalarNode) else ""
        is_number = isinstance(node, yaml.ScalarNode) and node.tag.endswith((":int", ":float"))
        if not is_number or not _NUMBER.fullmatch(written) or float(written) > MAX_NUMBER:
            seen = f"{kind(node)} under '{key}'"
            raise self._source.error(self._line(node), seen, "a number from 0, such as 30 or 49.90")
        return float(written) if "." in written else int(written)

    def _boolean(self, key: str, node: yaml.Node) -> bool:
        is_bool = isinstance(node, yaml.ScalarNode) and node.tag.endswith(":bool")
        value = is_bool and str(node.value).lower() in ("true", "yes", "on")
        if not is_bool or (key == "exit" and not value):
            expected = "true" if key == "exit" else "true or false"
            raise self._source.error(self._line(node), f"{kind(node)} under '{key}'", expected)
        return value

    def _one_of(self, key: str, node: yaml.Node, known: Sequence[str]) -> str:
        word = str(node.value) if isinstance(node, yaml.ScalarNode) else kind(node)
        if not isinstance(node, yaml.ScalarNode) or word not in known:
            seen = f"{kind(node)} under '{key}'"
            raise self._source.error(self._line(node), seen, "one of " + ", ".join(known))
        return word

    def _country(self, key: str, node: yaml.Node) -> str:
        code = country_code(self._scalar(key, node)) or ""
        if not _COUNTRY.fullmatch(code):
            raise self._source.error(self._line(node), f"'{code}' under '{key}'", "a code such as AT, or EU")
        return code

    def _locale(self, key: str, node: yaml.Node) -> str:
        written = self._scalar(key, node)
        locale = written.lower().replace("_", "-")
        if not _LOCALE.fullmatch(locale):
            raise self._source.error(self._line(node), f"'{written}' under '{key}'", "a locale such as de")
        return locale

    def _word(self, key: str, node: yaml.Node, form: re.Pattern[str], expected: str) -> str:
        word = self._scalar(key, node)
        if not form.fullmatch(word):
            raise self._source.error(self._line(node), f"'{word}' under '{key}'", expected)
        return word

    def _scalar(self, key: str, node: yaml.Node) -> str:
        """A value as written, so that `NO` is Norway and `05` stays `05`; a boolean as JSON has it."""
        blank = isinstance(node, yaml.ScalarNode) and not str(node.value).strip()
        if not isinstance(node, yaml.ScalarNode) or blank or len(node.value) > MAX_WORD:
            seen = "an empty value" if blank else kind(node)
            raise self._source.error(self._line(node), f"{seen} under '{key}'", "a word, or a list of words")
        return str(node.value).strip()

    def _line(self, node: yaml.Node) -> int:
        return self._first_line + int(node.start_mark.line)
