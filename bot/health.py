"""Whether each part answers: asked again and again, told at /health, /ready and in the metrics."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import structlog
from sanic import Blueprint, HTTPResponse, Request
from sanic.response import json

from bot.errors import AppError
from bot.services import Services

_FIRST_INTERVAL_S = 0.5
log = structlog.get_logger("bot.health")


class Health:
    """What answered last time, and what ever did."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._up: dict[str, bool] = {}
        self._seen: set[str] = set()
        self._task: asyncio.Task[None] | None = None
        self._probes: dict[str, Callable[[], Awaitable[None]]] = {
            "database": self._probe_database,
            "rasa": self._probe_rasa,
            "actions": services.knowledge.ready,
        }

    @property
    def all_seen(self) -> bool:
        """Whether every part has answered once."""
        return self._seen == set(self._probes)

    def start(self) -> None:
        """Begin asking."""
        self._task = asyncio.create_task(self._ask_again_and_again())

    async def stop(self) -> None:
        """Stop asking."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def ready(self) -> tuple[bool, list[str]]:
        """Whether shoppers can be served, and the names of the parts that are down.

        At first all parts must have answered; after that only the database must.
        """
        await self._probe("database")
        down = [name for name in self._probes if not self._up.get(name)]
        return self._up["database"] and self.all_seen, down

    async def _ask_again_and_again(self) -> None:
        while True:
            await asyncio.gather(*(self._probe(name) for name in self._probes))
            seen = self._services.settings.probe_interval_s
            await asyncio.sleep(seen if self.all_seen else min(seen, _FIRST_INTERVAL_S))

    async def _probe(self, name: str) -> None:
        try:
            await self._probes[name]()
            up = True
            self._seen.add(name)
        except (AppError, httpx.HTTPError, ValueError):
            up = False
        if self._up.get(name) != up:
            self._tell(name, up=up)
        self._up[name] = up
        self._services.metrics.up.labels(name).set(up)

    def _tell(self, name: str, *, up: bool) -> None:
        if up:
            log.info("part answers", part=name)
        elif name in self._seen:
            log.warning("part is down", part=name)
        else:
            log.info("waiting for part", part=name)

    async def _probe_database(self) -> None:
        await self._services.whole(self._services.store.check())

    async def _probe_rasa(self) -> None:
        status = await self._services.rasa.status()
        self._services.metrics.rasa.clear()
        self._services.metrics.rasa.labels(status["version"], status["model"]).set(1)


def blueprint(health: Health) -> Blueprint:
    """`/health` and `/ready`."""
    pages = Blueprint("health")

    @pages.get("/health")
    async def alive(_request: Request) -> HTTPResponse:
        return json({"alive": True})

    @pages.get("/ready")
    async def ready(_request: Request) -> HTTPResponse:
        is_ready, down = await health.ready()
        return json({"ready": is_ready, "down": down}, status=200 if is_ready else 503)

    return pages
