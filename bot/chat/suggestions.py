"""Answers while the shopper types: the nearest articles, for the newest words only. Nothing is stored."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from bot.chat.caller import Caller
from bot.context import for_search
from bot.errors import AppError
from bot.protocol import Suggest
from bot.services import Services

LEAST_CHARS = 3
MOST_CHARS = 200
MOST_MATCHES = 3
LEAST_CONFIDENCE = 0.05
log = structlog.get_logger("bot.chat")


class Suggestions:
    """Of one connection: at most one question is on its way, and a newer one takes its place unanswered."""

    def __init__(self, services: Services, tell: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        self._services = services
        self._tell = tell
        self._task: asyncio.Task[None] | None = None

    def ask(self, caller: Caller, frame: Suggest) -> None:
        """Look for articles; `suggestions` comes when they are found, unless something newer is asked."""
        self.close()
        self._task = asyncio.create_task(self._answer(caller, frame))

    async def finish(self) -> None:
        """Wait for the answer on its way, for a connection that ends with its reply."""
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    def close(self) -> None:
        """Give up what is on its way."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _answer(self, caller: Caller, frame: Suggest) -> None:
        matches = await self._matches(caller, frame.text.strip()[:MOST_CHARS])
        await self._tell({"type": "suggestions", "id": frame.id, "matches": matches})

    async def _matches(self, caller: Caller, text: str) -> list[dict[str, str]]:
        if len(text) < LEAST_CHARS:
            return []
        context = for_search(caller.visit.context, caller.locale, self._services.clock.now())
        try:
            found = await self._services.knowledge.find(caller.mask(text), context, MOST_MATCHES)
        except AppError as error:  # nobody has asked anything yet, so nobody is told
            log.info("no suggestions", why=error.code)
            return []
        near = [match for match in found.matches[:MOST_MATCHES] if match.confidence >= LEAST_CONFIDENCE]
        return [{"id": match.id, "title": match.title} for match in near]
