"""What every part of the server stands on, made once by bot.app."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
import structlog

from bot.cards import Cards
from bot.clock import Clock
from bot.hub import Hub
from bot.identity import VisitorTokens
from bot.knowledge import Knowledge
from bot.metrics import Metrics
from bot.presence import Presence
from bot.rasa import Rasa
from bot.rules import Rules
from bot.settings import Settings
from bot.staff.sign_in import SignIn
from bot.store.database import Store
from bot.uploads import Uploads

Result = TypeVar("Result")
log = structlog.get_logger("bot")


@dataclass
class Running:
    """What runs beside the requests. `stopping` is set when the server goes down.

    `answering` holds the conversations whose turn the assistant is taking.
    """

    answering: set[str] = field(default_factory=set)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: set[asyncio.Task[Any]] = field(default_factory=set)


@dataclass(frozen=True)
class Services:
    """The parts of one `bot`."""

    settings: Settings
    clock: Clock
    hub: Hub
    presence: Presence
    store: Store
    client: httpx.AsyncClient
    rasa: Rasa
    knowledge: Knowledge
    cards: Cards
    rules: Rules
    tokens: VisitorTokens
    sign_in: SignIn
    uploads: Uploads
    metrics: Metrics
    running: Running = field(default_factory=Running)

    def in_background(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something that nobody waits for; what goes wrong is logged."""
        self._begin(work).add_done_callback(_log_failure)

    async def whole(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Do something to its end, also when whoever waits for it is cancelled meanwhile.

        A shopper's connection may go at any moment, but never in the middle of a change to the database.
        """
        return await asyncio.shield(self._begin(work))

    async def finish(self, patience_s: float) -> None:
        """Wait for what still runs; what takes longer than `patience_s` is cancelled."""
        if self.running.tasks:
            await asyncio.wait(self.running.tasks, timeout=patience_s)
        for task in self.running.tasks:
            task.cancel()
        await asyncio.gather(*self.running.tasks, return_exceptions=True)

    def _begin(self, work: Coroutine[Any, Any, Result]) -> asyncio.Task[Result]:
        task = asyncio.create_task(work)
        self.running.tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self.running.tasks.discard(task)
        if not task.cancelled():
            task.exception()  # looked at here too, for when nobody waits for it any more


def _log_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.warning("background work failed", exc_info=error)
