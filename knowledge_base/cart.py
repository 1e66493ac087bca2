"""The shopper's cart as the page tells it: what articles may reckon with."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from knowledge_base.values import Money

_AMOUNT: Final = re.compile(r"\d{1,9}(?:\.\d{1,6})?", re.ASCII)
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_MOST_ITEMS: Final = 10**6
_LONGEST_COUPON: Final = 40


@dataclass(frozen=True, slots=True)
class Cart:
    """Sums in one currency; every one may be unknown. `goods` are the goods after discounts."""

    currency: str
    total: Money | None = None
    goods: Money | None = None
    shipping: Money | None = None
    discount: Money | None = None
    items: int | None = None
    coupon: str | None = None

    @classmethod
    def of(cls, given: object) -> "Cart | None":
        """A cart from untrusted JSON: what is not understood is left out, nothing raises."""
        if not isinstance(given, Mapping):
            return None
        currency = given.get("currency")
        currency = currency.strip().upper() if isinstance(currency, str) else ""
        if not _CURRENCY.fullmatch(currency):
            return None
        sums = {
            name: _amount(given.get(name)) for name in ("total", "subtotal", "shipping", "discount", "tax")
        }

        def money(amount: Decimal | None) -> Money | None:
            return None if amount is None or amount < 0 else Money(amount, currency)

        coupon = given.get("coupon")
        return cls(
            currency,
            total=money(sums["total"]),
            goods=money(_goods(sums)),
            shipping=money(sums["shipping"]),
            discount=money(sums["discount"]),
            items=_items(given.get("lines")),
            coupon=coupon.strip()[:_LONGEST_COUPON] or None if isinstance(coupon, str) else None,
        )


def _goods(sums: Mapping[str, Decimal | None]) -> Decimal | None:
    """Goods after discounts: what is left of the total where the page tells no sum of goods."""
    subtotal, total = sums["subtotal"], sums["total"]
    if subtotal is not None:
        return subtotal - (sums["discount"] or 0)
    if total is None or sums["shipping"] is None:
        return None
    return total - sums["shipping"] - (sums["tax"] or 0)


def _items(lines: object) -> int | None:
    if not isinstance(lines, list):
        return None
    count = 0
    for line in lines:
        quantity = line.get("quantity", 1) if isinstance(line, Mapping) else 0
        if not isinstance(quantity, int) or isinstance(quantity, bool) or not 0 <= quantity <= _MOST_ITEMS:
            return None
        count += quantity
    return count


def _amount(value: object) -> Decimal | None:
    """A decimal string or a number; a discount may come with a minus."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        text = str(value).strip()
    except ValueError:  # a whole number of more digits than Python writes out
        return None
    text = text.removeprefix("-")
    return Decimal(text) if _AMOUNT.fullmatch(text) else None
