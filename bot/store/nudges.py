"""When the assistant spoke first: to whom, about what, and whether it was put away."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.store.database import Change, Store
from bot.store.models import Message, Nudge

MOST = 500
ABOUT_CHARS = 200


@dataclass(frozen=True, slots=True)
class Shown:
    """One nudge that was shown. `about` is what it was about: a guess's rule, or an event and its code."""

    trigger: str
    about: str
    guess: bool
    at: datetime
    dismissed_at: datetime | None = None


async def shown_to(store: Store, visitor_id: str, since: datetime) -> list[Shown]:
    """What a visitor who may be known again was shown or put away since then, the newest first."""
    mine = (Nudge.visitor_id == visitor_id, Nudge.at > since)
    query = select(Nudge).where(*mine).order_by(Nudge.at.desc()).limit(MOST)
    async with store.read() as session:
        return [
            Shown(row.trigger, row.about, row.guess, row.at, row.dismissed_at)
            for row in await session.scalars(query)
        ]


async def shown_in(store: Store, conversation_id: str) -> list[Shown]:
    """The same of one conversation, from its messages: for a visitor of whom nothing else is kept."""
    offers = (Message.conversation_id == conversation_id, Message.kind == "offer")
    query = select(Message).where(*offers).order_by(Message.seq.desc()).limit(MOST)
    async with store.read() as session:
        return [_shown(message) for message in await session.scalars(query)]


def keep_nudge(
    change: Change, message: Message, visitor_id: str, trigger: str, shown: str, *, guess: bool
) -> None:
    """Keep, with the offer, that a visitor was shown it; `shown` is what it is about."""
    change.session.add(
        Nudge(
            conversation_id=message.conversation_id,
            seq=message.seq,
            visitor_id=visitor_id,
            trigger=trigger,
            about=shown,
            guess=guess,
            at=change.at,
        )
    )


async def put_away(change: Change, message: Message) -> None:
    """Keep that an offer was dismissed; nothing where no nudge was kept."""
    row = await change.session.get(Nudge, (message.conversation_id, message.seq))
    if row is not None and row.dismissed_at is None:
        row.dismissed_at = change.at


def about_offer(offer: Mapping[str, Any]) -> str:
    """What a kept offer was about; earlier ones have their code among the data."""
    return about(offer["event"], offer["code"] if "code" in offer else offer["data"].get("code"))


def about(event: str, code: str | None) -> str:
    """What an offer is about."""
    return (f"{event}:{code}" if code else event)[:ABOUT_CHARS]


def _shown(message: Message) -> Shown:
    offer = message.body["offer"]
    dismissed = offer.get("dismissed_at")
    return Shown(
        offer.get("trigger") or "",
        about_offer(offer),
        bool(offer.get("guess")),
        message.at,
        datetime.fromisoformat(dismissed) if dismissed else message.at if offer.get("dismissed") else None,
    )
