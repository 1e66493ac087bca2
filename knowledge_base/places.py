"""Which country is meant: the one a question names, the one a shopper tells, the ones an answer needs."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from knowledge_base.context import Conditions, country_code

Fact = Literal["country"]

# What a shopper's country is when it is none of those that have an answer of their own; ISO 3166 leaves this
# code to its users.
ELSEWHERE: Final = "ZZ"
# More buttons than this are no choice but a list.
MOST_CHOICES: Final = 6
LONGEST_TOLD_WORDS: Final = 6

# The countries shops of this size are asked about, with the names and places people use for them. Names that
# mean something else in a shop are left out: Jersey, Jordan, Panama, Togo, Chad.
_NAMES: Final = {
    "AD": "andorra",
    "AE": "emirates dubai",
    "AL": "albania",
    "AR": "argentina",
    "AT": "austria vienna tirol tyrol innsbruck salzburg graz österreich wien",
    "AU": "australia",
    "BA": "bosnia",
    "BE": "belgium brussels belgien belgique",
    "BG": "bulgaria bulgarien",
    "BR": "brazil",
    "BY": "belarus",
    "CA": "canada kanada",
    "CH": "switzerland swiss zurich schweiz suisse",
    "CL": "chile",
    "CN": "china",
    "CO": "colombia",
    "CR": "costa-rica",
    "CU": "cuba",
    "CY": "cyprus zypern",
    "CZ": "czechia czech prague tschechien",
    "DE": "germany german berlin munich hamburg deutschland münchen",
    "DK": "denmark copenhagen dänemark",
    "EE": "estonia estland",
    "EG": "egypt",
    "ES": "spain madrid barcelona spanien españa",
    "FI": "finland helsinki finnland",
    "FO": "faroe-islands",
    "FR": "france paris frankreich",
    "GB": "uk u.k britain england scotland wales london gb united-kingdom northern-ireland großbritannien",
    "GG": "guernsey",
    "GI": "gibraltar",
    "GR": "greece athens griechenland",
    "HK": "hong-kong",
    "HR": "croatia zagreb kroatien",
    "HU": "hungary budapest ungarn",
    "ID": "indonesia",
    "IE": "ireland dublin irland",
    "IL": "israel",
    "IN": "india",
    "IQ": "iraq",
    "IR": "iran",
    "IS": "iceland",
    "IT": "italy rome milan italien italia",
    "JP": "japan",
    "KE": "kenya",
    "KR": "south-korea korea",
    "KZ": "kazakhstan",
    "LB": "lebanon",
    "LI": "liechtenstein",
    "LT": "lithuania litauen",
    "LU": "luxembourg luxemburg",
    "LV": "latvia lettland",
    "MA": "morocco",
    "MC": "monaco",
    "MD": "moldova",
    "ME": "montenegro",
    "MK": "macedonia",
    "MT": "malta",
    "MX": "mexico",
    "MY": "malaysia",
    "NG": "nigeria",
    "NL": "netherlands holland amsterdam niederlande",
    "NO": "norway oslo norwegen",
    "NZ": "new-zealand",
    "PE": "peru",
    "PH": "philippines",
    "PK": "pakistan",
    "PL": "poland warsaw polen",
    "PR": "puerto-rico",
    "PT": "portugal lisbon porto",
    "QA": "qatar",
    "RO": "romania rumänien",
    "RS": "serbia",
    "RU": "russia",
    "SA": "saudi-arabia",
    "SE": "sweden stockholm schweden",
    "SG": "singapore",
    "SI": "slovenia slowenien",
    "SK": "slovakia slowakei",
    "SM": "san-marino",
    "TH": "thailand",
    "TN": "tunisia",
    "TR": "turkey",
    "TW": "taiwan",
    "UA": "ukraine",
    "US": "usa u.s u.s.a america united-states new-york california texas",
    "UY": "uruguay",
    "VE": "venezuela",
    "VN": "vietnam",
    "XK": "kosovo",
    "ZA": "south-africa",
}
_CODES: Final = {name.replace("-", " "): code for code, names in _NAMES.items() for name in names.split()}
_NAMED: Final = re.compile(
    r"(?<![\w.])(" + "|".join(sorted(map(re.escape, _CODES), key=len, reverse=True)) + r")(?!\w)",
    re.IGNORECASE,
)


_ELSEWHERE: Final = re.compile(
    r"\W*(?:it'?s\s+)?(?:(?:to|in)\s+)?(?:(?:an?|some|ein)\s*)?"
    r"(?:other|different|elsewhere|somewhere else|none(?: of (?:these|them))?|not (?:listed|there)|"
    r"anderes?|woanders|keines(?: davon)?)(?:\s+(?:country|one|place|land))?\W*",
    re.IGNORECASE,
)
_CODE: Final = re.compile(r"\W*(?:(?:to|in|the)\s+)*([A-Za-z]{2})\W*")


@dataclass(frozen=True, slots=True)
class Ask:
    """A fact that an answer depends on and nobody has said yet. `choices` are country codes, or `EU`.

    `more` says that other values have an answer of their own, too: the shopper may type one.
    """

    fact: Fact
    choices: tuple[str, ...]
    more: bool = False

    def as_dict(self) -> dict[str, Any]:
        """The JSON of `ask` in a search's result."""
        return {"fact": self.fact, "choices": list(self.choices), "more": self.more}


def ask_for(fact: Fact, whens: Iterable[Conditions]) -> Ask | None:
    """What to ask for, so that one of the variants with the conditions `whens` can be chosen.

    The first value of each variant comes first, so that each kind of answer has its button.
    """
    groups = [
        [code for value in values if (code := country_code(value))]
        for when in whens
        for name, values in when
        if name == fact
    ]
    codes = list(dict.fromkeys([*(group[0] for group in groups if group), *(c for g in groups for c in g)]))
    if not codes:
        return None
    kept = codes[:MOST_CHOICES]
    in_order = [code for code in dict.fromkeys(c for g in groups for c in g) if code in kept]
    return Ask(fact, tuple(in_order), more=len(codes) > len(kept))


def country_told(message: str) -> str | None:
    """The country in the reply to "which country?": also a bare code, `EU`, or `ELSEWHERE`; else None.

    A long message is a question of its own, whatever it names.
    """
    if len(message.split()) > LONGEST_TOLD_WORDS:
        return None
    named = country_named(message)
    if named:
        return named
    found = _CODE.fullmatch(message)
    code = country_code(found[1]) if found else None
    if code and (code in _NAMES or code in {"EU", ELSEWHERE}):
        return code
    return ELSEWHERE if _ELSEWHERE.fullmatch(message) else None


def country_named(question: str) -> str | None:
    """The ISO 3166 code of the one country that a question names; None when it names none or several."""
    codes = {_CODES[name.lower()] for name in _NAMED.findall(question)}
    return codes.pop() if len(codes) == 1 else None


def about_place(question: str, context: Mapping[str, Any]) -> dict[str, Any]:
    """The context with the country that the question names in place of the shopper's."""
    country = country_named(question)
    return {**context, "country": country} if country else dict(context)
