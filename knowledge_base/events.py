"""What a checkout page can report: the events, their typed data, and the code that chooses an article.

docs/events.md is the same for people. What an untrusted browser sends comes in here, so nothing raises.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final, Literal

from knowledge_base.countries import country_code
from knowledge_base.declines import decline_code, normal
from knowledge_base.reasons import canonical, is_known, words_of_code

__all__ = [
    "EVENTS",
    "VOCABULARY_VERSION",
    "EventType",
    "Field",
    "Scalar",
    "checked",
    "code_of",
    "decline_code",
    "words_of",
]

VOCABULARY_VERSION: Final = 1

Kind = Literal["text", "number", "money", "country"]
Scalar = str | int | float | bool

NAME: Final = re.compile(r"[a-z_.]{1,64}")
MOST_FIELDS: Final = 20
LONGEST_NAME: Final = 64
LONGEST_TEXT: Final = 500
_MOST_DIGITS: Final = 15


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that an event says. `required` ones are missed when they are absent."""

    kind: Kind
    says: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class EventType:
    """An event of the vocabulary. The first of `chosen_by` that holds a code picks the article.

    `words` are said where no code is known; they never say what became of the money.
    """

    name: str
    description: str
    fields: Mapping[str, Field]
    chosen_by: tuple[str, ...] = ()
    words: str = ""


_AMOUNT: Final = {
    "amount": Field("money", "what was to be paid"),
    "currency": Field("text", "its currency, ISO 4217"),
    "method": Field("text", "card, paypal, klarna …"),
}
_TYPES: Final = (
    EventType(
        "step.entered", "A step of the checkout came up.", {"step": Field("text", "its name", required=True)}
    ),
    EventType(
        "payment.failed",
        "A payment was declined or did not go through.",
        {
            "code": Field("text", "the reason, as the network or the gateway spells it", required=True),
            "network": Field("text", "visa, mastercard …: decides codes that mean different things"),
            **_AMOUNT,
        },
        ("code",),
        "The payment did not go through.",
    ),
    EventType(
        "payment.authentication_failed",
        "The bank's confirmation (3-D Secure) was not completed.",
        {"code": Field("text", "timed_out, refused, cancelled, unavailable"), **_AMOUNT},
        ("code",),
        "Your bank's confirmation was not completed.",
    ),
    EventType(
        "coupon.rejected",
        "A coupon code was refused.",
        {"code": Field("text", "the code that was typed"), "reason": Field("text", "why", required=True)},
        ("reason",),
        "The code can't be used for this cart.",
    ),
    EventType(
        "address.rejected",
        "An address, or a field of it, was refused.",
        {"field": Field("text", "the field", required=True), "reason": Field("text", "why")},
        ("reason", "field"),
        "The address can't be used as it is.",
    ),
    EventType(
        "shipping.unavailable",
        "There is no way of delivery for this cart and address.",
        {"country": Field("country", "where it should go", required=True), "reason": Field("text", "why")},
        ("country",),
        "No delivery is offered for this cart and address.",
    ),
    EventType(
        "total.changed",
        "The total is another than the shopper saw before.",
        {
            "from": Field("money", "the total before", required=True),
            "to": Field("money", "the total now", required=True),
            "why": Field("text", "shipping, tax, duties, coupon, price, items"),
            "currency": Field("text", "its currency, ISO 4217"),
        },
        ("why",),
        "The total has changed.",
    ),
    EventType(
        "field.error",
        "A field of the form shows an error.",
        {
            "field": Field("text", "the field", required=True),
            "count": Field("number", "how often in a row", required=True),
        },
        ("field",),
        "A field needs another look.",
    ),
    EventType(
        "stock.changed",
        "An item in the cart is sold out, or there are fewer.",
        {"item": Field("text", "its name"), "left": Field("number", "how many there still are")},
        (),
        "An item in your cart is no longer available as it was.",
    ),
    EventType(
        "session.expiring",
        "The checkout is about to close.",
        {"minutes": Field("number", "in how many")},
        (),
        "Your checkout is about to close.",
    ),
    EventType(
        "order.completed",
        "An order was placed.",
        {
            "value": Field("money", "its total", required=True),
            "currency": Field("text", "its currency, ISO 4217"),
            "order": Field("text", "its number"),
        },
    ),
)
EVENTS: Final[Mapping[str, EventType]] = {known.name: known for known in _TYPES}


