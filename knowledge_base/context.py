"""Where the shopper is while asking: the facts that shift a ranking or choose an article's variant."""

from collections.abc import Mapping
from dataclasses import dataclass

CONDITIONS = frozenset({"step", "country", "currency", "locale", "event", "code"})
_EU = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
EU = frozenset(_EU.split())
ALIASES = {"UK": "GB", "EL": "GR"}
_TEXT_LIMIT = 2_000

Conditions = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of the shopper. Every field may be unknown (None)."""

    step: str | None = None
    country: str | None = None
    currency: str | None = None
    locale: str | None = None
    event: str | None = None
    code: str | None = None
    last_question: str | None = None

    @classmethod
    def of(cls, given: Mapping[str, object] | None) -> "Context":
        """A context from untrusted JSON: what is not understood is left out, nothing raises.

        `event` may be a name, `name:code`, or `{"event", "code"}`.
        """
        if not isinstance(given, Mapping):
            return cls()
        event, code = given.get("event"), given.get("code")
        if isinstance(event, Mapping):
            data = event.get("data")
            code = event.get("code") or (data.get("code") if isinstance(data, Mapping) else None) or code
            event = event.get("event") or event.get("name")
        name, tail = _word(event), _word(code)
        if name and ":" in name:
            name, _, rest = name.partition(":")
            tail = tail or rest
        return cls(
            step=_word(given.get("step")),
            country=country_code(_word(given.get("country"))),
            currency=_upper(_word(given.get("currency"))),
            locale=_word(given.get("locale")),
            event=name,
            code=tail,
            last_question=_text(given.get("last_question")),
        )

    def meets(self, when: Conditions) -> bool:
        """Whether every condition holds; an unknown fact meets none."""
        return all(self._meets_one(name, values) for name, values in when)

    def contradicts(self, when: Conditions) -> bool:
        """Whether a fact is known and a condition on it fails."""
        return any(self._fact(name) and not self._meets_one(name, values) for name, values in when)

    def _fact(self, name: str) -> str | None:
        value: str | None = getattr(self, name)
        return value

    def _meets_one(self, name: str, values: tuple[str, ...]) -> bool:
        fact = self._fact(name)
        if fact is None:
            return False
        if name == "country":
            return any(in_country(fact, value) for value in values)
        if name == "locale":
            return any(fact.lower().split("-")[0] == value.lower().split("-")[0] for value in values)
        return fact.lower() in {value.lower() for value in values}


def in_country(country: str, place: str) -> bool:
    """Whether a country lies in `place`: a country code, or `EU`, which may also be all that is known."""
    wanted = country_code(place)
    return country == wanted or (wanted == "EU" and country in EU)


def country_code(value: str | None) -> str | None:
    """The ISO 3166 code in capitals; `UK` is `GB`."""
    code = _upper(value)
    return ALIASES.get(code, code) if code else None


def _upper(value: str | None) -> str | None:
    return value.upper() if value else None


def _word(value: object) -> str | None:
    return value.strip()[:80] or None if isinstance(value, str) else None


def _text(value: object) -> str | None:
    return value.strip()[:_TEXT_LIMIT] or None if isinstance(value, str) else None
