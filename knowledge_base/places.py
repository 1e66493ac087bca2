"""Which country a question names, so that the answer speaks of that one and not of the shopper's own."""

import re
from collections.abc import Mapping
from typing import Any, Final

# The countries shops of this size are asked about, with the names and places people use for them.
_NAMES: Final = {
    "AT": "austria vienna tirol tyrol innsbruck salzburg graz",
    "AU": "australia",
    "BE": "belgium brussels",
    "BG": "bulgaria",
    "BR": "brazil",
    "CA": "canada",
    "CH": "switzerland swiss zurich",
    "CN": "china",
    "CY": "cyprus",
    "CZ": "czechia czech prague",
    "DE": "germany german berlin munich hamburg",
    "DK": "denmark copenhagen",
    "EE": "estonia",
    "ES": "spain madrid barcelona",
    "FI": "finland helsinki",
    "FR": "france paris",
    "GB": "uk u.k britain england scotland wales london gb united-kingdom northern-ireland",
    "GR": "greece athens",
    "HR": "croatia zagreb",
    "HU": "hungary budapest",
    "IE": "ireland dublin",
    "IN": "india",
    "IS": "iceland",
    "IT": "italy rome milan",
    "JP": "japan",
    "LI": "liechtenstein",
    "LT": "lithuania",
    "LU": "luxembourg",
    "LV": "latvia",
    "MT": "malta",
    "NL": "netherlands holland amsterdam",
    "NO": "norway oslo",
    "NZ": "new-zealand",
    "PL": "poland warsaw",
    "PT": "portugal lisbon porto",
    "RO": "romania",
    "SE": "sweden stockholm",
    "SI": "slovenia",
    "SK": "slovakia",
    "TR": "turkey",
    "UA": "ukraine",
    "US": "usa u.s u.s.a america united-states new-york california texas",
}
_CODES: Final = {name.replace("-", " "): code for code, names in _NAMES.items() for name in names.split()}
_NAMED: Final = re.compile(
    r"(?<![\w.])(" + "|".join(sorted(map(re.escape, _CODES), key=len, reverse=True)) + r")(?!\w)",
    re.IGNORECASE,
)


def country_named(question: str) -> str | None:
    """The ISO 3166 code of the one country that a question names; None when it names none or several."""
    codes = {_CODES[name.lower()] for name in _NAMED.findall(question)}
    return codes.pop() if len(codes) == 1 else None


def about_place(question: str, context: Mapping[str, Any]) -> dict[str, Any]:
    """The context with the country that the question names in place of the shopper's."""
    country = country_named(question)
    return {**context, "country": country} if country else dict(context)
