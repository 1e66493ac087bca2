"""A person, an address, anger, and the way back."""

from typing import Any

from actions.answer import answer
from actions.catalogue import decide
from actions.choose import choose
from actions.complain import complain
from actions.contact import contact
from actions.hand_over import ask_human
from actions.offer import offer
from actions.returned import keep_state, returned
from actions.state import DialogueState
from knowledge_base.result import Part


async def test_a_person_gets_the_question_the_shopper_had(knowledge: Any, turn: Any, part: Any) -> None:
    reply = await ask_human(
        turn("a person please", state=DialogueState(last_question="my refund")), knowledge
    )
    assert (part(reply, "hand_over")["reason"], part(reply, "hand_over")["question"]) == (
        "asked",
        "my refund",
    )


async def test_a_person_is_called_even_when_the_search_is_busy(
    knowledge: Any, turn: Any, part: Any, said: Any
) -> None:
    knowledge.busy = True
    state = DialogueState(last_question="my refund")
    for action, words in ((ask_human, "a person please"), (choose, ""), (complain, "this is a joke")):
        reply = await action(turn(words, state=state), knowledge)
        assert part(reply, "hand_over")["question"] == "my refund"
        assert part(reply, "hand_over")["matches"] == []


async def test_a_request_that_says_what_it_is_about_is_the_question(
    knowledge: Any, turn: Any, part: Any
) -> None:
    words = "can i talk to a person about the broken zip on my jacket"
    reply = await ask_human(turn(words, state=DialogueState(last_question="my refund")), knowledge)
    assert part(reply, "hand_over")["question"] == words


async def test_with_nobody_at_the_desk_an_address_is_awaited(knowledge: Any, turn: Any) -> None:
    assert (await ask_human(turn("a person", staffed=False), knowledge)).state.awaiting == "contact"
    assert (await ask_human(turn("a person"), knowledge)).state.awaiting is None


async def test_an_awaited_address_comes_before_anything_else(
    knowledge: Any, turn: Any, said: Any, part: Any
) -> None:
    state = DialogueState(awaiting="contact")
    reply = await decide(ask_human, turn("write to me at Anna.K@example.co.uk.", state=state), knowledge)
    assert said(reply) == ["contact", "utter_contact_kept"]
    assert part(reply, "contact") == {"email": "Anna.K@example.co.uk"}
    assert reply.state.awaiting is None


def test_an_address_nobody_waited_for_is_left_alone(turn: Any) -> None:
    assert contact(turn("my account is anna@example.com")) is None


async def test_anger_is_heard_then_answered(knowledge: Any, turn: Any, written: Any, said: Any) -> None:
    knowledge.findings["angry"] = written("angry", "answer", "a")
    assert said(await complain(turn("angry"), knowledge)) == ["utter_empathy", "answer"]


async def test_anger_without_an_answer_goes_to_a_person(
    knowledge: Any, turn: Any, said: Any, part: Any
) -> None:
    reply = await complain(turn("angry"), knowledge)
    assert said(reply) == ["utter_empathy", "hand_over"]
    assert part(reply, "hand_over")["reason"] == "complaint"


async def test_an_event_brings_its_article(knowledge: Any, turn: Any, said: Any, part: Any) -> None:
    payload = {"event": "payment.failed", "code": "insufficient_funds"}
    reply = await offer(turn(payload=payload), knowledge)
    assert said(reply) == ["offer"]
    assert (part(reply, "offer")["article"]["id"], reply.state.awaiting) == ("declined", "helped")


async def test_an_event_without_an_article_says_nothing(knowledge: Any, turn: Any, said: Any) -> None:
    state = DialogueState(last_question="q")
    for payload in ({"event": "cart.opened"}, {"event": 7}, {}):
        reply = await offer(turn(payload=payload, state=state), knowledge)
        assert (said(reply), reply.state) == ([], state)


async def test_what_was_settled_is_known_afterwards(knowledge: Any, turn: Any, said: Any) -> None:
    reply = await returned(
        turn(payload={"settled": " a refund "}, state=DialogueState(clarified=2)), knowledge
    )
    assert said(reply) == ["utter_returned"]
    assert reply.state == DialogueState(settled="a refund")


async def test_an_article_that_is_gone_is_no_choice(knowledge: Any, turn: Any, said: Any) -> None:
    state = DialogueState(last_question="refund", awaiting="clarify")
    assert said(await choose(turn(payload={"article": "gone"}, state=state), knowledge))[-1] == "hand_over"


async def test_small_talk_leaves_the_state_as_it_is(knowledge: Any, turn: Any) -> None:
    state = DialogueState(last_question="q", awaiting="helped")
    assert (await keep_state(turn("hello", state=state), knowledge)).state == state


async def test_an_event_tells_the_knowledge_base_what_it_says(knowledge: Any, turn: Any) -> None:
    data = {"from": "92.80", "to": "95.00"}
    await offer(turn(payload={"event": "total.changed", "code": None, "data": data}), knowledge)
    assert knowledge.told[-1] == {"event": "total.changed", "code": None, "data": data}


async def test_an_answer_without_its_figure_offers_a_person(
    knowledge: Any, turn: Any, written: Any, said: Any, part: Any
) -> None:
    knowledge.outdated.add("a")
    knowledge.findings["q"] = written("q", "answer", "a")
    reply = await answer(turn("q"), knowledge)
    assert said(reply) == ["answer", "utter_person_knows", "offer_person"]
    assert (part(reply, "offer_person")["question"], reply.state.awaiting) == ("q", "person")
    assert reply.state.last_answer is not None


async def test_of_two_answers_the_one_without_its_figure_is_what_a_person_is_offered_for(
    knowledge: Any, turn: Any, written: Any, said: Any, part: Any
) -> None:
    knowledge.outdated.add("a")
    both = tuple(Part(one, "answer", 0.9, written(one, "answer", one).matches) for one in ("a", "b"))
    knowledge.findings["a and b"] = written("a and b", "answer", "a", parts=both)
    reply = await answer(turn("a and b"), knowledge)
    assert said(reply) == ["answer", "answer", "utter_person_knows", "offer_person"]
    assert part(reply, "offer_person")["question"] == "a"
