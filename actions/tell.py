"""The country that was asked for: the question before is answered with it, and it is kept."""

from dataclasses import replace
from typing import Final

from actions.answer import LIMIT, respond
from actions.choose import answer_with
from actions.clarify import MOST_IN_A_ROW
from actions.knowledge import Knowledge
from actions.reply import Reply, say
from actions.state import DialogueState
from actions.turn import Turn
from knowledge_base.places import ELSEWHERE, country_told

# What these shoppers want comes before what was asked of them.
_NOT_A_REPLY: Final = frozenset({"ask_human", "complain"})
# "yes", "no", "that did not help": the article as it is for everybody.
_NOT_A_COUNTRY: Final = frozenset({"affirm", "deny", "not_helpful"})


async def tell(turn: Turn, knowledge: Knowledge) -> Reply | None:
    """The answer that waited for the country; None when the message tells none."""
    country = _told(turn)
    if country is None:
        return None
    state = replace(turn.state, country=country)
    told = replace(turn, state=state, context={**turn.context, "country": country})
    return remembering(await _answered(told, turn, knowledge), state)


def remembering(reply: Reply, before: DialogueState) -> Reply:
    """The reply with what is known of the shopper's country, whatever became of the dialogue."""
    state = reply.state
    kept = replace(
        state,
        country=state.country or before.country,
        asked_country=state.asked_country or before.asked_country,
    )
    return replace(reply, state=kept)


async def _answered(told: Turn, turn: Turn, knowledge: Knowledge) -> Reply:
    state = told.state
    if state.awaiting == "country" and state.offered:
        reply = _type_it(told, turn, knowledge) or _answer(told, knowledge)
        if reply:
            return reply
    if state.last_question is None:
        return say(replace(state, awaiting=None), "utter_ask")
    found = await knowledge.search(state.last_question, told.standing(), LIMIT)
    return respond(told, knowledge, found)


def _told(turn: Turn) -> str | None:
    pressed = turn.payload.get("value")
    if isinstance(pressed, str):
        return country_told(pressed) or ELSEWHERE
    if turn.state.awaiting != "country" or turn.intent in _NOT_A_REPLY:
        return None
    return country_told(turn.text) or (ELSEWHERE if turn.intent in _NOT_A_COUNTRY else None)


def _type_it(told: Turn, turn: Turn, knowledge: Knowledge) -> Reply | None:
    """Not every country has a button: another one is to be typed, if that was not said already."""
    state = told.state
    if state.country != ELSEWHERE or turn.state.country == ELSEWHERE or turn.intent in _NOT_A_COUNTRY:
        return None
    article = knowledge.article(state.offered[0].id, turn.locale, turn.context)
    if article is None or article.ask is None or not article.ask.more or state.clarified >= MOST_IN_A_ROW:
        return None
    return say(replace(state, clarified=state.clarified + 1), "utter_type_country")


def _answer(told: Turn, knowledge: Knowledge) -> Reply | None:
    chosen = told.state.offered[0]
    article = knowledge.article(chosen.id, told.locale, told.context)
    if article is None:
        return None
    return answer_with(
        told.state, article, told.state.last_question or article.title, chosen.confidence, why="told"
    )
