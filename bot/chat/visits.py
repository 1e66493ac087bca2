"""Visits in memory: where each shopper is, until there is a conversation to keep it with."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

MOST_VISITS = 20_000
MOST_TRACKED = 200
SESSION_ENDS_AFTER = timedelta(minutes=30)


@dataclass
class Visit:
    """One visitor now. `lock` is held while something may open a conversation.

    `opened` is the newest conversation opened here and when, in monotonic seconds. `session_since` is when
    the session began: one that is not heard of for half an hour is over.
    """

    context: dict[str, Any] = field(default_factory=dict)
    shopper: dict[str, Any] = field(default_factory=dict)
    opened: tuple[str, float] | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    tracked: OrderedDict[str, None] = field(default_factory=OrderedDict)
    session_since: datetime | None = None
    heard_at: datetime | None = None

    def hear(self, now: datetime) -> None:
        """The page was heard of."""
        if self.heard_at is None or now - self.heard_at > SESSION_ENDS_AFTER:
            self.session_since = now
        self.heard_at = now

    @property
    def linked(self) -> bool:
        """Whether the shopper may be known again."""
        return self.context.get("consent") is not False

    def first_time(self, client_id: str) -> bool:
        """Whether an event with this id comes for the first time."""
        if client_id in self.tracked:
            return False
        self.tracked[client_id] = None
        while len(self.tracked) > MOST_TRACKED:
            self.tracked.popitem(last=False)
        return True


class Visits:
    """The visits of this process; the longest unseen is forgotten when there are too many."""

    def __init__(self, most: int = MOST_VISITS) -> None:
        self._most = most
        self._visits: OrderedDict[str, Visit] = OrderedDict()

    def of(self, visitor_id: str) -> Visit:
        """The visit of a visitor, known or new."""
        visit = self._visits.setdefault(visitor_id, Visit())
        self._visits.move_to_end(visitor_id)
        while len(self._visits) > self._most:
            self._visits.popitem(last=False)
        return visit
