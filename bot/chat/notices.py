"""Known problems and changes: what shoppers are told before they run into them, and before an answer."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.chat.subjects import is_subject, shared, words_of
from bot.clock import iso
from bot.conversation import Author
from bot.notices import FALL_BACK, text_for
from bot.services import Services
from bot.store.messages import Draft
from bot.store.models import Notice
from bot.store.notices import ANNOUNCED, announced_in, live_notices
from bot.store.turns import Job

Json = dict[str, Any]
TROUBLE_IS_NEWS_FOR = timedelta(minutes=10)
_TROUBLE = ("failed", "rejected", "refused", "declined", "unavailable", "error")


async def current_notices(services: Services, site: str, locale: str) -> list[Json]:
    """The notices of a site that hold now, in the asked language, for the guide and the `notices` frame."""
    return [as_told(row, locale) for row in await live_notices(services.store, site)]


def as_told(row: Notice, locale: str) -> Json:
    """A notice as the browser gets it."""
    return {
        "id": row.id,
        "text": text_for(row.texts, locale),
        "steps": row.steps,
        "countries": row.countries,
        "methods": row.methods,
        "until": iso(row.ends_at) if row.ends_at else None,
    }


async def said_first(services: Services, job: Job) -> list[Draft]:
    """The notices to say before the answer to what the shopper asked; each once in a conversation."""
    row = job.conversation
    if job.say.startswith("/"):  # a button was pressed, or somebody came back
        return []
    live = await live_notices(services.store, row.site)
    if not live:
        return []
    now = services.clock.now()
    about = [found for found in live if concerns(found, row.context, now) and is_asked(found, job, now)]
    if not about:
        return []
    said = await announced_in(services.store, row.id)
    return [_draft(found, row.locale) for found in about if found.id not in said]


def concerns(row: Notice, context: Mapping[str, Any], now: datetime) -> bool:
    """Whether a notice may concern this shopper: nothing known of them says that it does not.

    A step alone rules nothing out, as shoppers ask ahead; a country or a method of payment does.
    """
    country = str(context.get("country") or "").upper()
    if row.countries and country and country not in row.countries:
        return False
    method = _method(context, now)
    return not (row.methods and method and method not in row.methods)


def is_asked(row: Notice, job: Job, now: datetime) -> bool:
    """Whether the question is about what a notice says.

    It names the method of payment, or shares the notice's subject words: one that is its own, or two that
    every checkout has. Or, whatever was asked: the notice names the shopper's step, and the page has just
    reported trouble there.
    """
    asked = words_of(job.say)
    if any(shared(asked, words_of(method)) for method in row.methods):
        return True
    context = job.conversation.context
    step = (context.get("page") or {}).get("step")
    if step in row.steps and _trouble(context, now) is not None:
        return True
    texts = {text_for(row.texts, job.conversation.locale), text_for(row.texts, FALL_BACK)}
    return any(is_subject(shared(asked, words_of(text))) for text in texts)


def _draft(row: Notice, locale: str) -> Draft:
    body = {"notice": {"code": ANNOUNCED, "params": {"notice": row.id}}}
    return Draft(Author.SYSTEM, text_for(row.texts, locale), kind="notice", body=body)


def _method(context: Mapping[str, Any], now: datetime) -> str:
    """The method of payment that the page says was chosen, or named with its newest trouble; else empty."""
    event = _trouble(context, now) or {}
    named = context.get("method") or event.get("data", {}).get("method") or ""
    return str(named).strip().lower()


def _trouble(context: Mapping[str, Any], now: datetime) -> Json | None:
    """The newest event, if it reports that something went wrong a short while ago."""
    events: Sequence[Json] = context.get("events") or ()
    if not events or not str(events[-1]["event"]).endswith(_TROUBLE):
        return None
    return events[-1] if now - datetime.fromisoformat(events[-1]["at"]) <= TROUBLE_IS_NEWS_FOR else None
