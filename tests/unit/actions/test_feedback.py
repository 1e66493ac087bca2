"""What follows a verdict, a yes and a no."""

from typing import Any

import pytest

from actions.feedback import affirm, deny, helpful, not_helpful
from actions.state import Choice, DialogueState, LastAnswer

ANSWERED = DialogueState(
    last_question="cost", tried=("a",), awaiting="helped", last_answer=LastAnswer("a", "cost", 0.9)
)


async def test_it_helped(knowledge: Any, turn: Any, said: Any, part: Any) -> None:
    reply = await helpful(turn(state=ANSWERED), knowledge)
    assert said(reply) == ["feedback", "utter_glad"]
    assert part(reply, "feedback") == {"verdict": "yes"}
    assert reply.state == DialogueState(last_question="cost")


async def test_no_after_no_ends_with_a_person(knowledge: Any, turn: Any, written: Any, said: Any) -> None:
    knowledge.findings["cost"] = written("cost", "answer", "a", "b", "c", "d")
    state, heard = ANSWERED, []
    for _ in range(3):
        reply = await not_helpful(turn(state=state), knowledge)
        state = reply.state
        heard.append(said(reply)[-1])
    assert heard == ["answer", "clarify", "hand_over"]


async def test_the_next_best_is_one_that_was_not_shown(
    knowledge: Any, turn: Any, written: Any, said: Any, part: Any
) -> None:
    knowledge.findings["cost"] = written("cost", "answer", "a", "b", "c")
    reply = await not_helpful(turn(state=ANSWERED), knowledge)
    assert said(reply) == ["feedback", "answer"]
    assert (part(reply, "answer")["article"]["id"], part(reply, "answer")["why"]) == ("b", "next_best")


async def test_without_a_next_best_the_first_no_asks_back_or_calls_a_person(
    knowledge: Any, turn: Any, written: Any, said: Any
) -> None:
    knowledge.findings["cost"] = written("cost", "answer", "a")
    assert said(await not_helpful(turn(state=ANSWERED), knowledge)) == [
        "feedback",
        "utter_not_helped",
        "hand_over",
    ]


async def test_a_no_that_says_what_is_wanted_is_answered(
    knowledge: Any, turn: Any, written: Any, part: Any
) -> None:
    words = "no i mean the customs duties for the us"
    knowledge.findings[words] = written(words, "answer", "customs")
    reply = await not_helpful(turn(words, state=ANSWERED), knowledge)
    assert part(reply, "answer")["article"]["id"] == "customs"


async def test_not_over_after_a_person_was_there_goes_back_to_one(
    knowledge: Any, turn: Any, said: Any
) -> None:
    reply = await not_helpful(turn("didn't help", state=DialogueState(settled="a refund")), knowledge)
    assert said(reply) == ["utter_not_helped", "hand_over"]


@pytest.mark.parametrize(
    ("awaiting", "parts"),
    [
        ("helped", ["feedback", "utter_glad"]),
        ("person", ["hand_over"]),
        (None, ["utter_ask"]),
        ("contact", ["utter_ask"]),
    ],
)
async def test_a_yes_means_what_was_asked(
    knowledge: Any, turn: Any, said: Any, awaiting: Any, parts: list[str]
) -> None:
    state = DialogueState(last_question="q", awaiting=awaiting, last_answer=LastAnswer("a", "q", 0.9))
    assert said(await affirm(turn("yes", state=state), knowledge)) == parts


async def test_a_yes_to_a_choice_asks_which(knowledge: Any, turn: Any, written: Any, said: Any) -> None:
    knowledge.findings["refund"] = written("refund", "clarify", "a", "b")
    offered = (Choice("a", 0.5), Choice("b", 0.2))
    state = DialogueState(last_question="refund", awaiting="clarify", clarified=1, offered=offered)
    assert said(await affirm(turn("yes", state=state), knowledge)) == ["utter_which_one", "clarify"]


@pytest.mark.parametrize(
    ("awaiting", "last"),
    [("clarify", "hand_over"), ("person", "utter_all_right"), (None, "utter_all_right")],
)
async def test_a_no_means_what_was_asked(
    knowledge: Any, turn: Any, said: Any, awaiting: Any, last: str
) -> None:
    state = DialogueState(last_question="q", awaiting=awaiting)
    assert said(await deny(turn("no", state=state), knowledge))[-1] == last
