"""Hand-overs: putting a shopper in line for a person, with everything a person needs to know."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from bot.store.conversations import ownership, set_owner
from bot.store.database import Change, Store
from bot.store.messages import notice
from bot.store.models import Conversation, HandOver


@dataclass(frozen=True, slots=True)
class Package:
    """Why a person is needed. `matches`: [{"id", "title", "short_answer", "confidence"}], best first."""

    reason: str
    question: str | None = None
    confidence: float | None = None
    language: str | None = None
    matches: list[dict[str, Any]] = field(default_factory=list)


async def hand_overs(store: Store, conversation_id: str) -> list[HandOver]:
    """Every hand-over of the conversation, in order."""
    query = select(HandOver).where(HandOver.conversation_id == conversation_id).order_by(HandOver.id)
    async with store.read() as session:
        return list(await session.scalars(query))


async def put_in_queue(
    change: Change, row: Conversation, package: Package, by: str, *, staffed: bool, tell: bool = True
) -> None:
    """Ask for a person, in this change, and tell the shopper unless `tell` is False.

    Where a person is asked for already, or there, nothing happens.
    """
    old = ownership(row)
    new = old.ask()
    if new == old:
        return
    await set_owner(change, row, new, by, reason=package.reason)
    row.language = package.language or row.language
    change.session.add(
        HandOver(
            conversation_id=row.id,
            epoch=row.epoch,
            at=change.at,
            question=package.question,
            reason=package.reason,
            confidence=package.confidence,
            package={
                "question": package.question,
                "reason": package.reason,
                "confidence": package.confidence,
                "language": package.language,
                "matches": package.matches[:3],
                "context": row.context,
            },
        )
    )
    if not staffed and row.contact != "kept":
        row.contact = "wanted"
    if tell:
        _tell(change, row, package.reason, wants_contact=row.contact == "wanted" and not staffed)


def _tell(change: Change, row: Conversation, reason: str, *, wants_contact: bool) -> None:
    if reason == "unavailable":
        notice(change, row, "unavailable")
    if wants_contact:
        notice(change, row, "contact_wanted")
    else:
        notice(change, row, "queued", reason=reason)
