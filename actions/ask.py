"""A fact that an answer depends on: asked for once, with its values as buttons."""

from dataclasses import replace

from actions.clarify import MOST_IN_A_ROW
from actions.reply import Message, Reply, Sentence
from actions.state import Choice, DialogueState
from knowledge_base.places import Ask


def may_ask(state: DialogueState, ask: Ask | None) -> bool:
    """Whether there is something to ask that was not asked before, and not too much was asked in a row."""
    return ask is not None and not state.asked_country and state.clarified < MOST_IN_A_ROW


def ask_first(
    state: DialogueState, ask: Ask, question: str, article: str | None = None, confidence: float = 0.0
) -> Reply:
    """Asks for the fact. `article` is what answers `question` then; None when it is to be searched anew."""
    body = {"question": question, **ask.as_dict(), "confidence": round(confidence, 4)}
    after = replace(
        state,
        last_question=question,
        awaiting="country",
        clarified=state.clarified + 1,
        misses=0,
        offered=(Choice(article, round(confidence, 4)),) if article else (),
        asked_country=True,
    )
    return Reply((Sentence("utter_ask_country"), Message("ask", body)), after)
