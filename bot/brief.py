"""A conversation in three short lines for an agent: what they want, where they are stuck, what was tried."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.words import say

__all__ = ["Tried", "brief", "event_words", "money", "shorten"]

QUESTION_CHARS: Final = 120
TITLE_CHARS: Final = 60
_TROUBLE: Final = (
    "fail",
    "reject",
    "refus",
    "declin",
    "undeliver",
    "error",
    "invalid",
    "timeout",
    "timed_out",
)
_TRIED: Final = {"yes": "brief_tried_helped", "no": "brief_tried_not_helped"}
_SYMBOLS: Final = {"EUR": "€", "GBP": "£", "USD": "$", "JPY": "¥"}

Fact = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Tried:
    """An answer that was given, and what the shopper said of it (`yes`, `no`, `dismissed` or nothing)."""

    title: str
    verdict: str | None


def brief(
    *, question: str | None, reason: str | None, context: Fact, tried: Sequence[Tried], locale: str
) -> list[str]:
    """Up to three lines, made from facts alone."""
    lines = [
        _wants(question, reason, locale),
        _stuck(context, locale),
        _tried(tried, locale),
    ]
    return [line for line in lines if line]


def event_words(event: Fact, locale: str) -> str:
    """`payment declined (insufficient funds)`."""
    name = str(event.get("event", ""))
    words = say("event", locale, event=name, plain=_spoken(name))
    data = event.get("data")
    code = data.get("code") if isinstance(data, Mapping) else None
    return f"{words} ({shorten(_spoken(code), TITLE_CHARS)})" if isinstance(code, str) and code else words


def money(amount: str, currency: str) -> str:
    """`€92.80`, or `92.80 CHF` where the sign is not known to everybody."""
    symbol = _SYMBOLS.get(currency)
    return f"{symbol}{amount}" if symbol else f"{amount} {currency}".strip()


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters on one line, cut at a word where there is one."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    head, _, _ = cut.rpartition(" ")
    return (head if len(head) > limit // 2 else cut).rstrip(" ,.;:") + "…"


def _wants(question: str | None, reason: str | None, locale: str) -> str:
    if question:
        return say("brief_wants", locale, question=shorten(question, QUESTION_CHARS))
    return say("reason_text", locale, reason=reason) if reason else ""


def _stuck(context: Fact, locale: str) -> str:
    place = _place(context, locale)
    trouble = _trouble(context, locale)
    return f"{place}: {trouble}" if place and trouble else place or trouble[:1].upper() + trouble[1:]


def _place(context: Fact, locale: str) -> str:
    page, cart = context.get("page") or {}, context.get("cart") or {}
    step = shorten(_spoken(str(page.get("step") or "")), TITLE_CHARS)
    total = money(str(cart["total"]), str(cart.get("currency") or "")) if cart.get("total") else ""
    if step and total:
        return say("brief_at_step_total", locale, step=step, total=total)
    if step:
        return say("brief_at_step", locale, step=step)
    return say("brief_total", locale, total=total) if total else ""


def _trouble(context: Fact, locale: str) -> str:
    """The last thing that went wrong, and how often the same did."""
    events = [event for event in context.get("events") or [] if _is_trouble(event)]
    if not events:
        return ""
    last = event_words(events[-1], locale)
    count = sum(event_words(event, locale) == last for event in events)
    if count == 1:
        return say("brief_event", locale, event=last)
    return say("brief_event_times", locale, event=last, count=count)


def _is_trouble(event: Fact) -> bool:
    return any(sign in str(event.get("event", "")) for sign in _TROUBLE)


def _tried(tried: Sequence[Tried], locale: str) -> str:
    if not tried:
        return say("brief_not_tried", locale)
    last = tried[-1]
    code = {"yes": "brief_tried_helped", "no": "brief_tried_not_helped"}.get(
        last.verdict or "", "brief_tried"
    )
    line = say(code, locale, title=shorten(last.title, TITLE_CHARS))
    others = len({entry.title for entry in tried} - {last.title})
    return say("brief_tried_more", locale, tried=line, count=others) if others else line


def _spoken(name: str) -> str:
    return name.replace(".", " ").replace("_", " ").strip()
