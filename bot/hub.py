"""Fan-out inside this process: what changed, told to every socket that listens."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

EVERYTHING = "*"
QUEUE_LIMIT = 256


@dataclass(frozen=True, slots=True)
class Stored:
    """A message was stored; `message` is its row."""

    conversation_id: str
    message: Any


@dataclass(frozen=True, slots=True)
class Updated:
    """Something about an earlier message changed: `fields` of the `update` frame."""

    conversation_id: str
    seq: int
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Changed:
    """The conversation changed: owner, contact, context or who the shopper is. Read it again."""

    conversation_id: str


@dataclass(frozen=True, slots=True)
class Typing:
    """`author` (`shopper`, `assistant`, `agent`) is writing, or has stopped."""

    conversation_id: str
    author: str
    on: bool


@dataclass(frozen=True, slots=True)
class TurnWaiting:
    """The assistant has a turn to take; `turn` and `conversation` are their rows as stored."""

    conversation_id: str
    turn: Any
    conversation: Any


@dataclass(frozen=True, slots=True)
class QueueMoved:
    """Somebody joined or left the queue: every place in it may have changed."""

    conversation_id: str


@dataclass(frozen=True, slots=True)
class PresenceChanged:
    """Staff came or went, or a shopper did; `conversation_id` is empty for staff."""

    conversation_id: str = ""


@dataclass(frozen=True, slots=True)
class Erased:
    """The conversation is no more."""

    conversation_id: str


@dataclass(frozen=True, slots=True)
class NoticesChanged:
    """A notice began or ended; everybody is told."""

    conversation_id: str = ""


Event = (
    Stored | Updated | Changed | Typing | TurnWaiting | QueueMoved | PresenceChanged | NoticesChanged | Erased
)


class Subscription:
    """What one listener has not heard yet. `overflowed` means: connect again, something was dropped."""

    def __init__(self, limit: int) -> None:
        self.events: asyncio.Queue[Event] = asyncio.Queue(limit)
        self.topics: set[str] = set()
        self.overflowed = False

    def push(self, event: Event) -> None:
        """Keep an event for the listener, or mark it as too slow."""
        try:
            self.events.put_nowait(event)
        except asyncio.QueueFull:
            self.overflowed = True

    async def get(self) -> Event | None:
        """The next event; None when some were dropped."""
        return None if self.overflowed else await self.events.get()


class Hub:
    """Hands each event to those who listen to its conversation, and to those who listen to everything."""

    def __init__(self, limit: int = QUEUE_LIMIT) -> None:
        self._limit = limit
        self._by_topic: defaultdict[str, set[Subscription]] = defaultdict(set)

    @contextmanager
    def subscribe(self, *topics: str) -> Iterator[Subscription]:
        """Listen to conversations (their ids), or without a topic to everything."""
        subscription = Subscription(self._limit)
        for topic in topics or (EVERYTHING,):
            self.follow(subscription, topic)
        try:
            yield subscription
        finally:
            for topic in subscription.topics:
                self._by_topic[topic].discard(subscription)
                if not self._by_topic[topic]:
                    del self._by_topic[topic]

    def follow(self, subscription: Subscription, topic: str) -> None:
        """Listen to one conversation more."""
        subscription.topics.add(topic)
        self._by_topic[topic].add(subscription)

    def publish(self, event: Event) -> None:
        """Tell everybody concerned: QueueMoved, notices, and staff coming and going, concern everybody.

        TurnWaiting concerns only who listens to everything.
        """
        if isinstance(event, TurnWaiting):
            listeners = self._by_topic.get(EVERYTHING, set())
        elif isinstance(event, QueueMoved) or not event.conversation_id:
            listeners = set().union(*self._by_topic.values())
        else:
            listeners = self._by_topic.get(event.conversation_id, set()) | self._by_topic.get(
                EVERYTHING, set()
            )
        for subscription in listeners:
            subscription.push(event)
