"""The assistant without Rasa: a confident answer from the knowledge base, else a person."""

import json
from dataclasses import replace
from typing import Any

from bot import words
from bot.chat.answers import MOST_CLARIFIED, answer_draft, clarify_draft, dialogue_of, given_up, settle
from bot.clock import Clock
from bot.context import for_search
from bot.errors import AppError
from bot.knowledge import Knowledge, Match, SearchResult
from bot.rasa import Answer, ArticleRef
from bot.store.hand_overs import Package
from bot.store.messages import Draft
from bot.store.models import Message
from bot.store.turns import Job, Outcome

_NOTHING_TO_SAY = ("helpful", "returned_from_agent")


async def fall_back(knowledge: Knowledge, clock: Clock, job: Job, last: Message | None) -> Outcome:
    """How the turn ends without Rasa; `last` is the answer just before.

    When nobody can be asked, it ends in the queue.
    """
    intent, entities = read_command(job.say)
    try:
        if intent in _NOTHING_TO_SAY:
            return Outcome("knowledge", fresh=True)
        if intent == "choose_article" and entities.get("article"):
            return settle(await _chosen(knowledge, job, str(entities["article"])), job, last)
        if intent == "choose_article" and entities.get("value"):
            return settle(await _told(knowledge, clock, job, str(entities["value"])), job, last)
        if intent in ("choose_article", "not_helpful"):
            return settle(await _next_best(knowledge, clock, job), job, last)
        context = _context(job, clock)
        context["last_question"] = job.conversation.dialogue.get("last_question")
        return settle(_decide(job, job.say, await knowledge.find(job.say, context)), job, last)
    except AppError:
        question = job.conversation.dialogue.get("last_question") if intent else job.say
        return Outcome("unavailable", hand_over=Package("unavailable", question=question), fresh=True)


def read_command(said: str) -> tuple[str | None, dict[str, Any]]:
    """The intent and entities of what the system says, (None, {}) for a shopper's own words."""
    if not said.startswith("/"):
        return None, {}
    intent, brace, rest = said[1:].partition("{")
    return intent, json.loads(brace + rest) if brace else {}


def _decide(job: Job, question: str, found: SearchResult) -> Outcome:
    dialogue = {**dialogue_of(job), "last_question": question, "tried": [], "awaiting": None}
    answers = [
        _answer(part.question, part.matches[0], part.confidence)
        for part in found.parts or ()
        if part.band == "answer" and part.matches
    ]
    if not answers and found.band == "answer" and found.matches:
        answers = [_answer(question, found.matches[0], found.confidence)]
    if answers:
        tried = [draft.body["answer"]["article"]["id"] for draft in answers]
        dialogue |= {"tried": tried, "awaiting": "helped", "clarified": 0}
        return Outcome("knowledge", tuple(answers), dialogue, fresh=True)
    if found.band == "clarify" and found.matches and dialogue["clarified"] < MOST_CLARIFIED:
        dialogue |= {"clarified": dialogue["clarified"] + 1, "awaiting": "clarify"}
        return Outcome("knowledge", (_clarify(job, question, found),), dialogue, fresh=True)
    package = Package("not_confident", question, found.confidence, matches=_best(found.matches))
    return Outcome("knowledge", dialogue=dialogue, hand_over=package, fresh=True)


async def _next_best(knowledge: Knowledge, clock: Clock, job: Job) -> Outcome:
    """After "no" or "none of these": the best article not yet tried, if the search is sure of it."""
    dialogue = dialogue_of(job)
    question = dialogue["last_question"]
    if not question:
        return Outcome("knowledge", hand_over=Package("not_helped"), fresh=True)
    found = await knowledge.find(question, _context(job, clock))
    untried = [match for match in found.matches if match.id not in dialogue["tried"]]
    if read_command(job.say)[0] == "not_helpful" and dialogue["not_helped"] < 1 and untried:
        best = untried[0]
        if found.band == "answer" and best.confidence >= found.confidence / 2:
            dialogue |= {
                "tried": [*dialogue["tried"], best.id],
                "not_helped": dialogue["not_helped"] + 1,
                "awaiting": "helped",
            }
            draft = _answer(question, best, best.confidence)
            return Outcome("knowledge", (draft,), dialogue, fresh=True)
    package = Package("not_helped", question, found.confidence, matches=_best(found.matches))
    return Outcome("knowledge", dialogue=dialogue, hand_over=package, fresh=True)


async def _told(knowledge: Knowledge, clock: Clock, job: Job, country: str) -> Outcome:
    """After the country was asked for: the question before, with it."""
    question = str(job.conversation.dialogue.get("last_question") or "")
    if not question:
        return Outcome("knowledge", hand_over=Package("not_helped"), fresh=True)
    outcome = _decide(
        job, question, await knowledge.find(question, {**_context(job, clock), "country": country})
    )
    kept = {**(outcome.dialogue or dialogue_of(job)), "country": country}
    return replace(outcome, dialogue=kept)


def _context(job: Job, clock: Clock) -> dict[str, Any]:
    """Where the shopper is, with the country they told where the page knows none."""
    context = for_search(job.conversation.context, job.conversation.locale, clock.now())
    told = job.conversation.dialogue.get("country")
    return {"country": told, **context} if told else context


async def _chosen(knowledge: Knowledge, job: Job, article_id: str) -> Outcome:
    dialogue = dialogue_of(job)
    question = str(dialogue["last_question"] or "")
    try:
        article = await knowledge.article(article_id, job.conversation.locale)
        answer = Answer(
            question=question,
            article=ArticleRef(id=article_id, title=str(article["title"]), locale=article.get("locale")),
            short_answer=str(article["short_answer"]),
            body=str(article.get("body") or ""),
            band="answer",
        )
    except (KeyError, ValueError):
        return Outcome("knowledge", hand_over=given_up(question), fresh=True)
    dialogue |= {"tried": [*dialogue["tried"], article_id], "awaiting": "helped", "clarified": 0}
    draft = answer_draft(answer, question=question, confidence=None, band="answer")
    return Outcome("knowledge", (draft,), dialogue, fresh=True)


def _answer(question: str, match: Match, confidence: float) -> Draft:
    article = ArticleRef(id=match.id, title=match.title, locale=match.locale)
    answer = Answer(question=question, article=article, short_answer=match.short_answer)
    return answer_draft(answer, question=question, confidence=confidence, band="answer")


def _clarify(job: Job, question: str, found: SearchResult) -> Draft:
    locale = job.conversation.locale
    choices = [(match.id, match.title) for match in found.matches[:4]]
    return clarify_draft(words.say("clarify", locale), choices, question, found.confidence, locale)


def _best(matches: list[Match]) -> list[dict[str, Any]]:
    return [match.model_dump() for match in matches[:3]]
