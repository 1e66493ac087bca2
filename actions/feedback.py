"""What the shopper says of an answer: it helped, or it did not and the next step follows."""

from dataclasses import replace
from typing import Final

from actions.answer import LIMIT, respond
from actions.choose import answer_or_ask, none_of_these
from actions.clarify import choices, clarify, may_clarify
from actions.hand_over import ask_human, hand_over
from actions.knowledge import Knowledge
from actions.reply import Reply, feedback_message, say
from actions.state import DialogueState
from actions.turn import Turn
from knowledge_base.result import Match, SearchResult

# With the first article ruled out, the next one has this share of what is left, or it is not shown.
NEXT_BEST_SHARE: Final = 0.3
# A "no" with this many words says what is wanted instead.
TELLING_WORDS: Final = 6


async def helpful(turn: Turn, _knowledge: Knowledge) -> Reply:
    """It helped: say so kindly, and start afresh."""
    state = turn.state
    after = replace(
        DialogueState(last_question=state.last_question, settled=state.settled),
        awaiting="contact" if state.awaiting == "contact" else None,
    )
    reply = say(after, "utter_glad")
    return reply.after(feedback_message("yes")) if state.last_answer else reply


async def not_helpful(turn: Turn, knowledge: Knowledge) -> Reply:
    """It did not help: the next best article, then a clarifying question, then a person."""
    state = turn.state
    verdict = (feedback_message("no"),) if state.last_answer else ()
    counted = replace(state, not_helped=state.not_helped + 1, last_answer=None)
    reply = await _instead(replace(turn, state=counted), knowledge)
    return reply.after(*verdict)


async def affirm(turn: Turn, knowledge: Knowledge) -> Reply:
    """A yes, to whatever was asked."""
    state = turn.state
    match state.awaiting:
        case "helped":
            return await helpful(turn, knowledge)
        case "person":
            return await ask_human(replace(turn, text=""), knowledge)
        case "clarify" if state.last_question:
            found = await knowledge.search(state.last_question, turn.standing(), LIMIT)
            shown = {choice.id for choice in state.offered}
            offered = tuple(match for match in found.matches if match.id in shown)
            if may_clarify(state, offered):
                return clarify(state, state.last_question, offered, found.confidence, "utter_which_one")
            return await none_of_these(turn, knowledge, state.last_question)
        case _:
            return say(state, "utter_ask")


async def deny(turn: Turn, knowledge: Knowledge) -> Reply:
    """A no, to whatever was asked."""
    state = turn.state
    match state.awaiting:
        case "helped":
            return await not_helpful(turn, knowledge)
        case "clarify":
            return await none_of_these(turn, knowledge, state.last_question or "")
        case "person":
            return say(replace(state, awaiting=None), "utter_all_right")
        case _:
            return say(state, "utter_all_right")


async def _instead(turn: Turn, knowledge: Knowledge) -> Reply:
    """What follows a "no"; the turn's state has counted it."""
    state = turn.state
    if state.last_question is None and state.settled:
        # A person has dealt with it already and it is not over: articles would only repeat what is known.
        return hand_over(turn, state, "not_helped", turn.text or state.settled)
    if state.last_question is None:
        return say(replace(state, not_helped=0), "utter_ask")
    if turn.words >= TELLING_WORDS:
        told = await knowledge.search(turn.text, turn.following(), LIMIT)
        if told.band == "answer" and told.matches and told.matches[0].id not in state.tried:
            return respond(turn, knowledge, told)
    found = await knowledge.search(state.last_question, turn.standing(), LIMIT)
    return _next_best(turn, knowledge, found) or _ask_back(turn, found) or _give_up(turn, found)


def _next_best(turn: Turn, knowledge: Knowledge, found: SearchResult) -> Reply | None:
    """After the first "no": the best article not yet shown, if it is likely enough now."""
    state = turn.state
    best = _most_likely(found.matches, state.tried)
    if state.not_helped > 1 or best is None:
        return None
    article = knowledge.article(best.id, turn.locale, turn.context)
    if article is None:
        return None
    return answer_or_ask(
        state,
        article,
        state.last_question or found.question,
        best.confidence,
        band=found.band,
        why="next_best",
    )


def _most_likely(matches: tuple[Match, ...], tried: tuple[str, ...]) -> Match | None:
    """The best untried match, by Bayes' rule given that the tried ones are wrong."""
    best = next((match for match in choices(matches, tried)), None)
    if best is None:
        return None
    left = 1.0 - sum(match.confidence for match in matches if match.id in tried)
    return best if left <= 0.0 or best.confidence / left >= NEXT_BEST_SHARE else None


def _ask_back(turn: Turn, found: SearchResult) -> Reply | None:
    state = turn.state
    offered = choices(found.matches, state.tried)
    if state.not_helped > 2 or state.last_question is None or not may_clarify(state, offered):
        return None
    return clarify(state, state.last_question, offered, found.confidence, "utter_clarify_again")


def _give_up(turn: Turn, found: SearchResult) -> Reply:
    return hand_over(
        turn,
        turn.state,
        "not_helped",
        turn.state.last_question,
        matches=found.matches,
        confidence=found.confidence,
    )
