"""What the experiments rest on: each visitor once, orders as they came, silence until it is lifted."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.errors import AppError
from bot.experiment import Arm
from bot.store.database import Store
from bot.store.experiments import (
    Exposed,
    Result,
    count_exposed,
    expose,
    exposed_triggers,
    let_speak,
    order_completed,
    quiet,
    quieted,
    quietings,
    results,
)
from bot.store.models import Order

SITE, DAY = "fernhill", timedelta(hours=24)


async def meet(store: Store, visitor: str, arm: Arm = Arm.TREATED, trigger: str = "idle") -> Exposed:
    return await expose(store, SITE, visitor, trigger, arm, 0.1)


async def outcomes(store: Store, trigger: str = "idle", **limits: Any) -> list[Result]:
    return [result async for result in results(store, SITE, trigger, DAY, **limits)]


async def orders(store: Store) -> list[tuple[str | None, str | None]]:
    async with store.read() as session:
        return [(row.value, row.currency) for row in await session.scalars(select(Order).order_by(Order.id))]


async def test_a_visitor_is_exposed_once_and_keeps_the_first_arm(store: Store) -> None:
    first = await meet(store, "v1", Arm.CONTROL)
    again = await meet(store, "v1", Arm.TREATED)
    assert (first, again) == (Exposed(first=True, arm=Arm.CONTROL), Exposed(first=False, arm=Arm.CONTROL))
    assert await count_exposed(store, SITE, "idle") == 1


async def test_two_tabs_at_once_are_one_exposure(store: Store) -> None:
    found = await asyncio.gather(*(meet(store, "v1") for _ in range(8)))
    assert sum(exposed.first for exposed in found) == 1
    assert await count_exposed(store, SITE, "idle") == 1


async def test_an_order_counts_for_every_trigger_met_before_it_and_for_none_after(
    store: Store, clock: Any
) -> None:
    await meet(store, "v1", trigger="idle")
    await meet(store, "v1", trigger="exit")
    await order_completed(store, SITE, "v1", "49.90", "EUR")
    clock.pass_time(hours=2)
    await meet(store, "v1", trigger="late")
    await meet(store, "v2", trigger="idle")
    clock.pass_time(hours=25)
    assert [result.ordered for result in await outcomes(store, "idle")] == [True, False]
    assert [result.ordered for result in await outcomes(store, "exit")] == [True]
    assert [result.ordered for result in await outcomes(store, "late")] == [False]


async def test_nobody_counts_before_their_window_is_over_also_who_ordered_at_once(
    store: Store, clock: Any
) -> None:
    await meet(store, "v1")
    await order_completed(store, SITE, "v1", 10, "EUR")
    clock.pass_time(hours=23)
    assert await outcomes(store) == []
    clock.pass_time(hours=1)
    assert [result.ordered for result in await outcomes(store)] == [True]


async def test_an_order_after_the_window_does_not_count(store: Store, clock: Any) -> None:
    await meet(store, "v1")
    clock.pass_time(hours=24, seconds=1)
    await order_completed(store, SITE, "v1")
    assert [result.ordered for result in await outcomes(store)] == [False]


async def test_results_come_in_the_order_of_exposure_however_many_there_are(
    store: Store, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.experiments._ROWS_AT_ONCE", 3)
    for number in range(8):
        await meet(store, f"v{number}", Arm.CONTROL if number % 3 == 0 else Arm.TREATED)
        clock.pass_time(minutes=1)
    middle = clock.now() - timedelta(minutes=4)
    clock.pass_time(hours=24)
    found = await outcomes(store)
    assert [result.treated for result in found] == [number % 3 != 0 for number in range(8)]
    assert len(await outcomes(store, since=middle)) == 4
    assert await count_exposed(store, SITE, "idle", middle) == 4


async def test_a_thank_you_page_that_is_loaded_again_is_one_order(store: Store, clock: Any) -> None:
    assert await order_completed(store, SITE, "v1", "49.9", "eur")
    assert not await order_completed(store, SITE, "v1", 49.90, "EUR")
    assert await order_completed(store, SITE, "v1", 12, "EUR")
    clock.pass_time(hours=2)
    assert await order_completed(store, SITE, "v1", 12, "EUR")
    assert await orders(store) == [("49.90", "EUR"), ("12.00", "EUR"), ("12.00", "EUR")]


@pytest.mark.parametrize(
    ("value", "currency"),
    [
        ("NaN", "EURO"),
        ("1e400", ""),
        (-1, "E1R"),
        ("<b>", "€€€"),
        ({"a": 1}, None),
        (True, "äöü"),
        (float("inf"), None),
    ],
)
async def test_an_order_whose_value_is_none_is_still_an_order(
    store: Store, value: object, currency: str | None
) -> None:
    assert await order_completed(store, SITE, "v1", value, currency)
    assert await orders(store) == [(None, None)]


async def test_sites_do_not_mix(store: Store, clock: Any) -> None:
    await meet(store, "v1")
    await order_completed(store, "other", "v1")
    await expose(store, "other", "v1", "idle", Arm.TREATED, 0.1)
    clock.pass_time(hours=25)
    assert [result.ordered for result in await outcomes(store)] == [False]
    assert await exposed_triggers(store) == [(SITE, "idle"), ("other", "idle")]


async def test_a_silenced_trigger_is_silent_once_until_it_is_lifted(store: Store) -> None:
    assert await quiet(store, SITE, "idle", 57.0)
    assert not await quiet(store, SITE, "idle", 60.0)
    assert await quieted(store, SITE) == {"idle"}
    assert await quieted(store, "other") == frozenset()
    await let_speak(store, SITE, "idle")
    assert await quieted(store, SITE) == frozenset()
    assert await quiet(store, SITE, "idle", 41.0)
    assert [(row.evidence, row.lifted_at is None) for row in await quietings(store, SITE)] == [
        (57.0, False),
        (41.0, True),
    ]


async def test_lifting_what_is_not_silent_says_where_to_look(store: Store) -> None:
    with pytest.raises(AppError, match="idle") as refused:
        await let_speak(store, SITE, "idle")
    assert refused.value.code == "not_found"
    assert "python -m bot uplift" in refused.value.hint
