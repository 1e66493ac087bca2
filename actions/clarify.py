"""The clarifying question: articles as buttons, at most twice in a row."""

import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Final

from actions.reply import Message, Reply, Sentence
from actions.state import Choice, DialogueState
from knowledge_base.result import Match

MOST_IN_A_ROW: Final = 2
MOST_CHOICES: Final = 4
# An article this much less similar than the best one is no choice but noise.
NEAR: Final = 0.25

_ORDINALS: Final = {
    word: place
    for place, names in enumerate(
        (
            ("1", "first", "1st", "one"),
            ("2", "second", "2nd", "two"),
            ("3", "third", "3rd", "three"),
            ("4", "fourth"),
        )
    )
    for word in names
}
_ORDINAL: Final = re.compile(
    r"^\W*(?:the\s+)?(\w+)(?:\s+(?:one|answer|option))?(?:\s+please)?\W*$", re.IGNORECASE
)


def choices(matches: Iterable[Match], without: Collection[str] = ()) -> tuple[Match, ...]:
    """The matches worth offering, best first, without those already shown."""
    given = list(matches)
    if not given:
        return ()
    floor = max(match.similarity for match in given) - NEAR
    near = [match for match in given if match.id not in without and match.similarity >= floor]
    return tuple(near[:MOST_CHOICES])


def may_clarify(state: DialogueState, offered: Collection[Match]) -> bool:
    """Whether there is something to choose from, and not too many questions were asked in a row."""
    return len(offered) >= 2 and state.clarified < MOST_IN_A_ROW


def clarify(
    state: DialogueState,
    question: str,
    offered: Iterable[Match],
    confidence: float,
    sentence: str = "utter_clarify",
) -> Reply:
    """Asks which of the `offered` articles is meant."""
    given = tuple(offered)
    body = {
        "question": question,
        "choices": [{"id": match.id, "title": match.title} for match in given],
        "confidence": round(confidence, 4),
    }
    after = replace(
        state,
        last_question=question,
        awaiting="clarify",
        clarified=state.clarified + 1,
        misses=0,
        offered=tuple(Choice(match.id, round(match.confidence, 4)) for match in given),
    )
    return Reply((Sentence(sentence), Message("clarify", body)), after)


def named_by_place(text: str, state: DialogueState) -> str | None:
    """The article meant by "the second one" while a clarifying question is open, else None."""
    found = _ORDINAL.match(text) if state.awaiting == "clarify" else None
    place = _ORDINALS.get(found[1].lower()) if found else None
    return state.offered[place].id if place is not None and place < len(state.offered) else None
