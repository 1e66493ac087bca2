"""What is done with a question, band by band."""

from dataclasses import replace
from typing import Any

import pytest

from actions.answer import answer
from actions.choose import choose
from actions.state import Choice, DialogueState, LastAnswer
from knowledge_base.result import Match, Part


async def test_a_sure_answer_is_given_and_a_verdict_awaited(
    knowledge: Any, turn: Any, written: Any, part: Any
) -> None:
    knowledge.findings["cost"] = written("cost", "answer", "delivery-cost", confidence=0.98)
    reply = await answer(turn("cost"), knowledge)
    assert part(reply, "answer")["article"]["id"] == "delivery-cost"
    assert (reply.state.awaiting, reply.state.tried) == ("helped", ("delivery-cost",))


async def test_two_questions_back_in_a_row_are_the_most(
    knowledge: Any, turn: Any, written: Any, said: Any
) -> None:
    knowledge.findings["card"] = written("card", "clarify", "a", "b", "c")
    state, heard = DialogueState(), []
    for _ in range(3):
        reply = await answer(turn("card", state=state), knowledge)
        state = reply.state
        heard.append(said(reply)[-1])
    assert heard == ["clarify", "clarify", "hand_over"]


async def test_one_article_is_not_a_choice(knowledge: Any, turn: Any, written: Any, said: Any) -> None:
    knowledge.findings["card"] = written("card", "clarify", "a")
    assert said(await answer(turn("card"), knowledge)) == ["utter_no_answer", "hand_over"]


async def test_no_answer_is_said_and_handed_over_at_once(
    knowledge: Any, turn: Any, written: Any, part: Any
) -> None:
    knowledge.findings["kayak"] = written("kayak", "hand_over", "a", "b", "c", "d", confidence=0.1)
    reply = await answer(turn("kayak"), knowledge)
    assert part(reply, "hand_over")["reason"] == "not_confident"
    assert len(part(reply, "hand_over")["matches"]) == 3


async def test_another_language_is_named_for_the_desk(
    knowledge: Any, turn: Any, written: Any, part: Any
) -> None:
    knowledge.findings["combien"] = written("combien", "hand_over", language="fr")
    handed = part(await answer(turn("combien"), knowledge), "hand_over")
    assert (handed["reason"], handed["language"]) == ("language", "fr")


async def test_the_second_miss_out_of_scope_hands_over(knowledge: Any, turn: Any, said: Any) -> None:
    first = await answer(turn("a joke", intent="out_of_scope"), knowledge)
    assert said(first) == ["utter_scope", "offer_person"]
    second = await answer(turn("a song", intent="out_of_scope", state=first.state), knowledge)
    assert said(second) == ["hand_over"]


async def test_out_of_scope_alone_never_blocks_an_answer(
    knowledge: Any, turn: Any, written: Any, said: Any
) -> None:
    knowledge.findings["trail club"] = written("trail club", "answer", "trail-club")
    assert said(await answer(turn("trail club", intent="out_of_scope"), knowledge)) == ["answer"]


async def test_the_same_answer_is_not_given_twice_in_a_row(
    knowledge: Any, turn: Any, written: Any, said: Any
) -> None:
    knowledge.findings["cost"] = written("cost", "answer", "delivery-cost", "express", "free")
    first = await answer(turn("cost"), knowledge)
    again = await answer(turn("cost", state=first.state), knowledge)
    assert said(again) == ["utter_same_answer", "clarify"]


async def test_the_same_article_in_other_words_is_another_answer(
    knowledge: Any, turn: Any, written: Any, said: Any
) -> None:
    knowledge.findings["cost"] = written("cost", "answer", "delivery-cost")
    first = await answer(turn("cost"), knowledge)
    knowledge.words["delivery-cost"] = "To the UK it costs 6.90."
    assert said(await answer(turn("cost", state=first.state), knowledge)) == ["answer"]


async def test_the_same_question_for_the_third_time_goes_to_a_person(
    knowledge: Any, turn: Any, written: Any, said: Any
) -> None:
    knowledge.findings["cost"] = written("cost", "answer", "delivery-cost")
    state, heard = DialogueState(), []
    for _ in range(3):
        reply = await answer(turn("cost", state=state), knowledge)
        state = reply.state
        heard.append(said(reply)[-1])
    assert heard == ["answer", "offer_person", "hand_over"]


async def test_both_of_two_questions_are_answered(knowledge: Any, turn: Any, written: Any, said: Any) -> None:
    parts = (_part("cost", "answer", "delivery-cost"), _part("time", "answer", "delivery-time"))
    knowledge.findings["cost and time"] = replace(
        written("cost and time", "answer", "delivery-cost"), parts=parts
    )
    reply = await answer(turn("cost and time"), knowledge)
    assert said(reply) == ["answer", "answer"]
    assert reply.state.tried == ("delivery-cost", "delivery-time")


async def test_the_part_without_an_answer_is_named_honestly(
    knowledge: Any, turn: Any, written: Any, said: Any, part: Any
) -> None:
    parts = (_part("cost", "answer", "delivery-cost"), _part("kayak", "hand_over", "other"))
    knowledge.findings["both"] = replace(written("both", "clarify", "delivery-cost"), parts=parts)
    reply = await answer(turn("both"), knowledge)
    assert said(reply) == ["answer", "utter_no_answer_part", "hand_over"]
    assert part(reply, "hand_over")["question"] == "kayak"


async def test_a_message_without_words_is_asked_for_some(knowledge: Any, turn: Any, said: Any) -> None:
    assert said(await answer(turn("???"), knowledge)) == ["utter_ask"]


@pytest.mark.parametrize("text", ["the second one", "2", "second please", "The 2nd option."])
async def test_a_choice_by_place_is_taken(knowledge: Any, turn: Any, part: Any, text: str) -> None:
    offered = (Choice("a", 0.5), Choice("b", 0.25))
    state = DialogueState(last_question="refund", awaiting="clarify", clarified=1, offered=offered)
    given = part(await answer(turn(text, state=state), knowledge), "answer")
    assert (given["article"]["id"], given["why"], given["confidence"]) == ("b", "chosen", 0.25)


async def test_an_article_that_was_not_offered_is_answered_with_when_it_is_picked(
    knowledge: Any, turn: Any, part: Any
) -> None:
    picked = turn(
        payload={"article": "b", "label": "How long?"}, state=DialogueState(last_question="How long?")
    )
    given = part(await choose(picked, knowledge), "answer")
    assert (given["article"]["id"], given["why"], given["confidence"]) == ("b", "chosen", 1.0)
    assert given["question"] == "How long?"


async def test_an_article_that_is_gone_is_not_answered_with(
    knowledge: Any, turn: Any, written: Any, said: Any
) -> None:
    knowledge.findings["x"] = written("x", "answer", "gone")
    assert said(await answer(turn("x"), knowledge))[-1] == "hand_over"


async def test_in_the_queue_nothing_is_handed_over_again(knowledge: Any, turn: Any, said: Any) -> None:
    state = DialogueState(last_answer=LastAnswer("a", "q", 0.9))
    assert said(await answer(turn("kayak", state=state, in_queue=True), knowledge)) == ["utter_still_waiting"]


def _part(question: str, band: str, article: str) -> Part:
    match = Match(article, article, f"About {article}.", 0.95, 0.8)
    return Part(question, band, 0.95 if band == "answer" else 0.1, (match,))  # type: ignore[arg-type]
