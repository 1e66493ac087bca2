"""A person takes over: why, with which question, and with which articles at hand."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from actions.knowledge import Knowledge
from actions.reply import Message, Reply, brief, say
from actions.state import DialogueState
from actions.turn import Turn
from knowledge_base.result import Match

Reason = Literal["asked", "not_confident", "not_helped", "complaint", "out_of_scope", "language"]

# A request for a person that is longer than this says what it is about.
SHORT_REQUEST_WORDS = 6

SENTENCES: dict[Reason, str] = {
    "not_confident": "utter_no_answer",
    "not_helped": "utter_not_helped",
    "language": "utter_language",
}


def hand_over(
    turn: Turn,
    state: DialogueState,
    reason: Reason,
    question: str | None,
    *,
    matches: Iterable[Match] = (),
    confidence: float | None = None,
    language: str | None = None,
    sentence: str | None = None,
) -> Reply:
    """Hands over, and says why in one sentence; in the queue already, it says so instead."""
    after = replace(state, clarified=0, not_helped=0, misses=0, offered=(), awaiting=None)
    if turn.in_queue:
        return say(after, "utter_still_waiting")
    body = {
        "reason": reason,
        "question": question or "",
        "confidence": None if confidence is None else round(confidence, 4),
        "language": language,
        "matches": brief(matches),
    }
    words = sentence or SENTENCES.get(reason)
    reply = Reply(
        (Message("hand_over", body),), after if turn.staffed else replace(after, awaiting="contact")
    )
    return reply.after(*say(after, words).parts) if words else reply


async def ask_human(turn: Turn, knowledge: Knowledge) -> Reply:
    """The shopper wants a person: at once, with the question they had."""
    state = turn.state
    question = state.last_question
    if turn.spoken and (question is None or turn.words > SHORT_REQUEST_WORDS):
        question = turn.text
    if turn.in_queue or question is None:
        return hand_over(turn, state, "asked", question)
    found = await knowledge.suggestions(question, turn.standing())
    if found is None:
        return hand_over(turn, state, "asked", question)
    return hand_over(turn, state, "asked", question, matches=found.matches, confidence=found.confidence)
