"""What a template sees of the cart and the event: typed, and no markup of the page's."""

import re
from decimal import Decimal
from types import SimpleNamespace
from typing import Final

from knowledge_base.cart import Cart
from knowledge_base.context import Context
from knowledge_base.events import EVENTS, words_of
from knowledge_base.values import Money, Untrusted, Value, country_name

_PLAIN_WORDS: Final = re.compile(r"[\w .,:;'’%€$£+/()&#-]{1,80}")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")


def cart_told(cart: Cart | None) -> SimpleNamespace:
    """What a template sees as `cart`: only what is known."""
    if cart is None:
        return SimpleNamespace()
    found = {
        "total": cart.total,
        "goods": cart.goods,
        "shipping": cart.shipping,
        "discount": cart.discount,
        "items": cart.items,
        "coupon": _safe(cart.coupon) if cart.coupon else None,
    }
    return SimpleNamespace(**{name: value for name, value in found.items() if value is not None})


def event_told(context: Context, locale: str) -> SimpleNamespace:
    """What a template sees as `event`. Its words are English, so other locales have to do without."""
    if context.event is None:
        return SimpleNamespace(data=SimpleNamespace())
    known = EVENTS.get(context.event)
    currency = context.data.get("currency") or (context.cart.currency if context.cart else context.currency)
    data: dict[str, Value] = {}
    for name, given in context.data.items():
        kind = known.fields[name].kind if known and name in known.fields else None
        value = _value(given, kind, currency if isinstance(currency, str) else None, locale)
        if value is not None:
            data[name] = value
    found: dict[str, Value | None] = {
        "name": _safe(context.event),
        "code": _safe(context.code or ""),
        "words": words_of(context.event, context.code) if locale.split("-")[0] == "en" else None,
    }
    told = {name: value for name, value in found.items() if value}
    return SimpleNamespace(data=SimpleNamespace(**data), **told)


def _value(given: object, kind: str | None, currency: str | None, locale: str) -> Value | None:
    if isinstance(given, bool):
        return None
    if kind == "money":
        if not isinstance(given, str) or currency is None or not _CURRENCY.fullmatch(currency):
            return None
        amount = Decimal(given)
        return None if amount < 0 else Money(amount, currency)
    if kind == "country":
        return country_name(str(given), locale)
    if isinstance(given, int | float):
        return given if isinstance(given, int) else Decimal(str(given))
    return _safe(given) if isinstance(given, str) else None


def _safe(words: str) -> Untrusted | None:
    """Words of the page if they are plain and short; markup, addresses and long texts are left out."""
    return Untrusted(words) if _PLAIN_WORDS.fullmatch(words) and "//" not in words else None
