"""What facts and carts hold, and how a shopper reads it: money, days, percentages, dates, countries."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final, NoReturn

__all__ = ["Countries", "Money", "Percent", "Span", "Untrusted", "Value", "country_name", "shown"]

_SYMBOLS: Final = {"EUR": "€", "GBP": "£", "USD": "$"}
# Decimal mark, group mark, whether the symbol stands before the amount; as CLDR has it.
_MARKS: Final = {
    "en": (".", ",", True),
    "de": (",", ".", False),
    "fr": (",", "\u202f", False),
    "es": (",", ".", False),
    "ar": (".", ",", False),
}
_TO: Final = {"en": "to", "de": "bis", "fr": "à", "es": "a", "ar": "إلى"}
_AND: Final = {"en": "and", "de": "und", "fr": "et", "es": "y", "ar": "و"}
_MONTHS: Final = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
}
_DATES: Final = {"de": "{day}. {month} {year}", "es": "{day} de {month} de {year}"}
_COUNTRIES: Final = {
    "en": (
        "AT Austria|BE Belgium|BG Bulgaria|CH Switzerland|CY Cyprus|CZ Czechia|DE Germany|"
        "DK Denmark|EE Estonia|ES Spain|FI Finland|FR France|GB the UK|GR Greece|HR Croatia|"
        "HU Hungary|IE Ireland|IT Italy|LI Liechtenstein|LT Lithuania|LU Luxembourg|LV Latvia|"
        "MT Malta|NL the Netherlands|NO Norway|PL Poland|PT Portugal|RO Romania|SE Sweden|"
        "SI Slovenia|SK Slovakia|US the US|AU Australia|CA Canada|JP Japan|EU the EU"
    ),
    "de": (
        "AT Österreich|BE Belgien|BG Bulgarien|CH die Schweiz|CY Zypern|CZ Tschechien|"
        "DE Deutschland|DK Dänemark|EE Estland|ES Spanien|FI Finnland|FR Frankreich|"
        "GB Großbritannien|GR Griechenland|HR Kroatien|HU Ungarn|IE Irland|IT Italien|"
        "LI Liechtenstein|LT Litauen|LU Luxemburg|LV Lettland|MT Malta|NL die Niederlande|"
        "NO Norwegen|PL Polen|PT Portugal|RO Rumänien|SE Schweden|SI Slowenien|SK die Slowakei|"
        "US die USA|AU Australien|CA Kanada|JP Japan|EU die EU"
    ),
}
_NAMES: Final = {
    locale: dict(pair.split(" ", 1) for pair in names.split("|")) for locale, names in _COUNTRIES.items()
}


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency. Amounts of two currencies are neither compared nor added."""

    amount: Decimal
    currency: str

    def __add__(self, other: object) -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: object) -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __lt__(self, other: object) -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: object) -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: object) -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: object) -> bool:
        return self.amount >= self._same(other)

    def _same(self, other: object) -> Decimal:
        if isinstance(other, Money) and other.currency == self.currency:
            return other.amount
        if isinstance(other, int | float | Decimal) and not isinstance(other, bool):
            return Decimal(str(other))
        raise TypeError(f"{self.currency} is not reckoned with {getattr(other, 'currency', other)!r}")


@dataclass(frozen=True, slots=True)
class Span:
    """A whole number of days, or from `least` to `most` of them."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Percent:
    """So many of a hundred."""

    of_hundred: Decimal


@dataclass(frozen=True, slots=True)
class Countries:
    """ISO 3166 codes, in the order in which they are named."""

    codes: tuple[str, ...]


class Untrusted(str):
    """Words that the page sent: shown as they are, never read as Markdown, and never made part of others."""

    __slots__ = ()

    def __add__(self, other: object) -> NoReturn:
        raise TypeError("words of the page are not joined")

    __radd__ = __add__


Value = Money | Span | Percent | dt.date | Countries | Untrusted | str | int | Decimal


@lru_cache(maxsize=4096)
def shown(value: Value, locale: str) -> str | None:
    """A value as a shopper with this locale reads it; None where the locale has no words for it."""
    language = locale.split("-")[0]
    if isinstance(value, Money):
        return _money(value, language)
    if isinstance(value, Span):
        return str(value.least) if value.least == value.most else _joined(value, language)
    if isinstance(value, Percent):
        number = _number(value.of_hundred, language)
        return f"{number}%" if language in {"en", "ar"} else f"{number}\u00a0%"
    if isinstance(value, dt.date):
        return _date(value, language)
    if isinstance(value, Countries):
        return _listed([country_name(code, language) for code in value.codes], language)
    if isinstance(value, int | Decimal):
        return _number(Decimal(value), language)
    return value


def country_name(code: str, locale: str) -> str | None:
    """A country as it is named inside a sentence ("the UK"); None where its name is not known."""
    return _NAMES.get(locale.split("-")[0], {}).get(code)


def _money(money: Money, language: str) -> str:
    number = _number(money.amount, language, places=2)
    symbol = _SYMBOLS.get(money.currency)
    if symbol is None:
        return f"{money.currency}\u00a0{number}"
    first = _MARKS.get(language, _MARKS["en"])[2]
    return f"{symbol}{number}" if first else f"{number}\u00a0{symbol}"


def _number(number: Decimal, language: str, places: int | None = None) -> str:
    """A number with the locale's marks; with `places`, that many where it is not whole."""
    decimal, group, _ = _MARKS.get(language, _MARKS["en"])
    whole = number == number.to_integral_value()
    if whole:
        written = f"{number:,.0f}"
    else:
        written = f"{number:,.{places}f}" if places is not None else f"{number.normalize():,f}"
    return written.replace(",", "\0").replace(".", decimal).replace("\0", group)


def _joined(span: Span, language: str) -> str | None:
    word = _TO.get(language)
    return f"{span.least} {word} {span.most}" if word else None


def _date(date: dt.date, language: str) -> str | None:
    months = _MONTHS.get(language)
    if months is None:
        return None
    form = _DATES.get(language, "{day} {month} {year}")
    return form.format(day=date.day, month=months.split()[date.month - 1], year=date.year)


def _listed(names: Sequence[str | None], language: str) -> str | None:
    known = [name for name in names if name]
    if len(known) < len(names) or not known:
        return None
    if len(known) == 1:
        return known[0]
    return f"{', '.join(known[:-1])} {_AND[language]} {known[-1]}"
