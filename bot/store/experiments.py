"""What the experiments rest on: who was exposed to which trigger, who ordered, and what was silenced."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from bot.errors import AppError
from bot.experiment import Arm
from bot.store.database import Change, Store
from bot.store.models import Exposure, Order, Quieting

SAME_ORDER_WITHIN = timedelta(hours=1)
_ROWS_AT_ONCE = 500  # a shopper's frame may wait for so many to be read, not more
_LARGEST_VALUE = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class Exposed:
    """That a visitor's exposure is recorded: whether this was the first, and the arm that holds for them.

    The arm is the one recorded first, also when the share of control was changed since.
    """

    first: bool
    arm: Arm


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one visitor who was exposed: ordered within the window or not, the window being over."""

    at: datetime
    treated: bool
    control_share: float
    ordered: bool


async def expose(
    store: Store, site: str, visitor_id: str, trigger: str, arm: Arm, control_share: float
) -> Exposed:
    """Record that a trigger came true for a visitor, in either arm; once for each visitor and trigger.

    Not for visitors without consent, nor for a trigger that is silenced.
    """
    try:
        async with store.change() as change:
            row = await _exposure(change, site, visitor_id, trigger)
            if row is not None:
                return Exposed(first=False, arm=Arm(row.arm))
            change.session.add(
                Exposure(
                    site=site,
                    visitor_id=visitor_id,
                    trigger=trigger,
                    arm=arm,
                    control_share=control_share,
                    at=change.at,
                )
            )
    except IntegrityError:  # two tabs at once, and the other was first
        return Exposed(first=False, arm=arm)
    return Exposed(first=True, arm=arm)


async def order_completed(
    store: Store, site: str, visitor_id: str, value: object = None, currency: str | None = None
) -> bool:
    """Record an order; False when it is the one recorded before, as when a page is loaded again.

    `value` may be anything a page sends; what is no amount of money is left out.
    """
    amount, money = _amount(value), _currency(currency)
    async with store.change() as change:
        same = (Order.visitor_id == visitor_id, Order.site == site, Order.at > change.at - SAME_ORDER_WITHIN)
        last = await change.session.scalar(select(Order).where(*same).order_by(Order.id.desc()).limit(1))
        if last is not None and (last.value, last.currency) == (amount, money):
            return False
        change.session.add(
            Order(site=site, visitor_id=visitor_id, at=change.at, value=amount, currency=money)
        )
        waiting = (Exposure.visitor_id == visitor_id, Exposure.site == site, Exposure.ordered_at.is_(None))
        await change.session.execute(update(Exposure).where(*waiting).values(ordered_at=change.at))
    return True


async def quieted(store: Store, site: str) -> frozenset[str]:
    """The triggers of a site that silenced themselves and may not speak now."""
    query = select(Quieting.trigger).where(Quieting.site == site, Quieting.lifted_at.is_(None))
    async with store.read() as session:
        return frozenset(await session.scalars(query))


async def quiet(store: Store, site: str, trigger: str, evidence: float) -> bool:
    """Silence a trigger; False when it is silent already."""
    async with store.change() as change:
        if await _active(change, site, trigger) is not None:
            return False
        change.session.add(Quieting(site=site, trigger=trigger, at=change.at, evidence=evidence))
        change.note(None, "trigger_quieted", site=site, trigger=trigger, evidence=evidence)
    return True


async def let_speak(store: Store, site: str, trigger: str) -> Quieting:
    """Let a silenced trigger speak again; from now on it is judged anew. AppError `not_found`."""
    async with store.change() as change:
        row = await _active(change, site, trigger)
        if row is None:
            raise AppError(
                "not_found",
                f"No trigger {trigger[:64]!r} of site {site[:64]!r} has silenced itself.",
                "See which have: python -m bot uplift",
            )
        row.lifted_at = change.at
        change.note(None, "trigger_lifted", site=site, trigger=trigger)
    return row


async def quietings(store: Store, site: str) -> list[Quieting]:
    """Every time a trigger of the site was silenced, the oldest first."""
    query = select(Quieting).where(Quieting.site == site).order_by(Quieting.id)
    async with store.read() as session:
        return list(await session.scalars(query))


async def exposed_triggers(store: Store) -> list[tuple[str, str]]:
    """Site and trigger of every experiment, in alphabetical order."""
    query = select(Exposure.site, Exposure.trigger).distinct().order_by(Exposure.site, Exposure.trigger)
    async with store.read() as session:
        return [(site, trigger) for site, trigger in await session.execute(query)]


async def count_exposed(store: Store, site: str, trigger: str, since: datetime | None = None) -> int:
    """How many visitors were exposed, also those whose window is not over."""
    query = select(func.count()).where(Exposure.site == site, Exposure.trigger == trigger)
    if since is not None:
        query = query.where(Exposure.at >= since)
    async with store.read() as session:
        return await session.scalar(query) or 0


async def results(
    store: Store, site: str, trigger: str, window: timedelta, since: datetime | None = None
) -> AsyncIterator[Result]:
    """What became of the visitors exposed to a trigger, in the order in which they were exposed.

    Only of those whose window is over. An order that came early waits for its window too: counted at
    once, it would make whichever arm orders sooner look better than it is.
    """
    over, last = store.clock.now() - window, 0
    wanted = [Exposure.site == site, Exposure.trigger == trigger, Exposure.at <= over]
    if since is not None:
        wanted.append(Exposure.at >= since)
    columns = (Exposure.id, Exposure.at, Exposure.arm, Exposure.control_share, Exposure.ordered_at)
    while True:
        query = select(*columns).where(*wanted, Exposure.id > last).order_by(Exposure.id)
        async with store.read() as session:
            rows = (await session.execute(query.limit(_ROWS_AT_ONCE))).all()
        for row_id, at, arm, control_share, ordered_at in rows:
            last = row_id
            ordered = ordered_at is not None and at <= ordered_at <= at + window
            yield Result(at, arm == Arm.TREATED, control_share, ordered)
        if len(rows) < _ROWS_AT_ONCE:
            return


async def _exposure(change: Change, site: str, visitor_id: str, trigger: str) -> Exposure | None:
    wanted = (Exposure.visitor_id == visitor_id, Exposure.trigger == trigger, Exposure.site == site)
    return await change.session.scalar(select(Exposure).where(*wanted))


async def _active(change: Change, site: str, trigger: str) -> Quieting | None:
    wanted = (Quieting.site == site, Quieting.trigger == trigger, Quieting.lifted_at.is_(None))
    return await change.session.scalar(select(Quieting).where(*wanted))


def _amount(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return None
    try:
        amount = Decimal(str(value).strip()[:40])
    except InvalidOperation:
        return None
    if not amount.is_finite() or not 0 <= amount < _LARGEST_VALUE:
        return None
    return f"{amount:.2f}"


def _currency(code: str | None) -> str | None:
    return (
        code.upper()
        if isinstance(code, str) and len(code) == 3 and code.isascii() and code.isalpha()
        else None
    )
