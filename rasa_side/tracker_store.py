"""Rasa's working memory: what the rules need for the next message, in memory only, for a short while."""

import time
from collections import OrderedDict
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterable, Optional

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, SESSION_START_METADATA_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

# The slots that came with the message being handled. Set by the channel: a store is asked for a conversation
# by its id alone. With them a conversation needs no session start, which is a call of an action for itself.
told: "ContextVar[Optional[Dict[str, Any]]]" = ContextVar("told", default=None)


@dataclass(frozen=True)
class Remembered:
    """One conversation between two messages: the slots that are set, and when it was last used."""

    slots: Dict[str, Any]
    used_at_s: float


class WorkingMemory(TrackerStore):
    """A tracker store that forgets each message as soon as it is answered.

    The rules look at one message at a time, and the chat server keeps the history and sends what is needed
    with each message. So between two messages only the slots are kept: the hundredth message costs what the
    second did, and no shopper's words stay in Rasa. The least recently used conversations go first when
    there are more than `conversations`, and each goes when it was not used for `ttl_s` seconds. One that is
    new or forgotten begins with what the channel was told; without a word from it, with Rasa's own session
    start.
    """

    def __init__(
        self,
        domain: Optional[Domain],
        event_broker: Optional[EventBroker] = None,
        conversations: int = 5_000,
        ttl_s: float = 1_800,
        clock_s: Callable[[], float] = time.monotonic,
        **_unused: Any,
    ) -> None:
        """Takes the options of `tracker_store` in endpoints.yml; `clock_s` is for tests."""
        if conversations < 1 or ttl_s <= 0:
            raise ValueError(
                f"tracker_store in endpoints.yml: conversations is {conversations} and ttl_s {ttl_s}; "
                "both must be above 0."
            )
        super().__init__(domain, event_broker)
        self._limit = conversations
        self._ttl_s = ttl_s
        self._clock_s = clock_s
        self._remembered: "OrderedDict[str, Remembered]" = OrderedDict()

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keeps the tracker's slots and forgets the rest; a tracker without events is not kept."""
        await self.stream_events(tracker)
        if not tracker.events:
            return
        slots = {
            name: slot.value
            for name, slot in tracker.slots.items()
            if slot.has_been_set and name != SESSION_START_METADATA_SLOT
        }
        self._remembered[tracker.sender_id] = Remembered(slots, self._clock_s())
        self._remembered.move_to_end(tracker.sender_id)
        self._forget_the_old()

    async def retrieve(self, sender_id: str) -> Optional[DialogueStateTracker]:
        """A tracker that has the slots kept and told and listens, or None when nothing is known."""
        self._forget_the_old()
        remembered, with_message = self._remembered.get(sender_id), told.get()
        if remembered is None and with_message is None:
            return None
        tracker = self.init_tracker(sender_id)
        kept = remembered.slots if remembered else {}
        for name, value in {**kept, **(with_message or {})}.items():
            tracker.update(SlotSet(name, value))
        tracker.update(ActionExecuted(ACTION_LISTEN_NAME))
        return tracker

    async def keys(self) -> Iterable[str]:
        """The conversations remembered now."""
        self._forget_the_old()
        return list(self._remembered)

    async def delete(self, sender_id: str) -> None:
        """Forgets one conversation at once."""
        self._remembered.pop(sender_id, None)

    def _forget_the_old(self) -> None:
        """Drops what is over the limit or too old; the oldest stand first."""
        oldest_allowed_s = self._clock_s() - self._ttl_s
        while self._remembered:
            sender_id, remembered = next(iter(self._remembered.items()))
            if len(self._remembered) <= self._limit and remembered.used_at_s > oldest_allowed_s:
                return
            del self._remembered[sender_id]
