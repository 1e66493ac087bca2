"""Anger: one sentence that shows it was heard, then help or a person."""

from actions.answer import LIMIT, respond
from actions.hand_over import hand_over
from actions.knowledge import BusyError, Knowledge
from actions.reply import Reply, Sentence
from actions.turn import Turn


async def complain(turn: Turn, knowledge: Knowledge) -> Reply:
    """Empathy, then the answer if there is a sure one, else a person at once."""
    heard = Sentence("utter_empathy")
    question = turn.state.last_question or turn.text
    try:
        found = await knowledge.search(turn.text, turn.standing(), LIMIT)
    except BusyError:
        return hand_over(turn, turn.state, "complaint", question).after(heard)
    if found.band == "answer":
        return respond(turn, knowledge, found).after(heard)
    reply = hand_over(
        turn, turn.state, "complaint", question, matches=found.matches, confidence=found.confidence
    )
    return reply.after(heard)
