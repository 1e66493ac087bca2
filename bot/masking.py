"""Secrets taken out of what people type: card numbers, IBANs and card security codes.

The browser masks before it sends and the server before it stores, with the same rules, and
`tests/contract/masking.json` holds both to them. Masking masked text changes nothing. Every pattern is
bounded, so time grows with the length only.

The rules look at a *view* of the text: digits and letters of any script or width are ASCII, letters are
small, every white space is a blank, every dash a `-`, and invisible characters are gone.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import accumulate
from typing import Final

__all__ = ["mask", "order_numbers"]

CARD: Final = "•••• "
CODE: Final = "•••"
IBAN: Final = "[IBAN removed]"

# Length of an IBAN by country, from the ISO 13616 registry.
_IBAN_LENGTHS: Final = {
    country: length
    for length, countries in {
        15: "no",
        16: "be",
        18: "dk fk fi fo gl nl sd",
        19: "mk si",
        20: "at ba ee kz lt lu mn xk",
        21: "ch hr li lv",
        22: "bg bh cr de gb ge ie me rs va",
        23: "ae gi il iq om so tl",
        24: "ad cz es md pk ro sa se sk tn vg",
        25: "ly pt st",
        26: "is tr",
        27: "bi dj fr gr it mc sm",
        28: "al az by cy do gt hu lb ni pl sv",
        29: "br eg ps qa ua",
        30: "jo kw mu ye",
        31: "mt sc",
        32: "lc",
        33: "ru",
    }.items()
    for country in countries.split()
}
_IBAN_DIGITS: Final = 10  # fewer digits than this are words that happen to fit
_CARD_LENGTHS: Final = (16, 15, 14, 13, 17, 18, 19)  # likeliest first
_PHONE_DIGITS: Final = 15  # the longest number E.164 allows

_DOUBLED: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)  # twice the digit, its own digits added up

_SEPARATORS: Final = " ._-"
_GAP: Final = rf"[{_SEPARATORS}]{{0,5}}"
_TAKEN: Final = "\x00"
_KEPT: Final = "\x01"

_IBAN_START: Final = re.compile(rf"(?=[a-z]{_GAP}[a-z]{_GAP}[0-9]{_GAP}[0-9])")
_DIGIT_RUN: Final = re.compile(rf"[0-9](?:{_GAP}[0-9])*")
_DIGITS: Final = re.compile(r"[0-9]+")
_MASKED_CARD: Final = re.compile(r"•••• [0-9]{4}(?![0-9])")
_MASKED_IBAN: Final = re.compile(re.escape(IBAN.lower()))
_DATE: Final = re.compile(
    r"(?<![0-9])(?<![0-9][./-])(?:"
    r"(?:0?[1-9]|[12][0-9]|3[01])([./-])(?:0?[1-9]|1[0-2])\1(?:19|20)[0-9]{2}"
    r"|(?:19|20)[0-9]{2}([./-])(?:0[1-9]|1[0-2])\2(?:0[1-9]|[12][0-9]|3[01])"
    r")(?![./-]?[0-9])"
)
_CODE_NAME: Final = (
    r"(?:cv[vcn]2?|csc"
    r"|(?:security|verification|card|safety) ?(?:code|number)|(?:3|4|three|four)[ -]digit (?:code|number)"
    r"|sicherheits-?(?:code|nummer|zahl)|pr(?:ü|ue?)f-?(?:code|nummer|ziffern?|zahl)|karten-?code"
    r"|code (?:de (?:la )?)?(?:s[ée]curit[ée]|v[ée]rification|carte)|cryptogramme(?: visuel)?"
    r"|(?:c[óo]digo|n[úu]mero|clave) (?:de )?(?:seguridad|verificaci[óo]n))"
)
_CODE_DIGITS: Final = (
    r"((?<![0-9])[0-9]{3,4}(?![0-9])|(?<![0-9])[0-9](?:[ .-][0-9]){2,3}(?![0-9])(?![ .-][0-9]))"
)
_CODE_AFTER: Final = re.compile(rf"{_CODE_NAME}[^0-9?!;•€$£{_TAKEN}]{{0,30}}?{_CODE_DIGITS}")
_CODE_BEFORE: Final = re.compile(
    rf"{_CODE_DIGITS}[ ,:=(]{{0,3}}(?:(?:is|was|as|for|ist|war|est|es|era) )?"
    rf"(?:(?:the|my|its|die|der|das|mein|meine|le|la|mon|mi|el) )?{_CODE_NAME}(?![a-z])"
)
_SHORT_NUMBER: Final = re.compile(r"(?<![0-9a-z])[0-9]{3,4}(?![0-9a-z])")
_MONEY_BEFORE: Final = re.compile(r"(?:[€$£¥]|(?<![a-z])(?:eur|usd|gbp|chf)) ?\Z")
_MONEY_AFTER: Final = re.compile(
    r"[.,][0-9]{2}(?![0-9])| ?(?:[€$£¥%]|(?:eur|euros?|usd|gbp|chf|dollars?|pounds?)(?![a-z]))"
)

Span = tuple[int, int]


class _View:
    """A text as the rules see it, and what will be put where."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at: list[int] = []
        self._puts: list[tuple[int, int, str]] = []
        shown = []
        for place, char in enumerate(text):
            seen = _seen(char)
            if seen:
                shown.append(seen)
                self._at.append(place)
        self.shown = "".join(shown)

    def keep(self, spans: Iterable[Span]) -> None:
        """Hide spans from the rules to come and leave them as they are."""
        self._hide(list(spans), _KEPT)

    def skip(self, spans: Iterable[Span]) -> bool:
        """Hide what an earlier masking put there, as `take` would have; whether there was any."""
        return self._hide(list(spans), _TAKEN)

    def take(self, cuts: Iterable[tuple[int, int, str]]) -> bool:
        """Put words in the place of spans and hide them from the rules to come; whether there were any."""
        cuts = list(cuts)
        self._puts += [(self._at[start], self._at[end - 1] + 1, put) for start, end, put in cuts]
        return self._hide([(start, end) for start, end, _ in cuts], _TAKEN)

    def _hide(self, spans: list[Span], cover: str) -> bool:
        shown, done = [], 0
        for start, end in spans:
            shown += [self.shown[done:start], cover * (end - start)]
            done = end
        self.shown = "".join([*shown, self.shown[done:]])
        return bool(spans)

    def masked(self) -> str:
        """The text with everything put in its place."""
        parts, done = [], 0
        for start, end, put in sorted(self._puts):
            parts += [self._text[done:start], put]
            done = end
        return "".join([*parts, self._text[done:]])


