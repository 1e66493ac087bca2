"""Deletes attached files that belong to no message: at start, and every hour."""

import asyncio

import structlog

from bot.errors import AppError
from bot.store.database import Store
from bot.store.files import sweep
from bot.uploads import Uploads

EVERY_S = 3600.0
log = structlog.get_logger("bot.uploads")


class Sweeper:
    """Sweeps the folder; what cannot be done is logged, and done the next time."""

    def __init__(self, store: Store, uploads: Uploads, every_s: float = EVERY_S) -> None:
        self._store = store
        self._uploads = uploads
        self._every_s = every_s
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Sweep once, so that it is known what the folder holds, then again and again."""
        await self._sweep()
        self._task = asyncio.create_task(self._sweep_again_and_again())

    async def stop(self) -> None:
        """Sweep no more."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _sweep_again_and_again(self) -> None:
        while True:
            await asyncio.sleep(self._every_s)
            await self._sweep()

    async def _sweep(self) -> None:
        try:
            if gone := await sweep(self._store, self._uploads):
                log.info("files without a message are deleted", files=gone)
        except (AppError, OSError) as error:
            log.error("the uploads cannot be looked through", error=str(error), again_in_s=self._every_s)
