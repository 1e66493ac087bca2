"""What a rule shows: the article of its event, an article it names, the step's top questions, or a person."""

from dataclasses import dataclass
from typing import Any

import structlog

from bot import words
from bot.chat.answers import article_offer, person_offer, questions_offer
from bot.context import for_search
from bot.conversation import Owner
from bot.errors import AppError
from bot.rasa import EMPTY_DIALOGUE, ArticleRef, Offer, RasaError
from bot.services import Services
from bot.store.messages import Draft
from bot.store.shopper import Sender, Trigger
from bot.store.turns import command
from knowledge_base.triggers import PERSON, QUESTIONS, Rule

Json = dict[str, Any]
log = structlog.get_logger("bot.triggers")


@dataclass(frozen=True, slots=True)
class Show:
    """Who is to be shown something, why, and where the dialogue stands."""

    sender: Sender
    rule: Rule
    trigger: Trigger
    dialogue: Json

    @property
    def locale(self) -> str:
        """The shopper's language."""
        return self.sender.opening.locale


@dataclass(frozen=True, slots=True)
class Found:
    """The offer, and the state of the dialogue after it; None leaves that as it is."""

    draft: Draft
    dialogue: Json | None


async def find_show(services: Services, show: Show) -> Found | None:
    """What to show; None where there is nothing, or nobody can be asked for it."""
    dialogue = {**EMPTY_DIALOGUE, **show.dialogue}
    if show.rule.show == PERSON:
        text = words.say("nudge_person", show.locale)
        return Found(person_offer(text, show.trigger, show.locale), {**dialogue, "awaiting": "person"})
    if show.rule.show == QUESTIONS:
        return await _questions(services, show, dialogue)
    if show.rule.article is not None:
        return await _article(services, show, show.rule.article, dialogue)
    return await _article_of_event(services, show, dialogue)


async def _questions(services: Services, show: Show, dialogue: Json) -> Found | None:
    step = (show.sender.opening.context.get("page") or {}).get("step")
    cards = await services.cards.at(step, show.locale, services.rules.live.questions)
    if not cards:
        return None
    questions = [(card["id"], card["title"]) for card in cards]
    text = words.say("nudge_questions", show.locale)
    after = {**dialogue, "last_question": None, "awaiting": None}
    return Found(questions_offer(text, questions, show.trigger), after)


async def _article(services: Services, show: Show, article_id: str, dialogue: Json) -> Found | None:
    try:
        given = await services.knowledge.article_here(article_id, show.locale, _context(services, show))
        title, short_answer = str(given["title"]), str(given["short_answer"])
        article = ArticleRef(id=article_id, title=title, locale=given.get("locale"))
        body = str(given.get("body") or "")
        offer = Offer(title=title, article=article, short_answer=short_answer, body=body)
    except AppError as error:
        log.info("nothing to show", rule=show.rule.id, article=article_id, why=error.code)
        return None
    except (KeyError, ValueError):
        log.info("nothing to show", rule=show.rule.id, article=article_id, why="nonsense")
        return None
    if given.get("outdated") and show.trigger.guess:
        return None  # it can't say at present what it is about, and nobody has asked
    return Found(article_offer(offer, show.trigger), _after(dialogue, article))


async def _article_of_event(services: Services, show: Show, dialogue: Json) -> Found | None:
    context = _context(services, show)
    try:
        offer, after = await _ask_rasa(services, show, context, dialogue)
    except RasaError as error:
        log.warning("no offer from Rasa", trigger=show.trigger.event, why=error.why)
        offer, after = await _ask_knowledge(services, show.trigger, context), None
    return Found(article_offer(offer, show.trigger), after) if offer else None


def _context(services: Services, show: Show) -> Json:
    context = for_search(show.sender.opening.context, show.locale, services.clock.now())
    if not show.trigger.guess:
        event = show.trigger
        context["event"] = {"event": event.event, "code": event.code, "data": event.data}
    return context


def _after(dialogue: Json, article: ArticleRef) -> Json:
    """The dialogue in which a verdict on the article is awaited, as `actions` would leave it."""
    last = {"article": article.id, "question": article.title, "confidence": 1.0}
    return {
        **dialogue,
        "last_question": article.title,
        "tried": [article.id],
        "awaiting": "helped",
        "clarified": 0,
        "not_helped": 0,
        "last_answer": last,
    }


async def _ask_rasa(
    services: Services, show: Show, context: Json, dialogue: Json
) -> tuple[Offer | None, Json | None]:
    trigger, sender = show.trigger, show.sender
    said = command("proactive_offer", {"event": trigger.event, "code": trigger.code, "data": trigger.data})
    metadata = {
        "locale": show.locale,
        "owner": Owner.ASSISTANT.value,
        "desk": {"staffed": services.presence.staffed},
        "context": context,
        "state": dialogue,
    }
    # A Rasa conversation of its own: an offer must never stand in line with a turn.
    reply = await services.rasa.ask(f"{sender.opening.visitor_id}.{sender.client_id}", said, metadata)
    offer = next((part for part in reply.said if isinstance(part, Offer)), None)
    return offer, reply.state


async def _ask_knowledge(services: Services, trigger: Trigger, context: Json) -> Offer | None:
    words_of_it = " ".join([trigger.event, trigger.code or ""]).replace(".", " ").replace("_", " ").strip()
    try:
        found = await services.knowledge.find(words_of_it, context, limit=1)
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