def mask(text: str, order_pattern: str | None = None) -> str:
    """`text` without card numbers (the last four stay), IBANs and card security codes.

    `order_pattern` is a regular expression for the shop's order and tracking numbers, which stay.
    """
    view = _View(text)
    if order_pattern:
        view.keep(_spans(order_numbers(order_pattern), view.shown))
    has_card = view.skip(_spans(_MASKED_CARD, view.shown))
    view.skip(_spans(_MASKED_IBAN, view.shown))
    view.keep(_spans(_DATE, view.shown))
    view.take(_ibans(view.shown))
    has_card = view.take(_cards(view.shown)) or has_card
    view.take(_codes(_CODE_AFTER, view.shown))
    view.take(_codes(_CODE_BEFORE, view.shown))
    if has_card:
        view.take(_codes(_SHORT_NUMBER, view.shown))
    return view.masked()


@lru_cache(maxsize=4096)
def _seen(char: str) -> str:
    """One character as the rules see it, or nothing where a reader sees nothing."""
    if char in "\t\n\v\f\r\x85":
        return " "
    kind = unicodedata.category(char)
    if kind in {"Cf", "Cc", "Mn", "Me"}:
        return ""
    if kind[0] == "Z":
        return " "
    if kind == "Pd" or char == "−":
        return "-"
    if char in "·․‧∙":
        return "."
    if kind == "Nd":
        return str(unicodedata.decimal(char))
    plain = unicodedata.normalize("NFKC", char).lower()
    return plain if len(plain) == 1 else char


