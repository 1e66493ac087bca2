"""Country codes as shops and shoppers write them."""

from typing import Final

_EU: Final = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
EU: Final = frozenset(_EU.split())
ALIASES: Final = {"UK": "GB", "EL": "GR"}


def in_country(country: str, place: str) -> bool:
    """Whether a country lies in `place`: a country code, or `EU`, which may also be all that is known."""
    wanted = country_code(place)
    return country == wanted or (wanted == "EU" and country in EU)


def country_code(value: str | None) -> str | None:
    """The ISO 3166 code in capitals; `UK` is `GB`."""
    code = value.upper() if value else None
    return ALIASES.get(code, code) if code else None
