"""One shopper's connection, however its frames travel: who it is, and what each frame does."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from bot import masking
from bot import protocol as wire
from bot.chat.delivery import Delivery, Send
from bot.chat.rates import Rates
from bot.chat.triggers import FoundOffer, find_offer, keep_offer
from bot.chat.turns import complete_package
from bot.chat.visits import Visit, Visits
from bot.clock import iso
from bot.context import clean, clean_data, clean_event, merge
from bot.errors import AppError
from bot.hub import Event, Subscription, Typing
from bot.identity import Identity, read_identity
from bot.services import Services
from bot.settings import Site
from bot.store.conversations import Opening, conversation, save_context, save_shopper
from bot.store.hand_overs import hand_overs
from bot.store.messages import Taken
from bot.store.models import Conversation
from bot.store.shopper import (
    Sender,
    Trigger,
    ask_person,
    choose,
    dismiss_offer,
    give_verdict,
    keep_contact,
    say,
)
from bot.store.visitors import identify_visitor, visitor

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_LOCALE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}")
_NOBODY: dict[str, Any] = {"name": None, "email": None, "subject": None, "verified": False}
log = structlog.get_logger("bot.chat")


class Session:
    """A connection after `hello`. `lock` keeps what it sends in order."""

    def __init__(
        self, services: Services, visits: Visits, rates: Rates, subscription: Subscription, send: Send
    ) -> None:
        self.services = services
        self.lock = asyncio.Lock()
        self._visits = visits
        self._rates = rates
        self._send = send
        self._waiting = subscription.events
        self.delivery = Delivery(services, subscription, send)
        self._site_id = ""
        self._site: Site | None = None
        self._visitor_id = ""
        self._locale = "en"
        self._visit = Visit()
        self._since = services.clock.monotonic()

    def close(self) -> None:
        """The connection is gone."""
        self.delivery.detach()

    async def hear(self, event: Event) -> None:
        """Send what an event means for this connection, and whatever else waits by now."""
        async with self.lock:
            await self.delivery.hear(event)
            while not self._waiting.empty():
                await self.delivery.hear(self._waiting.get_nowait())

    async def greet(self, frame: wire.Hello, origin: str | None, address: str) -> None:
        """Answer `hello`: welcome, what was missed, the state. AppError closes the connection."""
        async with self.lock:
            await self._greet(frame, origin, address)

    async def _greet(self, frame: wire.Hello, origin: str | None, address: str) -> None:
        if frame.v != wire.VERSION:
            raise AppError(
                "unsupported_version",
                f"`v` is {frame.v}; this server speaks {wire.VERSION}.",
                "Reload the page.",
            )
        self._site_id, self._site = frame.site, _site(self.services, frame.site, origin)
        self._locale = frame.locale if _LOCALE.fullmatch(frame.locale) else self._site.locale
        if frame.visitor is None:
            await self._rates.take_visitor(address)
            self._visitor_id = self.services.store.new_id()
        else:
            self._visitor_id = self.services.tokens.read(frame.site, frame.visitor)
            await self._rates.take_frame(self._visitor_id)
        self._visit = self._visits.of(self._visitor_id)
        row = await self._own_conversation(frame.conversation)
        await self._know_shopper(row)
        await self._take_context(frame.context, row)
        if row is not None:
            self.delivery.attach(row.id, frame.after)
        await self._welcome(row)
        await self.delivery.catch_up()

    async def take(self, given: dict[str, Any]) -> None:
        """Answer one frame after `hello`; what is wrong with it is answered too. AppError closes."""
        frame_id = wire.frame_id(given)
        try:
            await self._rates.take_frame(self._visitor_id)
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
        if isinstance(frame, wire.Track):
            await self._track(frame)
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
            elif isinstance(frame, wire.Hello):
                raise AppError("bad_value", "`hello` came twice.", "Connect again to start over.")
            else:
                await self._change(frame)

    async def _change(
        self, frame: wire.Say | wire.Choose | wire.Verdict | wire.AskPerson | wire.Contact | wire.Track
    ) -> None:
        store, staffed = self.services.store, self.services.presence.staffed
        if isinstance(frame, wire.Say):
            text = self._mask(frame.text)
            await self._keep(frame.id, lambda sender: say(store, sender, text))
        elif isinstance(frame, wire.Choose):
            self._conversation()
            await self._keep(frame.id, lambda sender: choose(store, sender, frame.seq, frame.article))
        elif isinstance(frame, wire.Verdict):
            self._conversation()
            verdict = "yes" if frame.helped else "no"
            await self._keep(frame.id, lambda sender: give_verdict(store, sender, frame.seq, verdict))
        elif isinstance(frame, wire.AskPerson):
            taken = await self._keep(frame.id, lambda sender: ask_person(store, sender, staffed=staffed))
            if not taken.again:
                self.services.in_background(self._complete_package(taken.conversation_id))
        elif isinstance(frame, wire.Contact):
            name, email, question = self._check_contact(frame)
            await self._keep(frame.id, lambda sender: keep_contact(store, sender, name, email, question))

    async def _keep(self, client_id: str, change: Callable[[Sender], Awaitable[Taken]]) -> Taken:
        """Make a change to the store, acknowledge it, and follow the conversation it may have opened."""
        async with self._visit.lock:
            alone = self.delivery.conversation_id is None
            self._join_opened()
            taken = await change(self._sender(client_id))
            self._follow(taken)
        await self._acknowledge(client_id, taken, alone=alone)
        return taken

    async def _acknowledge(self, client_id: str, taken: Taken, *, alone: bool) -> None:
        await self._send(
            {"type": "ack", "id": client_id, "seq": taken.seq, "conversation": taken.conversation_id}
        )
        if alone:
            await self.delivery.catch_up()

    def _join_opened(self) -> None:
        """Where another tab, or an offer, opened the conversation meanwhile, go on in that one."""
        opened = self._visit.opened
        if self.delivery.conversation_id is None and opened and opened[1] >= self._since:
            self.delivery.attach(opened[0], 0)

    def _follow(self, taken: Taken) -> None:
        if self.delivery.conversation_id is None:
            self._visit.opened = (taken.conversation_id, self.services.clock.monotonic())
            self.delivery.attach(taken.conversation_id, 0)

    async def _track(self, frame: wire.Track) -> None:
        now = iso(self.services.clock.now())
        given = {"id": frame.id, "event": frame.event, "data": frame.data, "at": now}
        nothing = {"type": "ack", "id": frame.id, "seq": None, "conversation": self.delivery.conversation_id}
        if not self._visit.first_time(frame.id):
            async with self.lock:
                await self._send(nothing)
            return
        try:
            event = clean_event(given, self._mask, now)
            await self._merge_context({"events": [event]})
            data = clean_data(frame.data, self._mask)
            code = data.get("code")
            trigger = Trigger(frame.event, code if isinstance(code, str) else None, data)
            found = await find_offer(self.services, self._sender(frame.id), trigger)
            async with self.lock:
                await self._offer(frame.id, trigger, found, nothing)
        except AppError:
            self._visit.tracked.pop(frame.id, None)
            raise

    async def _offer(
        self, client_id: str, trigger: Trigger, found: FoundOffer | None, nothing: dict[str, Any]
    ) -> None:
        async with self._visit.lock:
            alone = self.delivery.conversation_id is None
            taken = None
            if found is not None:
                self._join_opened()
                taken = await keep_offer(self.services, self._sender(client_id), trigger, found)
            if taken is not None:
                self._follow(taken)
        if taken is not None:
            await self._acknowledge(client_id, taken, alone=alone)
        else:
            await self._send(nothing | {"conversation": self.delivery.conversation_id})

    def _typing(self) -> None:
        if self.delivery.conversation_id is not None:
            self.services.hub.publish(Typing(self.delivery.conversation_id, "shopper", on=True))

    async def _context(self, frame: wire.ContextFrame) -> None:
        await self._merge_context(clean(frame.context, self._mask, iso(self.services.clock.now())))

    async def _merge_context(self, new: dict[str, Any]) -> None:
        merged = merge(self._visit.context, new)
        if merged == self._visit.context:
            return
        self._visit.context = merged
        if self.delivery.conversation_id is not None:
            await save_context(self.services.store, self.delivery.conversation_id, merged)

    async def _take_context(self, given: object, row: Conversation | None) -> None:
        new = clean(given, self._mask, iso(self.services.clock.now()))
        known = row.context if row is not None and not self._visit.context else self._visit.context
        self._visit.context = merge(known, new)
        if row is not None and row.context != self._visit.context:
            await save_context(self.services.store, row.id, self._visit.context)

    async def _identify(self, frame: wire.Identify) -> None:
        if self._site is None:
            return
        found = read_identity(self._site, frame.jwt)
        known = self._visit.shopper.get("subject")
        if known and known != found.subject:
            self._become_another_visitor()
        shopper = {"name": found.name, "email": found.email, "subject": found.subject, "verified": True}
        await self._keep_identity(found, shopper)
        self._visit.shopper = shopper
        row = await self._own_conversation(self.delivery.conversation_id)
        await self._welcome(row)
        await self.delivery.tell_state()

    def _become_another_visitor(self) -> None:
        """Somebody else signed in at the same browser, and must not see what the first one wrote."""
        context = self._visit.context
        self.delivery.detach()
        self._visitor_id = self.services.store.new_id()
        self._visit = self._visits.of(self._visitor_id)
        self._visit.context = context
        self._since = self.services.clock.monotonic()

    async def _keep_identity(self, found: Identity, shopper: dict[str, Any]) -> None:
        store = self.services.store
        if self._visit.linked:
            await identify_visitor(
                store, self._visitor_id, self._site_id, found.subject, found.name, found.email
            )
        if self.delivery.conversation_id is not None:
            await save_shopper(store, self.delivery.conversation_id, shopper)

    async def _know_shopper(self, row: Conversation | None) -> None:
        if self._visit.shopper:
            return
        known = await visitor(self.services.store, self._visitor_id)
        if known is not None and known.verified:
            self._visit.shopper = {
                "name": known.name,
                "email": known.email,
                "subject": known.subject,
                "verified": True,
            }
        elif row is not None and row.shopper.get("verified"):
            self._visit.shopper = row.shopper

    async def _own_conversation(self, conversation_id: str | None) -> Conversation | None:
        if conversation_id is None:
            return None
        row = await conversation(self.services.store, conversation_id)
        if row is None or (row.visitor_id, row.site) != (self._visitor_id, self._site_id):
            raise AppError("not_yours", "This conversation belongs to somebody else.", "Start a new one.")
        return row

    async def _welcome(self, row: Conversation | None) -> None:
        await self._send(
            {
                "type": "welcome",
                "v": wire.VERSION,
                "visitor": self.services.tokens.issue(self._site_id, self._visitor_id),
                "verified": bool(self._visit.shopper.get("verified")),
                "name": self._visit.shopper.get("name"),
                "conversation": row.id if row else None,
                "last": row.last_seq if row else 0,
                "locale": self._locale,
                "limits": {"text": wire.TEXT_LIMIT},
            }
        )

    async def _complete_package(self, conversation_id: str) -> None:
        made = await hand_overs(self.services.store, conversation_id)
        if made and not made[-1].package["matches"]:
            await complete_package(self.services, conversation_id, made[-1].question)

    def _check_contact(self, frame: wire.Contact) -> tuple[str, str, str]:
        email = frame.email.strip()
        if len(email) > 254 or not _EMAIL.fullmatch(email):
            raise AppError(
                "bad_value", "That does not look like an e-mail address.", "Write it like name@example.com."
            )
        return self._mask(frame.name.strip())[:200], email, self._mask(frame.question.strip())[:2_000]

    def _conversation(self) -> str:
        if self.delivery.conversation_id is None:
            raise AppError("bad_value", "There is no conversation yet.", "Say something first.")
        return self.delivery.conversation_id

    def _mask(self, text: str) -> str:
        return masking.mask(text, self._site.order_pattern if self._site else None)

    def _sender(self, client_id: str) -> Sender:
        opening = Opening(
            site=self._site_id,
            visitor_id=self._visitor_id,
            locale=self._locale,
            linked=self._visit.linked,
            context=self._visit.context,
            shopper=self._visit.shopper or _NOBODY,
        )
        return Sender(opening, self.delivery.conversation_id, client_id)


def _site(services: Services, site_id: str, origin: str | None) -> Site:
    site = services.settings.shops.get(site_id)
    if site is None:
        raise AppError("unknown_site", f"There is no site {site_id!r}.", "Set `site` as in BOT_SITES.")
    if origin not in site.origins:
        raise wrong_origin(origin)
    return site


def wrong_origin(origin: str | None) -> AppError:
    """A page that is none of the site's wants to chat."""
    return AppError(
        "wrong_origin",
        f"The origin {(origin or 'none')[:200]!r} is none of the site's.",
        "Add it to the site's origins in BOT_SITES.",
    )