@lru_cache(maxsize=64)
def order_numbers(pattern: str) -> re.Pattern[str]:
    """What finds a shop's order numbers in a view. Raises re.error for no regular expression."""
    re.compile(pattern)  # as it stands: with the group around it, "a)(b" would be one
    # Not inside a longer number: else a six-digit pattern would let most of a card number through.
    return re.compile(rf"(?<![0-9])(?:{pattern})(?![0-9])", re.IGNORECASE)


def _spans(pattern: re.Pattern[str], shown: str) -> list[Span]:
    return [found.span() for found in pattern.finditer(shown) if found.end() > found.start()]


def _codes(pattern: re.Pattern[str], shown: str) -> Iterator[tuple[int, int, str]]:
    group = pattern.groups
    for found in pattern.finditer(shown):
        start, end = found.span(group)
        if not (_MONEY_BEFORE.search(shown[max(0, start - 5) : start]) or _MONEY_AFTER.match(shown, end)):
            yield start, end, CODE


def _ibans(shown: str) -> Iterator[tuple[int, int, str]]:
    done = 0
    for found in _IBAN_START.finditer(shown):
        if found.start() >= done and (end := _iban_end(shown, found.start())):
            done = end
            yield found.start(), end, IBAN


def _iban_end(shown: str, start: int) -> int | None:
    """Where the IBAN that starts here ends, by its country's length; None where there is none."""
    number, gap, wanted = "", 0, 2
    for place in range(start, len(shown)):
        char = shown[place]
        if char in _SEPARATORS:
            gap += 1
            if gap > 5:  # as in _GAP
                return None
            continue
        if not (char.isascii() and char.isalnum()):
            return None
        number, gap = number + char, 0
        if len(number) == 2:  # the country
            wanted = _IBAN_LENGTHS.get(number, 0)
        if len(number) >= wanted:
            return place + 1 if wanted and _is_iban(number) else None
    return None


def _is_iban(number: str) -> bool:
    """ISO 7064 MOD 97-10 over the number with its first four at the end, letters as 10 to 35."""
    if sum(char.isdigit() for char in number) < _IBAN_DIGITS:
        return False
    return int("".join(str(int(char, 36)) for char in number[4:] + number[:4])) % 97 == 1


def _cards(shown: str) -> Iterator[tuple[int, int, str]]:
    for run in _DIGIT_RUN.finditer(shown):
        groups = [found.span() for found in _DIGITS.finditer(shown, *run.span())]
        digits = "".join(shown[start:end] for start, end in groups)
        if len(digits) >= min(_CARD_LENGTHS):
            phone = run.start() > 0 and shown[run.start() - 1] == "+"
            yield from _cards_in(groups, digits, phone=phone)


def _cards_in(groups: list[Span], digits: str, *, phone: bool) -> Iterator[tuple[int, int, str]]:
    """The card numbers in a run of groups of digits; each begins and ends with whole groups."""
    edges = list(accumulate((end - start for start, end in groups), initial=0))
    group_at = {edge: group for group, edge in enumerate(edges)}
    is_luhn = _luhn(digits)
    first = 0
    while first < len(groups):
        start, after = edges[first], first
        for length in () if digits[start] == "0" else _CARD_LENGTHS:  # no card starts so; phone numbers do
            is_phone = phone and first == 0 and length <= _PHONE_DIGITS
            if start + length in group_at and not is_phone and is_luhn(start, start + length):
                after = group_at[start + length]
                yield groups[first][0], groups[after - 1][1], CARD + digits[edges[after] - 4 : edges[after]]
                break
        first = max(after, first + 1)


def _luhn(digits: str) -> Callable[[int, int], bool]:
    """A check of any span of `digits` by ISO/IEC 7812-1, annex B, that takes the same time for each."""
    values = [int(digit) for digit in digits]
    odd = [_DOUBLED[value] if place % 2 else value for place, value in enumerate(values)]
    even = [value if place % 2 else _DOUBLED[value] for place, value in enumerate(values)]
    sums = [list(accumulate(doubled, initial=0)) for doubled in (even, odd)]

    def is_luhn(start: int, end: int) -> bool:
        doubling = sums[end % 2]  # counted from the end, every second digit is doubled
        return (doubling[end] - doubling[start]) % 10 == 0

    return is_luhn
