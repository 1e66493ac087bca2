"""One shopper's connection, however its frames travel: what each frame does."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import structlog

from bot import protocol as wire
from bot.chat.caller import Caller
from bot.chat.delivery import Delivery, Send
from bot.chat.erasing import erase
from bot.chat.findings import complete_package
from bot.chat.picking import check_picked
from bot.chat.shared import Shared
from bot.chat.suggestions import Suggestions
from bot.chat.triggers import Nudge
from bot.clock import iso
from bot.context import clean, clean_data, clean_event, paying_after
from bot.conversation import Owner
from bot.errors import AppError
from bot.hub import Event, Subscription, Typing
from bot.store.files import FILES_EACH
from bot.store.messages import Taken
from bot.store.models import Conversation
from bot.store.notices import wait_for_end
from bot.store.shopper import (
    Sender,
    ask_person,
    choose,
    choose_article,
    dismiss_offer,
    give_verdict,
    keep_contact,
    say,
)
from bot.uploads import FILE_BYTES

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
Maybe = TypeVar("Maybe", Taken, Taken | None)
log = structlog.get_logger("bot.chat")


class Session:
    """A connection; its caller is known after `greet`. `lock` keeps what it sends in order."""

    _caller: Caller

    def __init__(self, shared: Shared, subscription: Subscription, send: Send) -> None:
        self.services = shared.services
        self.lock = asyncio.Lock()
        self._shared = shared
        self._send = send
        self._waiting = subscription.events
        self.delivery = Delivery(shared.services, subscription, send)
        self.suggestions = Suggestions(shared.services, self._tell)

    def close(self) -> None:
        """The connection is gone."""
        self.suggestions.close()
        self.delivery.detach()

    async def hear(self, event: Event) -> None:
        """Send what an event means for this connection, and whatever else waits by now."""
        async with self.lock:
            await self.delivery.hear(event)
            await self._hear_waiting()

    async def greet(self, frame: wire.Hello, origin: str | None, address: str) -> None:
        """Answer `hello`: welcome, what was missed, the state. AppError closes the connection."""
        async with self.lock:
            if frame.v != wire.VERSION:
                raise AppError(
                    "unsupported_version",
                    f"`v` is {frame.v}; this server speaks {wire.VERSION}.",
                    "Reload the page.",
                )
            shared = self._shared
            self._caller = await Caller.of(self.services, shared.visits, shared.rates, frame, origin, address)
            row = await self._caller.own(frame.conversation)
            await self._caller.recall(row, frame.context)
            if row is not None:
                self.delivery.attach(row.id, frame.after)
            await self._welcome(row)
            await self.delivery.catch_up()
            self.delivery.audience = (self._caller.site_id, self._caller.locale)
            await self.delivery.tell_notices(anyway=frame.visitor is not None)

    async def take(self, given: dict[str, Any]) -> None:
        """Answer one frame after `hello`; what is wrong with it is answered too. AppError closes."""
        if await self.admits(given):
            await self.answer(given)

    async def admits(self, given: dict[str, Any]) -> bool:
        """Count a frame; one too many is refused here."""
        rates, visitor_id = self._shared.rates, self._caller.visitor_id
        try:
            if reports_by_itself(given):
                await rates.take_event(visitor_id)
            elif given.get("type") == "suggest":
                await rates.take_suggestion(visitor_id)
            else:
                await rates.take_frame(visitor_id)
        except AppError as error:
            await self.refuse(error, wire.frame_id(given))
            return False
        return True

    async def answer(self, given: dict[str, Any]) -> None:
        """Answer a frame that was admitted. AppError closes."""
        frame_id = wire.frame_id(given)
        self._caller.visit.hear(self.services.clock.now())
        try:
            frame = wire.parse(given)
            self.services.metrics.frames.labels(frame.type).inc()
            await self._do(frame)
        except AppError as error:
            if error.close_code is not None:
                raise
            await self.refuse(error, frame_id)
        except Exception:
            log.exception("frame failed", type=str(given.get("type"))[:32])
            failed = AppError("failed", "Something went wrong here.", "Send it again in a moment.", 500)
            await self.refuse(failed, frame_id)

    async def refuse(self, error: AppError, frame_id: str | None = None) -> None:
        """Tell what was wrong."""
        self.services.metrics.errors.labels(error.code).inc()
        async with self.lock:
            await self._send(error.frame(frame_id))

    async def _do(self, frame: wire.ShopperFrame) -> None:
        if isinstance(frame, wire.Track | wire.Fire):
            await self._speak_first(frame)
            return
        if isinstance(frame, wire.Suggest):
            self.suggestions.ask(self._caller, frame)
            return
        async with self.lock:
            if isinstance(frame, wire.Ping):
                await self._send({"type": "pong"})
            elif isinstance(frame, wire.TypingFrame):
                self._typing()
            elif isinstance(frame, wire.ContextFrame):
                await self._context(frame)
            elif isinstance(frame, wire.Dismiss):
                await dismiss_offer(self.services.store, self._conversation(), frame.seq)
            elif isinstance(frame, wire.Identify):
                await self._identify(frame)
            elif isinstance(frame, wire.Erase):
                await self._erase(frame)
            elif isinstance(frame, wire.Hello):
                raise AppError("bad_value", "`hello` came twice.", "Connect again to start over.")
            else:
                await self._change(frame)

    async def _change(
        self,
        frame: wire.Say | wire.Choose | wire.Verdict | wire.AskPerson | wire.Contact | wire.NotifyMe,
    ) -> None:
        store, staffed = self.services.store, self.services.presence.staffed
        if isinstance(frame, wire.Say):
            text = self._caller.mask(frame.text)
            await self._keep(frame.id, lambda sender: say(store, sender, text))
        elif isinstance(frame, wire.Choose) and frame.seq == 0:
            article, label = check_picked(frame, self._caller.mask)
            await self._keep(frame.id, lambda sender: choose_article(store, sender, article, label))
        elif isinstance(frame, wire.Choose):
            self._conversation()
            await self._keep(
                frame.id, lambda sender: choose(store, sender, frame.seq, frame.article, frame.label)
            )
        elif isinstance(frame, wire.Verdict):
            self._conversation()
            verdict = "yes" if frame.helped else "no"
            await self._keep(frame.id, lambda sender: give_verdict(store, sender, frame.seq, verdict))
        elif isinstance(frame, wire.AskPerson):
            taken = await self._keep(frame.id, lambda sender: ask_person(store, sender, staffed=staffed))
            if not taken.again:
                self.services.in_background(complete_package(self.services, taken.conversation_id))
        elif isinstance(frame, wire.Contact):
            name, email, question = self._check_contact(frame)
            await self._keep(frame.id, lambda sender: keep_contact(store, sender, name, email, question))
        elif isinstance(frame, wire.NotifyMe):
            await self._keep(frame.id, lambda sender: wait_for_end(store, sender, frame.notice))

    async def _keep(self, client_id: str, change: Callable[[Sender], Awaitable[Taken]]) -> Taken:
        """Make a change to the store, acknowledge it, and send what it opened."""
        alone = self.delivery.conversation_id is None
        taken = await self._apply(client_id, change)
        await self._acknowledge(client_id, taken, alone=alone)
        return taken

    async def _apply(self, client_id: str, change: Callable[[Sender], Awaitable[Maybe]]) -> Maybe:
        """Make a change in the conversation that is open here, in another tab, or that it opens.

        A conversation to be opened is followed before it is there, so that nothing of it can be missed.
        """
        async with self._caller.visit.lock:
            self._join_opened()
            known, new = self.delivery.conversation_id, None
            if known is None:
                new = self.services.store.new_id()
                self.delivery.attach(new, 0)
            taken: Taken | None = None
            try:
                taken = await change(Sender(self._caller.opening(), known, client_id, new))
            finally:
                if known is None:
                    self._follow(taken)
        return taken

    async def _acknowledge(self, client_id: str, taken: Taken, *, alone: bool) -> None:
        await self._send(
            {"type": "ack", "id": client_id, "seq": taken.seq, "conversation": taken.conversation_id}
        )
        if not alone:
            return
        if taken.opened is not None and taken.opened.owner == Owner.ASSISTANT:
            # All that happened in it waits to be heard, and its state is known: nothing has to be read.
            await self._hear_waiting()
            await self.delivery.tell_state_of(taken.opened)
        else:
            await self.delivery.catch_up()

    async def _hear_waiting(self) -> None:
        while not self._waiting.empty():
            await self.delivery.hear(self._waiting.get_nowait())

    def _join_opened(self) -> None:
        """Where another tab, or an offer, opened the conversation meanwhile, go on in that one."""
        opened = self._caller.visit.opened
        if self.delivery.conversation_id is None and opened and opened[1] >= self._caller.since:
            self.delivery.attach(opened[0], 0)

    def _follow(self, taken: Taken | None) -> None:
        if taken is None:
            self.delivery.detach()
            return
        self._caller.visit.opened = (taken.conversation_id, self.services.clock.monotonic())
        self.delivery.attach(taken.conversation_id, 0)

    async def _speak_first(self, frame: wire.Track | wire.Fire) -> None:
        """Something happened on the page, or came true there: is there something to say?"""
        visit = self._caller.visit
        if not visit.first_time(frame.id):
            async with self.lock:
                await self._acknowledge_nothing(frame.id)
            return
        try:
            nudge = await (self._track(frame) if isinstance(frame, wire.Track) else self._guess(frame))
            async with self.lock:
                await self._offer(frame.id, nudge)
        except BaseException:
            visit.tracked.pop(frame.id, None)
            raise

    async def _track(self, frame: wire.Track) -> Nudge | None:
        now = iso(self.services.clock.now())
        given = {"id": frame.id, "event": frame.event, "data": frame.data, "at": now}
        event = clean_event(given, self._caller.mask, now)
        here = await self._here()
        await self._caller.move({"events": [event], **paying_after(frame.event)}, here)
        data = clean_data(frame.data, self._caller.mask)
        sender = Sender(self._caller.opening(), here, frame.id)
        return await self._shared.nudger.hear(self._caller, sender, frame.event, data)

    async def _guess(self, frame: wire.Fire) -> Nudge | None:
        sender = Sender(self._caller.opening(), await self._here(), frame.id)
        return await self._shared.nudger.guess(self._caller, sender, frame.trigger)

    async def _here(self) -> str | None:
        """The conversation that is open here; one that is just being opened is waited for."""
        async with self._caller.visit.lock:
            return self.delivery.conversation_id

    async def _offer(self, client_id: str, nudge: Nudge | None) -> None:
        alone = self.delivery.conversation_id is None
        taken = None
        if nudge is not None:
            keep = self._shared.nudger.keep
            taken = await self._apply(client_id, lambda sender: keep(self._caller, sender, nudge))
        if taken is not None:
            await self._acknowledge(client_id, taken, alone=alone)
        else:
            await self._acknowledge_nothing(client_id)

    async def _acknowledge_nothing(self, client_id: str) -> None:
        conversation_id = self.delivery.conversation_id
        await self._send({"type": "ack", "id": client_id, "seq": None, "conversation": conversation_id})

    def _typing(self) -> None:
        if self.delivery.conversation_id is not None:
            self.services.hub.publish(Typing(self.delivery.conversation_id, "shopper", on=True))

    async def _context(self, frame: wire.ContextFrame) -> None:
        new = clean(frame.context, self._caller.mask, iso(self.services.clock.now()))
        await self._caller.move(new, self.delivery.conversation_id)

    async def _identify(self, frame: wire.Identify) -> None:
        found = self._caller.identity(frame.jwt)
        if self._caller.is_another_than(found):
            self.delivery.detach()
            self._caller.start_over()
        await self._caller.keep_identity(found, self.delivery.conversation_id)
        await self._welcome(await self._caller.own(self.delivery.conversation_id))
        await self.delivery.tell_state()

    async def _erase(self, frame: wire.Erase) -> None:
        """Delete the conversation; `erased` follows to every tab, this one too."""
        conversation_id = self.delivery.conversation_id
        if conversation_id is not None:
            await erase(self.services, self._caller, conversation_id)
        await self._acknowledge_nothing(frame.id)

    async def _tell(self, frame: dict[str, Any]) -> None:
        async with self.lock:
            await self._send(frame)

    async def _welcome(self, row: Conversation | None) -> None:
        shopper = self._caller.visit.shopper
        await self._send(
            {
                "type": "welcome",
                "v": wire.VERSION,
                "visitor": self._caller.token,
                "verified": bool(shopper.get("verified")),
                "name": shopper.get("name"),
                "conversation": row.id if row else None,
                "last": row.last_seq if row else 0,
                "locale": self._caller.locale,
                "limits": {"text": wire.TEXT_LIMIT, "file": FILE_BYTES, "files": FILES_EACH},
                "order_pattern": self._caller.order_pattern,
            }
        )

    def _check_contact(self, frame: wire.Contact) -> tuple[str, str, str]:
        email = frame.email.strip()
        if len(email) > 254 or not _EMAIL.fullmatch(email):
            raise AppError(
                "bad_value", "That does not look like an e-mail address.", "Write it like name@example.com."
            )
        return (
            self._caller.mask(frame.name.strip())[:200],
            email,
            self._caller.mask(frame.question.strip())[:2_000],
        )

    def _conversation(self) -> str:
        if self.delivery.conversation_id is None:
            raise AppError("bad_value", "There is no conversation yet.", "Say something first.")
        return self.delivery.conversation_id


def reports_by_itself(given: dict[str, Any]) -> bool:
    """Whether a frame comes from the page and not from the shopper, who must never wait for it."""
    return given.get("type") in ("track", "fire")
