"""What the server knows of a shopper's situation, for the conditions of triggers."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from knowledge_base.context import country_code

Json = dict[str, Any]
COUPON_REJECTED = "coupon.rejected"


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


def facts_at_event(
    context: Mapping[str, Any], locale: str, event_id: str, code: str | None, data: Mapping[str, Any]
) -> list[Json]:
    """The facts when an event comes, which only the server asks; `seen` is what came before it.

    Two of them where the event's code is spelled otherwise by the page than by us.
    """
    before = [event for event in context.get("events") or () if event["id"] != event_id]
    known = known_facts({**context, "events": before}, locale)
    known.setdefault("coupon", "rejected" if COUPON_REJECTED in known["seen"] else "none")
    spellings = [data, {**data, "code": code}] if code else [data]
    return [{**known, "data": spelled} for spelled in spellings]


def _amount(written: object) -> float | None:
    try:
        amount = Decimal(str(written)) if written is not None else None
    except InvalidOperation:
        return None
    return float(amount) if amount is not None and amount.is_finite() else None
