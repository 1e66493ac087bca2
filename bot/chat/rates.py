"""How much one shopper may send, and how many new ones may come from one address."""

import math
import time

from limits import RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from bot.errors import AppError
from bot.settings import Settings

SUGGESTIONS_AT_ONCE = 20
SUGGESTIONS_WINDOW_S = 5


class Rates:
    """Counts in memory, over a sliding window: so many frames at once, then so many a second."""

    def __init__(self, settings: Settings) -> None:
        # The moving window would keep every hit, and clear up in a thread per known key at each new one.
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        window_s = max(1, round(settings.frames_at_once / settings.frames_per_s))
        self._frames = RateLimitItemPerSecond(settings.frames_at_once, window_s, namespace="frames")
        # What a page reports by itself must never use up what the shopper may say.
        self._events = RateLimitItemPerSecond(settings.frames_at_once, window_s, namespace="events")
        self._files = RateLimitItemPerMinute(settings.files_per_minute, namespace="files")
        self._files_from = RateLimitItemPerMinute(settings.files_per_minute * 10, namespace="files-from")
        self._suggestions = RateLimitItemPerSecond(
            SUGGESTIONS_AT_ONCE, SUGGESTIONS_WINDOW_S, namespace="suggestions"
        )
        self._visitors = RateLimitItemPerMinute(settings.new_visitors_per_minute, namespace="visitors")

    async def take_frame(self, visitor_id: str) -> None:
        """Count a frame. AppError `rate_limited` when there were too many."""
        if not await self._limiter.hit(self._frames, visitor_id):
            raise await self._too_many(self._frames, visitor_id, "That was more than I can take at once.")

    async def take_event(self, visitor_id: str) -> None:
        """Count what the page reports by itself. AppError `rate_limited` when there was too much."""
        if not await self._limiter.hit(self._events, visitor_id):
            raise await self._too_many(self._events, visitor_id, "The page reports more than I can take.")

    async def take_file(self, visitor_id: str, address: str) -> None:
        """Count a file. AppError `rate_limited` when there were too many, also from that address."""
        for item, key in ((self._files, visitor_id), (self._files_from, address)):
            if not await self._limiter.hit(item, key):
                raise await self._too_many(item, key, "These are more files than I can take at once.")

    async def take_suggestion(self, visitor_id: str) -> None:
        """Count what is looked up while the shopper types. AppError `rate_limited` when too much."""
        if not await self._limiter.hit(self._suggestions, visitor_id):
            raise await self._too_many(
                self._suggestions, visitor_id, "That was typed faster than I can look."
            )

    async def take_visitor(self, address: str) -> None:
        """Count a new visitor. AppError `rate_limited` when too many came from there."""
        if not await self._limiter.hit(self._visitors, address):
            raise await self._too_many(
                self._visitors, address, "Too many new chats were opened from your network."
            )

    async def _too_many(
        self, item: RateLimitItemPerSecond | RateLimitItemPerMinute, key: str, words: str
    ) -> AppError:
        stats = await self._limiter.get_window_stats(item, key)
        wait_s = max(1, math.ceil(stats.reset_time - time.time()))
        seconds = "1 second" if wait_s == 1 else f"{wait_s} seconds"
        return AppError("rate_limited", words, f"Try again in {seconds}.")
