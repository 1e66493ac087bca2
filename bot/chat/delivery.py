"""What one connection has seen, and what it gets next: stored first, then sent, each message once."""

from collections.abc import Awaitable, Callable
from typing import Any

from bot.chat.notices import current_notices
from bot.frames import message_frame, state_frame, typing_frame, update_frame
from bot.hub import (
    Changed,
    Erased,
    Event,
    NoticesChanged,
    PresenceChanged,
    QueueMoved,
    Stored,
    Subscription,
    Typing,
    Updated,
)
from bot.services import Services
from bot.store.conversations import Place, place_of
from bot.store.messages import messages_after
from bot.store.models import Conversation

Send = Callable[[dict[str, Any]], Awaitable[None]]
_PAGE = 200


class Delivery:
    """Follows one conversation for one connection. `after` is the last number sent.

    `audience` is the site and locale whose notices concern the connection, once they are known.
    """

    def __init__(self, services: Services, subscription: Subscription, send: Send) -> None:
        self._services = services
        self._subscription = subscription
        self._send = send
        self._state: dict[str, Any] | None = None
        self._notices: list[dict[str, Any]] = []
        self.audience: tuple[str, str] | None = None
        self.conversation_id: str | None = None
        self.after = 0

    def attach(self, conversation_id: str, after: int) -> None:
        """Follow the conversation from the message after `after`."""
        if self.conversation_id == conversation_id:
            return
        self.detach()
        self.conversation_id, self.after = conversation_id, after
        self._services.hub.follow(self._subscription, conversation_id)
        self._services.presence.shopper_arrived(conversation_id)

    def detach(self) -> None:
        """Follow nothing any more."""
        if self.conversation_id is not None:
            self._services.presence.shopper_left(self.conversation_id)
            self.conversation_id = None

    async def catch_up(self) -> None:
        """Send everything that happened before this connection listened: messages, state, who is writing."""
        await self.replay()
        await self.tell_state()
        if self.conversation_id in self._services.running.answering:
            await self._send(typing_frame("assistant", on=True))

    async def replay(self) -> None:
        """Send every message that is kept and was not sent."""
        while self.conversation_id is not None:
            rows = await messages_after(self._services.store, self.conversation_id, self.after, _PAGE)
            for row in rows:
                await self._send(message_frame(row))
                self.after = row.seq
            if len(rows) < _PAGE:
                return

    async def tell_state(self) -> None:
        """Send the state if it is not the one sent last."""
        row, place = None, None
        if self.conversation_id is not None:
            async with self._services.store.read() as session:
                row = await session.get(Conversation, self.conversation_id)
                place = await place_of(session, row) if row else None
        await self._send_state(row, place)

    async def tell_state_of(self, row: Conversation) -> None:
        """The same, of a conversation just made, which nobody waits in."""
        await self._send_state(row, None)

    async def tell_notices(self, *, anyway: bool = False) -> None:
        """Send the notices that hold now if they are not those sent last; at first there are none.

        `anyway` sends them also if there are none, to who may remember some.
        """
        if self.audience is None:
            return
        notices = await current_notices(self._services, *self.audience)
        if anyway or notices != self._notices:
            self._notices = notices
            await self._send({"type": "notices", "notices": notices})

    async def hear(self, event: Event) -> None:
        """Send what an event means for this connection."""
        if isinstance(event, NoticesChanged):
            await self.tell_notices()
        elif isinstance(event, PresenceChanged):
            if not event.conversation_id:  # staff came or went; tabs of this shopper change nothing here
                await self.tell_state()
        elif isinstance(event, QueueMoved):
            if (self._state or {}).get("queue"):
                await self.tell_state()
        elif event.conversation_id == self.conversation_id:
            await self._hear_own(event)

    async def _hear_own(self, event: Event) -> None:
        """Send what an event in the conversation means."""
        if isinstance(event, Stored):
            await self._hear_message(event)
        elif isinstance(event, Updated):
            await self._send(update_frame(event.seq, event.fields))
        elif isinstance(event, Typing):
            if event.author != "shopper":
                await self._send(typing_frame(event.author, on=event.on))
        elif isinstance(event, Changed):
            await self.tell_state()
        elif isinstance(event, Erased):
            await self._forget(event.conversation_id)

    async def _forget(self, conversation_id: str) -> None:
        """The conversation was erased: this connection is where it was before there was one."""
        self.detach()
        self.after = 0
        await self._send({"type": "erased", "conversation": conversation_id})
        await self.tell_state()

    async def _send_state(self, row: Conversation | None, place: Place | None) -> None:
        state = state_frame(row, place, staffed=self._services.presence.staffed)
        if state != self._state:
            self._state = state
            await self._send(state)

    async def _hear_message(self, event: Stored) -> None:
        if event.message.seq == self.after + 1:
            await self._send(message_frame(event.message))
            self.after = event.message.seq
        elif event.message.seq > self.after:
            await self.replay()
