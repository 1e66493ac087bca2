"""Who is at the other end of a connection: the site, the visitor, and what is known of both."""

import re
from typing import Any

from bot import masking
from bot import protocol as wire
from bot.chat.rates import Rates
from bot.chat.visits import Visit, Visits
from bot.clock import iso
from bot.context import clean, merge
from bot.errors import AppError
from bot.identity import Identity, read_identity
from bot.services import Services
from bot.settings import Site
from bot.store.conversations import Opening, conversation, save_context, save_shopper
from bot.store.models import Conversation
from bot.store.visitors import identify_visitor, visitor

_LOCALE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}")
_NOBODY: dict[str, Any] = {"name": None, "email": None, "subject": None, "verified": False}


class Caller:
    """A visitor of a site, from `hello` on. `since` is when it began, in monotonic seconds."""

    def __init__(self, services: Services, visits: Visits, site_id: str, site: Site, visitor_id: str) -> None:
        self._services = services
        self._visits = visits
        self.site_id = site_id
        self._site = site
        self._is_new = False
        self.locale = site.locale
        self._become(visitor_id)

    @classmethod
    async def of(
        cls,
        services: Services,
        visits: Visits,
        rates: Rates,
        frame: wire.Hello,
        origin: str | None,
        address: str,
    ) -> "Caller":
        """The caller that `hello` names. AppError for a foreign page, a wrong token, or too many at once."""
        site = _site(services, frame.site, origin)
        if frame.visitor is None:
            await rates.take_visitor(address)
            visitor_id = services.store.new_id()
        else:
            visitor_id = services.tokens.read(frame.site, frame.visitor)
            await rates.take_frame(visitor_id)
        caller = cls(services, visits, frame.site, site, visitor_id)
        caller._is_new = frame.visitor is None
        caller.visit.hear(services.clock.now())
        if _LOCALE.fullmatch(frame.locale):
            caller.locale = frame.locale
        return caller

    @property
    def token(self) -> str:
        """What the browser shows to be the same visitor again."""
        return self._services.tokens.issue(self.site_id, self.visitor_id)

    @property
    def order_pattern(self) -> str | None:
        """What the shop's order numbers look like, for the browser to mask by."""
        return self._site.order_pattern

    def mask(self, text: str) -> str:
        """The text without what must not be kept."""
        return masking.mask(text, self._site.order_pattern)

    def opening(self) -> Opening:
        """What a conversation is opened with."""
        return Opening(
            site=self.site_id,
            visitor_id=self.visitor_id,
            locale=self.locale,
            linked=self.visit.linked,
            context=self.visit.context,
            shopper=self.visit.shopper or _NOBODY,
        )

    async def own(self, conversation_id: str | None) -> Conversation | None:
        """The caller's conversation of this id. AppError `not_yours` for another's."""
        if conversation_id is None:
            return None
        row = await conversation(self._services.store, conversation_id)
        if row is None or (row.visitor_id, row.site) != (self.visitor_id, self.site_id):
            raise AppError("not_yours", "This conversation belongs to somebody else.", "Start a new one.")
        return row

    async def recall(self, row: Conversation | None, context: object) -> None:
        """Take up what an earlier visit left, and where the shopper is now."""
        await self._recall_shopper(row)
        new = clean(context, self.mask, iso(self._services.clock.now()))
        known = row.context if row is not None and not self.visit.context else self.visit.context
        # A page that was left in the middle of a payment cannot say that it is over.
        known = {key: value for key, value in known.items() if key != "paying"}
        self.visit.context = merge(known, new)
        if row is not None and row.context != self.visit.context:
            await save_context(self._services.store, row.id, self.visit.context)

    async def move(self, new: dict[str, Any], conversation_id: str | None) -> None:
        """Add to the context, and keep it with the conversation."""
        merged = merge(self.visit.context, new)
        if merged == self.visit.context:
            return
        self.visit.context = merged
        if conversation_id is not None:
            await save_context(self._services.store, conversation_id, merged)

    def identity(self, jwt: str) -> Identity:
        """Who the shop says the caller is. AppError when the token is not the shop's."""
        return read_identity(self._site, jwt)

    def is_another_than(self, found: Identity) -> bool:
        """Whether somebody else was signed in here before."""
        known = self.visit.shopper.get("subject")
        return bool(known) and known != found.subject

    def start_over(self) -> None:
        """Somebody else signed in at the same browser, and must not see what the first one wrote."""
        context = self.visit.context
        self._become(self._services.store.new_id())
        self.visit.context = context

    async def keep_identity(self, found: Identity, conversation_id: str | None) -> None:
        """Keep who the shop says the caller is."""
        shopper = {"name": found.name, "email": found.email, "subject": found.subject, "verified": True}
        store = self._services.store
        if self.visit.linked:
            await identify_visitor(
                store, self.visitor_id, self.site_id, found.subject, found.name, found.email
            )
        if conversation_id is not None:
            await save_shopper(store, conversation_id, shopper)
        self.visit.shopper = shopper

    def _become(self, visitor_id: str) -> None:
        self.visitor_id = visitor_id
        self.visit: Visit = self._visits.of(visitor_id)
        self.since = self._services.clock.monotonic()

    async def _recall_shopper(self, row: Conversation | None) -> None:
        if self.visit.shopper or self._is_new:
            return
        known = await visitor(self._services.store, self.visitor_id)
        if known is not None and known.verified:
            self.visit.shopper = {
                "name": known.name,
                "email": known.email,
                "subject": known.subject,
                "verified": True,
            }
        elif row is not None and row.shopper.get("verified"):
            self.visit.shopper = row.shopper


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
