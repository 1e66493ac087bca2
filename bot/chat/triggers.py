"""A rule came true: may the assistant speak first now, and what does it say?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bot.chat.caller import Caller
from bot.chat.known import facts_at_event, known_facts
from bot.chat.manners import memory, refusal
from bot.chat.mistakes import Mistakes
from bot.chat.shows import Found, Show, find_show
from bot.experiment import Arm, arm
from bot.services import Services
from bot.store.conversations import conversation
from bot.store.experiments import expose, order_completed, quieted
from bot.store.messages import Taken
from bot.store.nudges import Shown, shown_in, shown_to
from bot.store.shopper import Sender, Trigger, make_offer, may_offer
from knowledge_base.events import checked, code_of
from knowledge_base.triggers import Rule

ORDER: Final = "order.completed"
ABOUT_PAYING: Final = "payment."


@dataclass(frozen=True, slots=True)
class Nudge:
    """What is to be shown, and for which rule."""

    rule: Rule
    trigger: Trigger
    show: Found


@dataclass
class Nudger:
    """Decides what the assistant says unasked. One for all connections."""

    services: Services
    secret: bytes
    mistakes: Mistakes = field(default_factory=Mistakes)

    async def hear(self, caller: Caller, sender: Sender, event: str, data: Mapping[str, Any]) -> Nudge | None:
        """What to show for an event that the page reports; an order is recorded. `data` is masked."""
        usable, problems = checked(event, data)
        self.mistakes.tell(caller.site_id, event, problems)
        if event == ORDER and caller.visit.linked:
            currency = usable.get("currency")
            await order_completed(
                self.services.store,
                caller.site_id,
                caller.visitor_id,
                usable.get("value"),
                currency if isinstance(currency, str) else None,
            )
        code = code_of(event, usable)
        states = facts_at_event(caller.visit.context, caller.locale, sender.client_id, code, usable)
        rule = self.services.rules.live.for_event(event, states)
        if rule is None:
            return None
        return await self._decide(caller, sender, rule, Trigger(event, code, usable, rule.id))

    async def guess(self, caller: Caller, sender: Sender, rule_id: str) -> Nudge | None:
        """What to show for a rule that came true in the browser."""
        rule = self.services.rules.live.guess(rule_id)
        if rule is None or not rule.may_hold(known_facts(caller.visit.context, caller.locale)):
            self._count("no_rule")
            return None
        return await self._decide(caller, sender, rule, Trigger(rule.id, None, {}, rule.id, guess=True))

    async def keep(self, caller: Caller, sender: Sender, nudge: Nudge) -> Taken | None:
        """Keep the offer, unless it came too late or twice."""
        if await self._refused(caller, sender, nudge.rule, nudge.trigger):
            return None
        taken = await make_offer(
            self.services.store, sender, nudge.trigger, nudge.show.draft, nudge.show.dialogue
        )
        if taken is not None and not taken.again:
            self._count("shown")
            self.services.metrics.offers.inc()
        return taken

    async def _decide(self, caller: Caller, sender: Sender, rule: Rule, trigger: Trigger) -> Nudge | None:
        if await self._refused(caller, sender, rule, trigger):
            return None
        row = (
            await conversation(self.services.store, sender.conversation_id)
            if sender.conversation_id
            else None
        )
        show = await find_show(self.services, Show(sender, rule, trigger, row.dialogue if row else {}))
        if show is None:
            self._count("nothing_to_show")
            return None
        # Only now, when either arm would have been shown the same, the arms may part.
        return Nudge(rule, trigger, show) if await self._is_treated(caller, rule) else None

    async def _refused(self, caller: Caller, sender: Sender, rule: Rule, trigger: Trigger) -> bool:
        why = await self._why_not(caller, sender, rule, trigger)
        if why is not None:
            self._count(why)
        return why is not None

    async def _why_not(self, caller: Caller, sender: Sender, rule: Rule, trigger: Trigger) -> str | None:
        store = self.services.store
        if caller.visit.context.get("paying") and not trigger.event.startswith(ABOUT_PAYING):
            return "paying"
        if rule.id in await quieted(store, caller.site_id):
            return "silenced"
        if sender.conversation_id is not None and not await may_offer(store, sender.conversation_id, trigger):
            return "not_now"
        manners, now = self.services.rules.live.manners, store.clock.now()
        shown = await self._shown(caller, sender.conversation_id)
        return refusal(rule, trigger.about, manners, shown, now, caller.visit.session_since)

    async def _shown(self, caller: Caller, conversation_id: str | None) -> Sequence[Shown]:
        store = self.services.store
        if caller.visit.linked:
            since = store.clock.now() - memory(self.services.rules.live.manners)
            return await shown_to(store, caller.visitor_id, since)
        return await shown_in(store, conversation_id) if conversation_id else ()

    async def _is_treated(self, caller: Caller, rule: Rule) -> bool:
        """Whether the visitor is shown it; who does not want to be known again always is, and unrecorded."""
        if not caller.visit.linked:
            return True
        share = self.services.settings.control_share
        drawn = arm(self.secret, caller.visitor_id, rule.id, share)
        exposed = await expose(self.services.store, caller.site_id, caller.visitor_id, rule.id, drawn, share)
        if exposed.arm is Arm.CONTROL:
            self._count("control")
        return exposed.arm is Arm.TREATED

    def _count(self, outcome: str) -> None:
        self.services.metrics.nudges.labels(outcome).inc()
