"""What every part of the server stands on, made once by bot.app."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

import httpx
import structlog

from bot.clock import Clock
from bot.hub import Hub
from bot.identity import VisitorTokens
from bot.knowledge import Knowledge
from bot.metrics import Metrics
from bot.presence import Presence
from bot.rasa import Rasa
from bot.settings import Settings
from bot.store.database import Store

log = structlog.get_logger("bot")


@dataclass
class Running:
    """What runs beside the requests. `stopping` is set when the server goes down."""

    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)


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
    tokens: VisitorTokens
    metrics: Metrics
    running: Running = field(default_factory=Running)

    def in_background(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something that nobody waits for; what goes wrong is logged."""
        task = asyncio.create_task(work)
        self.running.tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self.running.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("background work failed", exc_info=error)
