"""Silences a trigger once it costs orders beyond doubt; looks every so often."""

import asyncio
from datetime import timedelta

import structlog

from bot.errors import AppError
from bot.reports.trials import read_trial
from bot.reports.uplift import Verdict
from bot.services import Services
from bot.store.database import Store
from bot.store.experiments import exposed_triggers, quiet, quietings

log = structlog.get_logger("bot.reports")


class Quieter:
    """Looks at every experiment, at start and after each `quieting_interval_s`."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin looking."""
        self._task = asyncio.create_task(self._look_again_and_again())

    async def stop(self) -> None:
        """Stop looking."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _look_again_and_again(self) -> None:
        settings = self._services.settings
        while True:
            try:
                window = timedelta(seconds=settings.order_window_s)
                await self._services.whole(quiet_the_harmful(self._services.store, window))
            except AppError as error:
                log.warning("cannot look at the experiments", error=error.message)
            except Exception:
                log.exception("looking at the experiments failed")
            await asyncio.sleep(settings.quieting_interval_s)


async def quiet_the_harmful(store: Store, window: timedelta) -> list[tuple[str, str]]:
    """Silence each trigger that hurts beyond doubt; site and trigger of those that were.

    A trigger that was let speak again is judged by the visitors since then alone.
    """
    silenced = []
    for site, trigger in await exposed_triggers(store):
        before = [row for row in await quietings(store, site) if row.trigger == trigger]
        if before and before[-1].lifted_at is None:
            continue
        since = before[-1].lifted_at if before else None
        uplift = (await read_trial(store, site, trigger, window, since)).uplift
        if uplift.verdict is Verdict.HURTS and await quiet(store, site, trigger, uplift.hurts):
            silenced.append((site, trigger))
            log.warning(
                "trigger silenced itself: it costs orders",
                site=site,
                trigger=trigger,
                evidence=round(uplift.hurts, 1),
                difference=uplift.difference,
                undo=f"python -m bot let-speak {trigger} --site {site}",
            )
    return silenced
