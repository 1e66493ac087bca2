"""What one window of the desk shows: the list, and the conversations that are open in it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.conversation import Author, Owner
from bot.desk.attendance import Attendance
from bot.frames import message_frame, typing_frame, update_frame
from bot.hub import (
    Changed,
    Erased,
    Event,
    NoticesChanged,
    PresenceChanged,
    QueueMoved,
    Stored,
    Typing,
    Updated,
)
from bot.services import Services
from bot.store import conversations, messages
from bot.store.models import Conversation, Staff
from bot.story import story, summaries

__all__ = ["News", "Screen", "staff_json"]

Json = dict[str, Any]
Send = Callable[[Json], Awaitable[None]]


@dataclass
class _Watched:
    """A conversation on screen: the last message sent, and the story as it was sent."""

    after: int
    story: Json | None = None


@dataclass
class News:
    """What a run of events comes to, each thing once. `changed` may have come onto the list or left it."""

    touched: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    erased: set[str] = field(default_factory=set)
    frames: list[tuple[str, Json]] = field(default_factory=list)
    queue_moved: bool = False
    staff: bool = False
    notices: bool = False

    def add(self, event: Event) -> None:
        """Take one more event into account."""
        match event:
            case Updated(conversation_id, seq, fields):
                self.touched.add(conversation_id)
                self.frames.append((conversation_id, update_frame(seq, fields)))
            case Typing(conversation_id, author, on):
                self.frames.append((conversation_id, typing_frame(author, on=on)))
            case QueueMoved():
                self.queue_moved = True
            case PresenceChanged(""):
                self.staff = True
            case NoticesChanged():
                self.notices = True
            case Erased(conversation_id):
                self.erased.add(conversation_id)
            case Changed(conversation_id):
                self.touched.add(conversation_id)
                self.changed.add(conversation_id)
            case Stored(conversation_id) | PresenceChanged(conversation_id):
                self.touched.add(conversation_id)


class Screen:
    """Sends the window what it shows, and only that."""

    def __init__(self, services: Services, attendance: Attendance, send: Send) -> None:
        self._services = services
        self._store = services.store
        self._attendance = attendance
        self._send = send
        self._watched: dict[str, _Watched] = {}
        self._listed: set[str] = set()
        # Reading and sending what is new is one step: else two tasks could send it twice, or out of order.
        self._showing = asyncio.Lock()

    @property
    def watched(self) -> int:
        """How many conversations are open."""
        return len(self._watched)

    def watches(self, conversation_id: str) -> bool:
        """Whether a conversation is open."""
        return conversation_id in self._watched

    async def watch(self, conversation_id: str, after: int) -> None:
        """Open a conversation, from the message after `after` on."""
        async with self._showing:
            self._watched[conversation_id] = _Watched(after)
            await self._show(conversation_id)

    def unwatch(self, conversation_id: str) -> None:
        """Close a conversation."""
        self._watched.pop(conversation_id, None)

    async def welcome(self, staff: Staff) -> None:
        """Send who is here and what is open."""
        rows = await conversations.list_open(self._store)
        self._listed = {row.id for row in rows}
        await self._send(
            {
                "type": "welcome",
                "staff": staff_json(staff),
                "conversations": await self.summaries(rows),
                "staff_online": self._attendance.online(),
            }
        )

    async def tell(self, news: News, writing: set[str]) -> None:
        """Send what a run of events comes to; `writing` are the conversations in which this window types."""
        if news.staff:
            await self._send({"type": "presence", "staff_online": self._attendance.online()})
        if news.notices:
            await self._send({"type": "notices"})
        async with self._showing:
            for conversation_id in sorted(news.erased):
                self._watched.pop(conversation_id, None)
                self._listed.discard(conversation_id)
                await self._send({"type": "erased", "conversation": conversation_id})
            await self._tell_summaries(news)
            for conversation_id in news.touched & self._watched.keys():
                await self._show(conversation_id)
            for conversation_id, frame in news.frames:
                own = frame.get("author") == Author.AGENT and conversation_id in writing
                if conversation_id in self._watched and not own:
                    await self._send({**frame, "conversation": conversation_id})

    async def _tell_summaries(self, news: News) -> None:
        """Send what changed on the list, also what has just left it; other conversations cost no query."""
        shown = self._listed | self._watched.keys()
        found = {row.id: row for row in await self._rows((news.touched & shown) | news.changed)}
        if news.queue_moved:
            open_now = await conversations.list_open(self._store)
            found |= {row.id: row for row in open_now if row.owner == Owner.QUEUE}
        listed = {row.id for row in found.values() if row.owner in (Owner.QUEUE, Owner.AGENT)}
        told = [row for row in found.values() if row.id in shown | listed]
        self._listed = (self._listed - found.keys()) | listed
        for summary in await self.summaries(told):
            await self._send({"type": "conversation", "conversation": summary})

    async def _rows(self, ids: set[str]) -> list[Conversation]:
        rows = [await conversations.conversation(self._store, row_id) for row_id in sorted(ids)]
        return [row for row in rows if row is not None]

    async def _show(self, conversation_id: str) -> None:
        """Send a watched conversation's story, where it changed, and the messages not sent yet."""
        watched = self._watched.get(conversation_id)
        row = await conversations.conversation(self._store, conversation_id)
        if watched is None or row is None:
            return
        told = await story(self._store, row)
        if told != watched.story:
            watched.story = told
            await self._send({"type": "story", "conversation": conversation_id, "story": told})
        while rows := await messages.messages_after(self._store, conversation_id, watched.after):
            for message in rows:
                await self._send(message_frame(message, desk=True))
                watched.after = message.seq

    async def summaries(self, rows: Iterable[Conversation]) -> list[Json]:
        """The rows as the list shows them."""
        return await summaries(self._store, list(rows), self._services.presence.shopper_here)


def staff_json(staff: Staff) -> Json:
    """A member of staff as the desk gets it."""
    return {"id": staff.id, "name": staff.name, "email": staff.email, "role": staff.role}
