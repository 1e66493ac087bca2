"""One open window of the desk: what it is told as it happens, and what it asks for."""

import asyncio
import contextlib
import json
from collections.abc import Coroutine
from typing import Any, Final

import structlog
from sanic import Websocket
from sanic.exceptions import SanicException
from websockets.exceptions import ConnectionClosed

from bot.clock import random_id
from bot.conversation import Author, Owner
from bot.desk.acts import Act, Acts
from bot.desk.attendance import Attendance
from bot.desk.frames import (
    Claim,
    Close,
    DeskFrame,
    HandBack,
    History,
    Ping,
    PresenceFrame,
    Reply,
    Search,
    TypingFrame,
    Unwatch,
    Watch,
    parse,
)
from bot.desk.screen import News, Screen
from bot.errors import AppError
from bot.hub import Subscription, Typing
from bot.protocol import frame_id, read_object
from bot.services import Services
from bot.staff.accounts import DESK_ROLES
from bot.store import conversations
from bot.store.conversations import Agent
from bot.store.models import Staff

__all__ = ["Window"]

SEND_TIMEOUT_S: Final = 10.0
WATCHED_LIMIT: Final = 50
HISTORY_LIMIT: Final = 50
TRY_AGAIN_LATER: Final = 1013

log = structlog.get_logger("bot.desk")
Json = dict[str, Any]


class Window:
    """A desk's socket, from `welcome` to the end of the connection."""

    def __init__(
        self,
        services: Services,
        attendance: Attendance,
        socket: Websocket,
        staff: Staff,
        token: str,
    ) -> None:
        self._services = services
        self._store = services.store
        self._attendance = attendance
        self._socket = socket
        self._staff = staff
        self._token = token
        self._acts = Acts(services, Agent(staff.id, staff.name))
        self._id = random_id()
        self._screen = Screen(services, attendance, self._send)
        self._writing: set[str] = set()

    async def run(self) -> None:
        """Speak with the window until either side ends it."""
        self._attendance.arrive(self._id, self._staff)
        try:
            with self._services.hub.subscribe() as subscription:
                await self._screen.welcome(self._staff)
                await self._until_one_ends(self._listen(subscription), self._read(), self._stay_signed_in())
        except TimeoutError:
            await self._close(TRY_AGAIN_LATER, "too slow, connect again")
        except AppError as error:
            log.warning("desk not told", code=error.code)
            await self._close(TRY_AGAIN_LATER, "connect again")
        except (ConnectionClosed, SanicException):
            log.debug("desk gone", staff=self._staff.id)
        finally:
            for conversation_id in self._writing:
                self._services.hub.publish(Typing(conversation_id, Author.AGENT, on=False))
            self._attendance.leave(self._id, self._staff)

    async def _until_one_ends(self, *works: Coroutine[Any, Any, None]) -> None:
        tasks = [asyncio.ensure_future(work) for work in works]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                # Sanic's recv() is cancelled, not refused, when the peer is gone.
                if not task.cancelled():
                    task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(self, subscription: Subscription) -> None:
        while True:
            event = await subscription.get()
            if event is None:
                return await self._close(TRY_AGAIN_LATER, "too slow, connect again")
            news = News()
            news.add(event)
            while not subscription.events.empty():
                news.add(subscription.events.get_nowait())
            await self._screen.tell(news, self._writing)

    async def _read(self) -> None:
        while True:
            raw = await self._socket.recv()
            if raw is None:
                return None
            given: Json = {}
            try:
                given = read_object(raw)
                await self._answer(parse(given))
            except AppError as error:
                await self._send(error.frame(frame_id(given)))
                if error.close_code:
                    return await self._close(error.close_code, error.code)

    async def _answer(self, frame: DeskFrame) -> None:
        if isinstance(frame, Ping):
            return await self._send({"type": "pong"})
        await self._check_signed_in()
        reply = await self._do(frame)
        return await self._send({"id": frame.id, **reply})

    async def _do(self, frame: DeskFrame) -> Json:
        """Do what a frame asks for; what answers it."""
        ack: Json = {"type": "ack"}
        match frame:
            case Watch():
                await self._watch(frame)
            case Unwatch():
                self._screen.unwatch(frame.conversation)
            case Claim() | Reply() | HandBack() | Close():
                return ack | await self._act(frame)
            case TypingFrame():
                await self._type(frame)
            case PresenceFrame():
                self._attendance.choose(self._staff, frame.status)
            case History():
                return {"type": "conversations", "conversations": await self._history(frame)}
            case Search():
                return {"type": "articles", "matches": await self._acts.search(frame)}
        return ack

    async def _watch(self, frame: Watch) -> None:
        if not self._screen.watches(frame.conversation) and self._screen.watched >= WATCHED_LIMIT:
            raise AppError("bad_value", f"You watch {WATCHED_LIMIT} conversations.", "Close one first.")
        if await conversations.conversation(self._store, frame.conversation) is None:
            raise AppError("not_found", "There is no such conversation.", "Look in the list.")
        await self._screen.watch(frame.conversation, frame.after)

    async def _act(self, act: Act) -> Json:
        seq = await self._acts.do(act)
        if act.conversation in self._writing:
            self._publish_typing(act.conversation, on=False)
        return {} if seq is None else {"seq": seq}

    async def _type(self, frame: TypingFrame) -> None:
        row = await conversations.conversation(self._store, frame.conversation)
        if row is not None and row.owner == Owner.AGENT and row.agent_id == self._staff.id:
            self._publish_typing(frame.conversation, on=frame.on)

    def _publish_typing(self, conversation_id: str, *, on: bool) -> None:
        (self._writing.add if on else self._writing.discard)(conversation_id)
        self._services.hub.publish(Typing(conversation_id, Author.AGENT, on=on))

    async def _history(self, frame: History) -> list[Json]:
        find = conversations.list_closed if frame.filter == "closed" else conversations.list_all
        return await self._screen.summaries(await find(self._store, frame.before, HISTORY_LIMIT))

    async def _check_signed_in(self) -> None:
        await self._services.sign_in.staff_of(self._token, DESK_ROLES)

    async def _stay_signed_in(self) -> None:
        """End when the sign-in does: it ran out, or the account was switched off."""
        while True:
            await asyncio.sleep(self._services.settings.ping_interval_s)
            try:
                await self._check_signed_in()
            except AppError as error:
                if error.close_code or error.code == "not_allowed":
                    await self._send(error.frame())
                    return await self._close(error.close_code or 4403, error.code)

    async def _send(self, frame: Json) -> None:
        async with asyncio.timeout(SEND_TIMEOUT_S):
            await self._socket.send(json.dumps(frame, ensure_ascii=False))

    async def _close(self, code: int, reason: str) -> None:
        with contextlib.suppress(ConnectionClosed, SanicException):
            await self._socket.close(code, reason)