def checked(event: object, data: object) -> tuple[dict[str, Scalar], tuple[str, ...]]:
    """What is usable of an event's data, and a sentence on each thing that is not. No value is quoted in it.

    Money comes back as a decimal string, a number as a number, a country in capitals. Fields that the
    vocabulary does not know, and all of a shop's own events, are kept where they are scalars.
    """
    known = EVENTS.get(event) if isinstance(event, str) else None
    fields = known.fields if known else {}
    problems: list[str] = []
    if known is None and not (isinstance(event, str) and NAME.fullmatch(event)):
        problems.append(f"can't be used as a name; take small letters, '_' and '.', at most {LONGEST_NAME}")
    if data is not None and not isinstance(data, Mapping):
        problems.append(f"the data are {_kind(data)}; send an object")
    given = data if isinstance(data, Mapping) else {}
    found: dict[str, Scalar] = {}
    for name, value in list(given.items())[:MOST_FIELDS]:
        usable, wanted = _read(fields, name, value)
        if usable is not None:
            found[name] = usable
        elif value is not None:
            problems.append(f"{_shown(name)} is {_kind(value)} and left out; send {wanted}")
    if len(given) > MOST_FIELDS:
        problems.append(f"{len(given)} fields, of which {MOST_FIELDS} are read; send fewer")
    for name, field in fields.items():
        if field.required and given.get(name) is None:
            problems.append(f"'{name}' is missing; send {_WANTED[field.kind]}: {field.says}")
    return found, tuple(f"Event {_shown(event)}: {problem}." for problem in problems)


def _read(fields: Mapping[str, Field], name: object, value: object) -> tuple[Scalar | None, str]:
    """The usable value, or None, and what was wanted."""
    if not isinstance(name, str) or len(name) > LONGEST_NAME:
        return None, "it under a short name"
    if name in fields:
        kind = fields[name].kind
        return _READ[kind](value), _WANTED[kind]
    return _scalar(value), "a text, a number, true or false"


def code_of(event: object, data: object) -> str | None:
    """The code that chooses the article for an event, in our spelling; None when it says none.

    Where the field that should hold it holds prose, a known reason under `code` will do.
    """
    if not isinstance(event, str) or not isinstance(data, Mapping):
        return None
    if event == "payment.failed":
        return decline_code(data.get("code"), data.get("network"))
    known = EVENTS.get(event)
    if known is None:
        return normal(data.get("code"))
    for name in known.chosen_by:
        if known.fields[name].kind == "country":
            return _country(data.get(name))
        code = canonical(event, data.get(name))
        if code is not None:
            return code
        other = canonical(event, data.get("code"))
        if name == known.chosen_by[0] and other is not None and is_known(event, other):
            return other
    return None


def words_of(event: str, code: str | None) -> str | None:
    """What a shopper is told of an event, in English: of its code where that is known, else of the event.

    None for a shop's own events.
    """
    known = EVENTS.get(event)
    return words_of_code(event, code) or (known.words or None if known else None)


def _text(value: object) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if abs(value) < 10**_MOST_DIGITS else None
    if not isinstance(value, str):
        return None
    return " ".join(value[: LONGEST_TEXT * 2].split())[:LONGEST_TEXT] or None


def _number(value: object) -> int | float | None:
    amount = _decimal(value)
    if amount is None:
        return None
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _money(value: object) -> str | None:
    amount = _decimal(value)
    return None if amount is None else format(amount, "f")


def _country(value: object) -> str | None:
    code = country_code(value.strip()) if isinstance(value, str) else None
    return code if code and len(code) == 2 and code.isascii() and code.isalpha() else None


def _decimal(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, str) and not _DECIMAL.fullmatch(value.strip()):
        return None
    if isinstance(value, int) and abs(value) >= 10**_MOST_DIGITS:
        return None
    try:
        amount = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return amount if abs(amount) < 10**_MOST_DIGITS else None


def _scalar(value: object) -> Scalar | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value if math.isfinite(value) and abs(value) < 10**_MOST_DIGITS else None
    return _text(value)


def _kind(value: object) -> str:
    return _KINDS.get(type(value), "something else")


def _shown(value: object) -> str:
    try:
        shown = ascii(value)
    except Exception:
        shown = type(value).__name__
    return shown if len(shown) <= 60 else shown[:59] + "…"


_DECIMAL: Final = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,6})?", re.ASCII)
_KINDS: Final[Mapping[type, str]] = {
    str: "a text",
    int: "a number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "an object",
}
_WANTED: Final[Mapping[Kind, str]] = {
    "text": "a text",
    "number": "a number",
    "money": "an amount such as '92.80'",
    "country": "a country code such as 'AT'",
}
_READ: Final[Mapping[Kind, Callable[[object], Scalar | None]]] = {
    "text": _text,
    "number": _number,
    "money": _money,
    "country": _country,
}
