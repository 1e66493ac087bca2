"""The experiment of each trigger, read from the store and measured."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from bot.reports.uplift import Uplift, measure
from bot.store.database import Store
from bot.store.experiments import Result, count_exposed, exposed_triggers, quietings, results
from bot.store.models import Quieting


@dataclass(frozen=True, slots=True)
class Trial:
    """One trigger's experiment. `waiting` are the visitors whose window is not over, in neither arm yet.

    `quieting` is the newest time that the trigger silenced itself, lifted or not.
    """

    site: str
    trigger: str
    uplift: Uplift
    waiting: int
    quieting: Quieting | None

    @property
    def quiet(self) -> bool:
        """Whether the trigger is silent now."""
        return self.quieting is not None and self.quieting.lifted_at is None


async def read_trials(store: Store, window: timedelta, since: datetime | None = None) -> list[Trial]:
    """Every experiment; with `since`, only its visitors exposed from then on."""
    return [
        await read_trial(store, site, trigger, window, since)
        for site, trigger in await exposed_triggers(store)
    ]


async def read_trial(
    store: Store, site: str, trigger: str, window: timedelta, since: datetime | None = None
) -> Trial:
    """One trigger's experiment, measured beside the event loop."""
    found = [result async for result in results(store, site, trigger, window, since)]
    uplift = await asyncio.to_thread(_measure, found)
    exposed = await count_exposed(store, site, trigger, since)
    silenced = [row for row in await quietings(store, site) if row.trigger == trigger]
    return Trial(site, trigger, uplift, exposed - len(found), silenced[-1] if silenced else None)


def _measure(found: Sequence[Result]) -> Uplift:
    return measure(
        np.array([result.ordered for result in found], dtype=bool),
        np.array([result.treated for result in found], dtype=bool),
        np.array([result.control_share for result in found], dtype=float),
    )
