"""A country that an answer depends on: asked for once, told by a button or in words, and kept."""

from collections.abc import Callable
from typing import Any

import pytest

from actions.answer import answer
from actions.catalogue import decide
from actions.choose import choose
from actions.feedback import deny
from actions.hand_over import ask_human
from actions.reply import Message, Reply
from actions.state import Choice, DialogueState
from actions.turn import Turn
from knowledge_base.places import ELSEWHERE, Ask
from knowledge_base.result import Part, SearchResult

MakeTurn = Callable[..., Turn]
COST = Ask("country", ("AT", "DE", "GB"))
ASKED = DialogueState(
    last_question="cost",
    awaiting="country",
    clarified=1,
    offered=(Choice("shipping", 0.9),),
    asked_country=True,
)


@pytest.fixture
def asking(knowledge: Any, written: Callable[..., SearchResult]) -> Any:
    """A knowledge base whose article on shipping depends on the country."""
    knowledge.findings["cost"] = written("cost", "answer", "shipping", "express")
    knowledge.asks["shipping"] = COST
    return knowledge


def short_answer(reply: Reply) -> str:
    found = [part for part in reply.parts if isinstance(part, Message) and part.kind == "answer"]
    return str(found[0].body["short_answer"])


async def test_a_missing_country_is_asked_for_and_counts(turn: MakeTurn, asking: Any, said: Any) -> None:
    reply = await decide(answer, turn("cost"), asking)
    assert said(reply) == ["utter_ask_country", "ask"]
    assert reply.parts[1].body["choices"] == ["AT", "DE", "GB"]  # type: ignore[union-attr]
    assert (reply.state.awaiting, reply.state.clarified, reply.state.last_question) == ("country", 1, "cost")


async def test_a_known_country_is_not_asked_for(turn: MakeTurn, asking: Any) -> None:
    reply = await decide(answer, turn("cost", context={"country": "GB"}), asking)
    assert short_answer(reply) == "About shipping. In GB."


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Germany", "DE"), ("to germany please", "DE"), ("it's going to the UK", "GB"), ("us", "US"),
        ("Österreich", "AT"), ("eu", "EU"), ("another country", ELSEWHERE), ("somewhere else", ELSEWHERE),
    ],
)  # fmt: skip
async def test_the_next_message_is_answered_with_the_country_it_tells(
    turn: MakeTurn, asking: Any, text: str, country: str
) -> None:
    reply = await decide(answer, turn(text, state=ASKED), asking)
    assert short_answer(reply) == f"About shipping. In {country}."
    assert (reply.state.country, reply.state.last_question) == (country, "cost")


async def test_a_button_tells_it(turn: MakeTurn, asking: Any) -> None:
    pressed = turn(payload={"article": None, "label": "Germany", "value": "DE"}, state=ASKED)
    reply = await decide(choose, pressed, asking)
    assert short_answer(reply) == "About shipping. In DE."


async def test_it_is_kept_through_whatever_follows(turn: MakeTurn, asking: Any) -> None:
    state = DialogueState(last_question="cost", awaiting="helped", country="DE", asked_country=True)
    reply = await decide(deny, turn("no", intent="deny", state=state), asking)
    assert (reply.state.country, reply.state.asked_country) == ("DE", True)
    message = {"text": "cost", "metadata": {"state": reply.state.as_json(), "context": {}}}
    assert Turn.from_message(message).context["country"] == "DE"
    message["metadata"] = {"state": reply.state.as_json(), "context": {"country": "AT"}}
    assert Turn.from_message(message).context["country"] == "AT", "the page knows better"


async def test_it_is_never_asked_twice(turn: MakeTurn, asking: Any) -> None:
    reply = await decide(answer, turn("cost", state=ASKED), asking)
    assert short_answer(reply) == "About shipping."


async def test_after_two_questions_back_it_is_not_asked(turn: MakeTurn, asking: Any) -> None:
    reply = await decide(answer, turn("cost", state=DialogueState(clarified=2)), asking)
    assert short_answer(reply) == "About shipping."


@pytest.mark.parametrize("intent", ["deny", "affirm"])
async def test_a_yes_or_no_instead_of_a_country_gives_the_answer_for_everybody(
    turn: MakeTurn, asking: Any, intent: str
) -> None:
    reply = await decide(deny, turn("mm", intent=intent, state=ASKED), asking)
    assert short_answer(reply).startswith("About shipping.")


async def test_another_question_instead_is_answered(
    turn: MakeTurn, asking: Any, written: Callable[..., SearchResult]
) -> None:
    text = "how do i send back the jacket that i bought in Germany"
    asking.findings[text] = written(text, "answer", "returns")
    reply = await decide(answer, turn(text, state=ASKED), asking)
    assert short_answer(reply) == "About returns."
    assert reply.state.asked_country


async def test_a_person_instead_comes_at_once(turn: MakeTurn, asking: Any, said: Any) -> None:
    wants = turn("a person in germany please", intent="ask_human", state=ASKED)
    assert "hand_over" in said(await decide(ask_human, wants, asking))


async def test_a_country_without_a_button_is_typed(turn: MakeTurn, asking: Any, said: Any) -> None:
    asking.asks["shipping"] = Ask("country", ("AT", "DE"), more=True)
    pressed = turn(payload={"article": None, "label": "Another country", "value": ELSEWHERE}, state=ASKED)
    reply = await decide(choose, pressed, asking)
    assert said(reply) == ["utter_type_country"]
    assert reply.state.clarified == 2
    told = await decide(answer, turn("Malta", state=reply.state), asking)
    assert short_answer(told) == "About shipping. In MT."
    again = await decide(choose, turn(payload=pressed.payload, state=reply.state), asking)
    assert short_answer(again) == f"About shipping. In {ELSEWHERE}."


async def test_an_old_button_answers_the_last_question_with_the_country(turn: MakeTurn, asking: Any) -> None:
    state = DialogueState(last_question="cost", awaiting="helped", asked_country=True)
    pressed = turn(payload={"article": None, "label": "Germany", "value": "DE"}, state=state)
    assert short_answer(await decide(choose, pressed, asking)) == "About shipping. In DE."


async def test_a_chosen_article_asks_too(turn: MakeTurn, asking: Any, said: Any) -> None:
    state = DialogueState(last_question="cost", awaiting="clarify", clarified=1, offered=ASKED.offered)
    reply = await decide(choose, turn(payload={"article": "shipping"}, state=state), asking)
    assert said(reply) == ["utter_ask_country", "ask"]
    assert reply.state.clarified == 2


async def test_two_questions_at_once_are_both_answered_once_it_is_told(
    turn: MakeTurn, asking: Any, written: Callable[..., SearchResult]
) -> None:
    parts = tuple(
        Part(name, "answer", 0.9, written(name, "answer", article).matches)
        for name, article in (("cost", "shipping"), ("back", "returns"))
    )
    asking.findings["both"] = written("both", "answer", "shipping", parts=parts)
    asked = await decide(answer, turn("both"), asking)
    assert (asked.state.last_question, asked.state.offered) == ("both", ())
    told = await decide(answer, turn("germany", state=asked.state), asking)
    found = [part.body["short_answer"] for part in told.parts if isinstance(part, Message)]
    assert found == ["About shipping. In DE.", "About returns."]
