"""Something happened on the page: is there an article for it, and may it be offered?"""

from typing import Any

import structlog

from bot.chat.answers import offer_draft
from bot.context import for_search
from bot.conversation import Owner
from bot.errors import AppError
from bot.rasa import EMPTY_DIALOGUE, ArticleRef, Offer, RasaError
from bot.services import Services
from bot.store.conversations import conversation
from bot.store.messages import Draft, Taken
from bot.store.shopper import Sender, Trigger, make_offer, may_offer
from bot.store.turns import command

FoundOffer = tuple[Draft, dict[str, Any] | None]
log = structlog.get_logger("bot.triggers")


async def find_offer(services: Services, sender: Sender, trigger: Trigger) -> FoundOffer | None:
    """The article to offer, with the state of the dialogue after it.

    None when there is no article for the event, or it may not be offered now.
    """
    conversation_id, dialogue = sender.conversation_id, EMPTY_DIALOGUE
    if conversation_id is not None:
        row = await conversation(services.store, conversation_id)
        if row is None or not await may_offer(services.store, conversation_id, trigger):
            return None
        dialogue = {**dialogue, **row.dialogue}
    context = for_search(sender.opening.context, sender.opening.locale, services.clock.now())
    context["event"] = {"event": trigger.event, "code": trigger.code, "data": trigger.data}
    try:
        offer, after = await _ask_rasa(services, sender, trigger, context, dialogue)
    except RasaError as error:
        log.warning("no offer from Rasa", trigger=trigger.event, why=error.why)
        offer, after = await _ask_knowledge(services, trigger, context), None
    return (offer_draft(offer, trigger), after) if offer else None


async def keep_offer(services: Services, sender: Sender, trigger: Trigger, found: FoundOffer) -> Taken | None:
    """Keep the offer unless it came too late or twice."""
    draft, dialogue = found
    taken = await make_offer(services.store, sender, trigger, draft, dialogue)
    if taken is not None and not taken.again:
        services.metrics.offers.inc()
    return taken


async def _ask_rasa(
    services: Services,
    sender: Sender,
    trigger: Trigger,
    context: dict[str, Any],
    dialogue: dict[str, Any],
) -> tuple[Offer | None, dict[str, Any] | None]:
    said = command("proactive_offer", {"event": trigger.event, "code": trigger.code, "data": trigger.data})
    metadata = {
        "locale": sender.opening.locale,
        "owner": Owner.ASSISTANT.value,
        "desk": {"staffed": services.presence.staffed},
        "context": context,
        "state": dialogue,
    }
    # A Rasa conversation of its own: an offer must never stand in line with a turn.
    reply = await services.rasa.ask(f"{sender.opening.visitor_id}.{sender.client_id}", said, metadata)
    offer = next((part for part in reply.said if isinstance(part, Offer)), None)
    return offer, reply.state


async def _ask_knowledge(services: Services, trigger: Trigger, context: dict[str, Any]) -> Offer | None:
    words = " ".join([trigger.event, trigger.code or ""]).replace(".", " ").replace("_", " ").strip()
    try:
        found = await services.knowledge.find(words, context, limit=1)
    except AppError:
        return None
    if found.band != "answer" or not found.matches:
        return None
    best = found.matches[0]
    return Offer(
        title=best.title,
        article=ArticleRef(id=best.id, title=best.title),
        short_answer=best.short_answer,
    )
