"""What the page tells of the shopper: cut to size, masked, merged; untrusted, so nothing here raises."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, TypeGuard

TRAIL_LIMIT = 20
EVENTS_LIMIT = 50
LINES_LIMIT = 50
DATA_LIMIT = 20
EVENT_IS_NEWS_FOR = timedelta(minutes=10)
_WORDS = {"country": 2, "currency": 3, "locale": 35, "time_zone": 64, "opened_by": 80, "method": 40}
_SWITCHES = ("consent", "paying", "returning")
_DEVICES = ("phone", "tablet", "desktop")
# Names in the order in which they count: most browsers name others beside themselves.
_BROWSERS = re.compile(r"Firefox|Edg|OPR|Chrome|Safari")
_MONEY = ("subtotal", "shipping", "discount", "tax", "total")

Mask = Callable[[str], str]
Json = dict[str, Any]


def clean(given: object, mask: Mask, at: str) -> Json:
    """The keys of a `context` that are understood.

    `mask` hides what nobody may keep; `at` dates what has no date.
    """
    if not isinstance(given, Mapping):
        return {}
    found: Json = {}
    for key, limit in _WORDS.items():
        if isinstance(given.get(key), str):
            found[key] = _text(given[key], limit, mask)
    for key in _SWITCHES:
        if isinstance(given.get(key), bool):
            found[key] = given[key]
    if page := _page(given.get("page"), mask):
        found["page"] = page
    if isinstance(given.get("trail"), list):
        pages = [_visit(item, mask, at) for item in given["trail"][-TRAIL_LIMIT:]]
        found["trail"] = _with_stays([page for page in pages if page], at)
    if isinstance(given.get("events"), list):
        events = [clean_event(item, mask, at) for item in given["events"][-EVENTS_LIMIT:]]
        found["events"] = [event for event in events if event]
    if cart := _cart(given.get("cart"), mask):
        found["cart"] = cart
    if device := _device(given.get("device"), mask):
        found["device"] = device
    return found


def clean_event(given: object, mask: Mask, at: str) -> Json | None:
    """One event, or None when it has no name."""
    if not isinstance(given, Mapping) or not (name := _text(given.get("event"), 64, mask)):
        return None
    data = given.get("data")
    return {
        "id": _text(given.get("id"), 64, str),
        "event": name,
        "data": clean_data(data, mask) if isinstance(data, Mapping) else {},
        "at": _time(given.get("at"), at),
    }


def paying_after(event: str) -> Json:
    """What an event says of a payment that is on its way, as a part of the context."""
    if not event.startswith(("payment.", "order.")):
        return {}
    return {"paying": event == "payment.started"}


def clean_data(data: Mapping[str, Any], mask: Mask) -> Json:
    """The scalars of an event's data."""
    found: Json = {}
    for key, value in list(data.items())[:DATA_LIMIT]:
        if isinstance(value, str):
            found[str(key)[:64]] = _text(value, 500, mask)
        elif value is None or isinstance(value, bool) or _is_number(value):
            found[str(key)[:64]] = value
    return found


def merge(old: Json, new: Json) -> Json:
    """`old` with the keys of `new`; events are added to those known, each once."""
    merged = {**old, **new}
    if "events" in new:
        merged["events"] = list(old.get("events", []))
        known = {event["id"] for event in merged["events"] if event["id"]}
        merged["events"] += [event for event in new["events"] if not event["id"] or event["id"] not in known]
        merged["events"] = merged["events"][-EVENTS_LIMIT:]
    return merged


def for_search(context: Json, locale: str, now: datetime) -> Json:
    """What a search may weigh: step, country, currency, locale, cart, and an event of the last minutes."""
    found: Json = {"locale": locale}
    for key in ("country", "currency", "cart"):
        if context.get(key):
            found[key] = context[key]
    if step := (context.get("page") or {}).get("step"):
        found["step"] = step
    events = context.get("events") or []
    if events and now - datetime.fromisoformat(events[-1]["at"]) <= EVENT_IS_NEWS_FOR:
        newest = events[-1]
        found["event"] = {
            "event": newest["event"],
            "code": newest["data"].get("code"),
            "data": newest["data"],
        }
    return found


def _page(given: object, mask: Mask) -> Json | None:
    if not isinstance(given, Mapping):
        return None
    page = {"url": _text(given.get("url"), 500, mask), "title": _text(given.get("title"), 200, mask)}
    if step := _text(given.get("step"), 40, mask):
        page["step"] = step
    return page


def _visit(given: object, mask: Mask, at: str) -> Json | None:
    page = _page(given, mask)
    if page is None or not isinstance(given, Mapping):
        return None
    return {
        **page,
        "at": _time(given.get("at"), at),
        "stay_s": _whole(given.get("stay_s"), 10**6, -1),
    }


def _with_stays(pages: list[Json], at: str) -> list[Json]:
    """A page without a `stay_s` was looked at until the next one came, the last until now."""
    for page, after in pairwise([*pages, {"at": at}]):
        if page["stay_s"] < 0:
            stay = datetime.fromisoformat(after["at"]) - datetime.fromisoformat(page["at"])
            page["stay_s"] = _whole(stay.total_seconds(), 10**6, 0)
    return pages


def _cart(given: object, mask: Mask) -> Json | None:
    if not isinstance(given, Mapping):
        return None
    lines = given.get("lines")
    cart: Json = {
        "currency": _text(given.get("currency"), 3, mask),
        "lines": [
            line
            for item in (lines if isinstance(lines, list) else [])[:LINES_LIMIT]
            if (line := _line(item, mask))
        ],
    }
    for key in _MONEY:
        if amount := _text(given.get(key), 20, str):
            cart[key] = amount
    if coupon := _text(given.get("coupon"), 40, mask):
        cart["coupon"] = coupon
    return cart


def _line(given: object, mask: Mask) -> Json | None:
    if not isinstance(given, Mapping):
        return None
    line: Json = {
        "title": _text(given.get("title"), 200, mask),
        "quantity": _whole(given.get("quantity"), 10**6, 1),
        "price": _text(given.get("price"), 20, str),
    }
    if variant := _text(given.get("variant"), 100, mask):
        line["variant"] = variant
    return line


def _device(given: object, mask: Mask) -> Json | None:
    if not isinstance(given, Mapping):
        return None
    return {
        "kind": given["kind"] if given.get("kind") in _DEVICES else "desktop",
        "browser": _browser(_text(given.get("browser"), 400, mask)),
        "width": _whole(given.get("width"), 10**5, 0),
        "height": _whole(given.get("height"), 10**5, 0),
    }


def _browser(told: str) -> str:
    """A browser's name, also from all that it says of itself (the user agent)."""
    if "/" not in told:
        return told[:80]
    names = sorted(_BROWSERS.findall(told), key=_BROWSERS.pattern.split("|").index)
    return {"Edg": "Edge", "OPR": "Opera"}.get(names[0], names[0]) if names else "other"


def _text(given: object, limit: int, mask: Mask) -> str:
    if _is_number(given):
        given = str(given)
    return mask(given[: limit * 4])[:limit] if isinstance(given, str) else ""


def _time(given: object, at: str) -> str:
    if isinstance(given, str) and len(given) <= 40:
        try:
            parsed = datetime.fromisoformat(given)
        except ValueError:
            return at
        return given if parsed.tzinfo is not None else at
    return at


def _whole(value: object, most: int, otherwise: int) -> int:
    return min(max(round(value), 0), most) if _is_number(value) else otherwise


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
