"""The shop's facts: typed figures with an owner, a source and a last day, some of them by country."""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Final, Literal, get_args

import yaml

from knowledge_base.countries import EU, country_code, in_country
from knowledge_base.frontmatter import Source, Tree, decoded, kind
from knowledge_base.values import Countries, Money, Percent, Span, Value

FILE: Final = "facts.yml"
MAX_BYTES: Final = 256_000
MOST: Final = 2_000
NAME: Final = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*")
DEFAULT: Final = "default"

Kind = Literal["money", "days", "percent", "date", "countries", "text"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
_KEYS: Final = frozenset({"type", "value", "by_country", "owner", "source", "expires"})
_LONGEST_NAME: Final = 80
_LONGEST: Final = 300
_MOST_COUNTRIES: Final = 300
_MONEY: Final = re.compile(r"(\d{1,9}(?:\.\d{1,3})?) ([A-Z]{3})", re.ASCII)
_DAYS: Final = re.compile(r"(\d{1,5})(?: to (\d{1,5}))?", re.ASCII)
_PERCENT: Final = re.compile(r"\d{1,3}(?:\.\d{1,3})?", re.ASCII)
_COUNTRY: Final = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact. `by_country` maps a country, `EU` or `default` to its value; else `value` holds everywhere.

    It is stated up to and on the day `expires`. `line` is where it stands in the file.
    """

    name: str
    kind: Kind
    value: Value | None = None
    by_country: Mapping[str, Value] = field(default_factory=dict, hash=False)
    owner: str = ""
    source: str = ""
    expires: dt.date | None = None
    line: int = 1

    def in_country(self, country: str | None) -> Value | None:
        """The value in a country, else the one by default; None where there is neither."""
        if self.value is not None:
            return self.value
        if country and country in self.by_country:
            return self.by_country[country]
        if country and "EU" in self.by_country and in_country(country, "EU"):
            return self.by_country["EU"]
        return self.by_country.get(DEFAULT)

    def values(self) -> Iterator[Value]:
        """Every value it has anywhere."""
        if self.value is not None:
            yield self.value
        yield from self.by_country.values()


def today_utc() -> dt.date:
    """The day in UTC."""
    return dt.datetime.now(dt.UTC).date()


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of a shop by name. `today` tells which of them are past their last day.

    `places` are the lists of countries by which others are told.
    """

    known: Mapping[str, Fact] = field(default_factory=dict, hash=False)
    today: Callable[[], dt.date] = field(default=today_utc, compare=False, repr=False)
    places: tuple[str, ...] = ()

    def expired(self, name: str) -> bool:
        """Whether there is such a fact and its last day is over."""
        fact = self.known.get(name)
        return fact is not None and fact.expires is not None and fact.expires < self.today()

    def past_their_day(self) -> tuple[str, ...]:
        """The names of those that are not stated any more."""
        return tuple(name for name in self.known if self.expired(name))

    def present(self, name: str, country: str | None) -> Value | None:
        """What holds today; None for an unknown or expired fact, or one without a value there."""
        fact = self.known.get(name)
        return None if fact is None or self.expired(name) else fact.in_country(country)

    def ageless(self) -> "Facts":
        """The same facts as if none had a last day: for finding articles, not for showing them."""
        return replace(self, today=_before_all)


def _before_all() -> dt.date:
    return dt.date.min


NO_FACTS: Final = Facts()


def read_facts(shop_dir: Path) -> Facts:
    """The facts of a shop folder, none where it has none. Raises `FormatError` or `OSError`."""
    path = shop_dir / FILE
    return parse_facts(path.read_bytes()) if path.is_file() else NO_FACTS


def parse_facts(data: bytes, file: str = FILE, today: Callable[[], dt.date] = today_utc) -> Facts:
    """The facts in a file's bytes. Raises `FormatError` with the line that cannot be used."""
    source = Source(file)
    text = decoded(data, source, limit=MAX_BYTES)
    if not text.strip():
        return Facts({}, today)
    tree = Tree.parse(text, source, keys=None, first_line=1)
    if len(tree.names) > MOST:
        raise source.error(1, f"{len(tree.names):,} facts", f"at most {MOST:,}")
    zones: dict[str, tuple[str, ...]] = {}
    found: dict[str, Fact] = {}
    # Lists of countries first, wherever they stand: others are told by them.
    inner = {name: _inner(tree, name, source) for name in tree.names}
    for name, node in sorted(inner.items(), key=lambda item: item[1].text("type", limit=20) != "countries"):
        found[name] = fact = _fact(name, node, zones, source, tree.line_of_key(name))
        if isinstance(fact.value, Countries):
            zones[name] = fact.value.codes
    places = {key for tree in inner.values() if "by_country" in tree for key in tree.keys_of("by_country")}
    used = tuple(name for name in zones if name in places)
    return Facts({name: found[name] for name in tree.names}, today, used)


def _inner(tree: Tree, name: str, source: Source) -> Tree:
    line = tree.line_of_key(name)
    if not NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        raise source.error(line, f"the fact '{name}'", "a name such as returns.days, at most 80 characters")
    inner = tree.mapping(name, keys=_KEYS)
    given = inner.text("type", limit=20) if "type" in inner else "nothing"
    if given not in KINDS:
        seen = f"the type '{given}' of '{name}'"
        raise source.error(
            inner.line_of("type") if "type" in inner else line, seen, f"one of {', '.join(KINDS)}"
        )
    return inner


def _fact(name: str, tree: Tree, zones: Mapping[str, tuple[str, ...]], source: Source, line: int) -> Fact:
    wanted = next(known for known in KINDS if known == tree.text("type", limit=20))
    if ("value" in tree) == ("by_country" in tree):
        seen = f"'{name}' with {'both' if 'value' in tree else 'neither'}"
        raise source.error(line, seen, "either 'value' or 'by_country'")
    for key in ("owner", "source"):
        if key not in tree:
            raise source.error(line, f"'{name}' without '{key}'", f"'{key}', so that somebody can check it")
    if wanted == "countries" and "by_country" in tree:
        raise source.error(
            tree.line_of("by_country"), f"'{name}' by country", "a list of countries as 'value'"
        )
    return Fact(
        name,
        wanted,
        value=_value(wanted, tree.node("value"), name, tree, source) if "value" in tree else None,
        by_country=_by_country(wanted, name, tree, zones, source) if "by_country" in tree else {},
        owner=tree.text("owner", limit=120),
        source=tree.text("source", limit=_LONGEST),
        expires=_day(tree.text("expires", limit=40), tree.line_of("expires"), source)
        if "expires" in tree
        else None,
        line=line,
    )


def _by_country(
    wanted: Kind, name: str, tree: Tree, zones: Mapping[str, tuple[str, ...]], source: Source
) -> dict[str, Value]:
    """Values by country. A key names countries (`AT DE`), `EU`, `default`, or a fact that lists countries."""
    found: dict[str, Value] = {}
    values = tree.mapping("by_country", keys=None)
    for key in values.names:
        line = values.line_of_key(key)
        value = _value(wanted, values.node(key), name, tree, source)
        for place in zones.get(key, tuple(key.replace(",", " ").split())):
            code = place if place == DEFAULT else country_code(place) or ""
            if code != DEFAULT and not _COUNTRY.fullmatch(code):
                expected = "countries such as 'AT DE', 'EU', 'default', or a fact of type countries"
                raise source.error(line, f"the place '{place}' of '{name}'", expected)
            if code in found:
                raise source.error(line, f"'{code}' twice in '{name}'", "each country once")
            found[code] = value
    if not found:
        raise source.error(tree.line_of("by_country"), f"'{name}' for no country", "at least one country")
    return found


def _value(wanted: Kind, node: yaml.Node, name: str, tree: Tree, source: Source) -> Value:
    line = tree.line_of_node(node)
    if wanted == "countries":
        return _countries(node, name, tree, source)
    if not isinstance(node, yaml.ScalarNode) or not str(node.value).strip():
        raise source.error(line, f"{kind(node)} as the {wanted} '{name}'", _EXPECTED[wanted])
    text = " ".join(str(node.value).split())
    value = _READ[wanted](text)
    if value is None or len(text) > _LONGEST:
        raise source.error(line, f"'{text}' as the {wanted} '{name}'", _EXPECTED[wanted])
    return value


def _countries(node: yaml.Node, name: str, tree: Tree, source: Source) -> Countries:
    line = tree.line_of_node(node)
    if not isinstance(node, yaml.SequenceNode) or not 1 <= len(node.value) <= _MOST_COUNTRIES:
        raise source.error(line, f"{kind(node)} as the countries '{name}'", _EXPECTED["countries"])
    codes: list[str] = []
    for item in node.value:
        code = country_code(str(item.value).strip()) if isinstance(item, yaml.ScalarNode) else None
        if code is None or not _COUNTRY.fullmatch(code) or code in codes:
            seen = f"{kind(item)} in '{name}'"
            raise source.error(tree.line_of_node(item), seen, "country codes such as AT, each once")
        codes.append(code)
    return Countries(tuple(sorted(EU)) if codes == ["EU"] else tuple(codes))


def _day(text: str, line: int, source: Source) -> dt.date:
    day = _date(text)
    if day is None:
        raise source.error(line, f"the date '{text}'", _EXPECTED["date"])
    return day


def _money(text: str) -> Money | None:
    match = _MONEY.fullmatch(text)
    return Money(Decimal(match[1]), match[2]) if match else None


def _days(text: str) -> Span | None:
    match = _DAYS.fullmatch(text)
    if match is None:
        return None
    least, most = int(match[1]), int(match[2] or match[1])
    return Span(least, most) if least <= most else None


def _percent(text: str) -> Percent | None:
    number = text.removesuffix("%").rstrip()
    return Percent(Decimal(number)) if _PERCENT.fullmatch(number) else None


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _text(text: str) -> str | None:
    return None if "{{" in text or "{%" in text else text


_READ: Final[Mapping[Kind, Callable[[str], Value | None]]] = {
    "money": _money,
    "days": _days,
    "percent": _percent,
    "date": _date,
    "text": _text,
}
_EXPECTED: Final[Mapping[Kind, str]] = {
    "money": "an amount and its currency such as '4.90 EUR'",
    "days": "a whole number such as 30, or '1 to 3'",
    "percent": "a number such as 20",
    "date": "a date such as 2027-03-31",
    "countries": "a list of country codes such as [AT, DE]",
    "text": f"a text of at most {_LONGEST} characters, in quotes if it looks otherwise",
}
