"""Watches the notices: tells connected shoppers when one begins or ends, and who asked when it is over."""

import asyncio

import structlog

from bot.errors import AppError
from bot.hub import NoticesChanged
from bot.services import Services
from bot.store.notices import live_notices, tell_over, waiting_for_ended

log = structlog.get_logger("bot.notices")


class Noticeboard:
    """Looks at start and every `notice_sweep_s`, as notices come from the command line too."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._live: tuple[str, ...] = ()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin watching."""
        self._task = asyncio.create_task(self._look_again_and_again())

    async def stop(self) -> None:
        """Stop watching."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def look(self) -> None:
        """Tell what has changed since the last look. AppError `unavailable`."""
        store = self._services.store
        live = tuple(row.id for row in await live_notices(store))
        if live != self._live:
            self._live = live
            self._services.hub.publish(NoticesChanged())
        while waiting := await waiting_for_ended(store):
            told = [await tell_over(store, *wait) for wait in waiting]
            if not any(told):  # another process was faster
                return

    async def _look_again_and_again(self) -> None:
        while True:
            try:
                await self._services.whole(self.look())
            except AppError as error:
                log.warning("cannot look at the notices", error=error.message)
            except Exception:
                log.exception("looking at the notices failed")
            await asyncio.sleep(self._services.settings.notice_sweep_s)
