"""What the server knows of a shopper's situation, for the conditions of triggers."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from knowledge_base.context import country_code

Json = dict[str, Any]


def known_facts(context: Mapping[str, Any], locale: str) -> Json:
    """The facts by the names that conditions have; those that only the page can see are left out.

    A coupon is known to be applied or not known: what was typed or refused is for the page to tell.
    """
    cart = context.get("cart") or {}
    facts: Json = {
        "step": (context.get("page") or {}).get("step"),
        "country": country_code(context.get("country")) or None,
        "device": (context.get("device") or {}).get("kind"),
        "locale": locale,
        "total": _amount(cart.get("total")),
        "items": sum(line.get("quantity", 1) for line in cart["lines"]) if cart.get("lines") else None,
        "coupon": "applied" if cart.get("coupon") else None,
        "returning": context.get("returning"),
        "seen": [event["event"] for event in context.get("events") or ()],
    }
    return {name: fact for name, fact in facts.items() if fact is not None}


def _amount(written: object) -> float | None:
    try:
        amount = Decimal(str(written)) if written is not None else None
    except InvalidOperation:
        return None
    return float(amount) if amount is not None and amount.is_finite() else None
