"""The library of articles, asked without blocking: one bounded executor, a time limit, and figures."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final

from actions.metrics import Metrics
from knowledge_base.article import RenderedArticle
from knowledge_base.library import Library, Status
from knowledge_base.result import SearchResult

SUGGESTIONS: Final = 3


class BusyError(Exception):
    """More searches are waiting than may wait, or one took too long. Try again."""


class Knowledge:
    """What the actions and the HTTP API ask of the library."""

    def __init__(
        self,
        library: Library,
        metrics: Metrics,
        *,
        threads: int = 1,
        waiting: int = 64,
        timeout_s: float = 2.5,
    ) -> None:
        """At most `waiting` searches wait or run; the next one is refused with BusyError."""
        self._library, self._metrics = library, metrics
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="search")
        self._waiting, self._timeout_s = waiting, timeout_s
        self._pending = 0

    async def search(
        self, question: str, context: Mapping[str, Any], limit: int = 5, *, explain: bool = False
    ) -> SearchResult:
        """The articles for a question, and with `explain` why. Raises BusyError."""
        if self._pending >= self._waiting:
            self._metrics.refused.inc()
            raise BusyError(f"{self._pending} searches are waiting, more than {self._waiting} may not.")
        started_s = time.perf_counter()
        self._pending += 1
        call = asyncio.get_running_loop().run_in_executor(
            self._executor, partial(self._library.search, question, context, limit, explain=explain)
        )
        # The thread goes on when nobody waits any more, so the place is free only when it is done.
        call.add_done_callback(self._done)
        try:
            found = await asyncio.wait_for(asyncio.shield(call), self._timeout_s)
        except TimeoutError as error:
            self._metrics.refused.inc()
            raise BusyError(f"A search took longer than {self._timeout_s} s.") from error
        self._metrics.searched(found, time.perf_counter() - started_s)
        return found

    async def suggestions(self, question: str, context: Mapping[str, Any]) -> SearchResult | None:
        """The best articles for the person who takes over; None rather than keep the shopper waiting."""
        try:
            return await self.search(question, context, SUGGESTIONS)
        except BusyError:
            return None

    def article(self, article_id: str, locale: str, context: Mapping[str, Any]) -> RenderedArticle | None:
        """A published article as this shopper sees it."""
        return self._library.article(article_id, locale, context)

    def article_for_event(
        self, event: str, code: str | None, context: Mapping[str, Any]
    ) -> RenderedArticle | None:
        """The article that answers a checkout event."""
        return self._library.article_for_event(event, code, context)

    def steps(
        self, locale: str, first: Mapping[str, Sequence[str]]
    ) -> tuple[int, dict[str, tuple[RenderedArticle, ...]]]:
        """The version, and the top articles of each step; those in `first` lead."""
        return self._library.steps(locale, first)

    def status(self) -> Status:
        """What is live."""
        return self._library.status()

    def remembered(self) -> tuple[int, int]:
        """For how many questions the vector was remembered, and for how many it had to be made."""
        return self._library.remembered()

    async def watch(self) -> None:
        """Keeps the library fresh until cancelled."""
        await self._library.watch()

    def stop_asking(self) -> None:
        """Waits for running searches; the library stays open."""
        self._executor.shutdown(cancel_futures=True)

    def close(self) -> None:
        """Waits for running searches and lets the files go."""
        self.stop_asking()
        self._library.close()

    def _done(self, call: "asyncio.Future[SearchResult]") -> None:
        self._pending -= 1
        if not call.cancelled():
            call.exception()  # so that an error nobody waits for is not reported as never retrieved
