"""Turns: the answer, the dialogue and the end of the turn together, or not at all."""

from typing import Any

from bot.conversation import Author
from bot.store.conversations import Agent, conversation
from bot.store.database import Store
from bot.store.desk import claim, hand_back
from bot.store.hand_overs import Package, hand_overs
from bot.store.messages import Draft, messages_after
from bot.store.shopper import ask_person, say
from bot.store.turns import Job, Outcome, finish, next_turn, spoken, waiting_conversations

ANSWER = Outcome("rasa", (Draft(Author.ASSISTANT, "Two days."),), {"last_question": "how long"})


async def job_of(store: Store, conversation_id: str) -> Job:
    job = await next_turn(store, conversation_id)
    assert job is not None
    return job


async def test_turns_of_one_conversation_come_in_the_order_of_their_messages(
    store: Store, sender_of: Any
) -> None:
    taken = await say(store, sender_of(), "one")
    await say(store, sender_of(taken.conversation_id), "two")
    first = await job_of(store, taken.conversation_id)
    await finish(store, first, ANSWER, staffed=True)
    second = await job_of(store, taken.conversation_id)
    assert [first.say, second.say] == ["one", "two"]


async def test_an_answer_is_kept_once(store: Store, sender_of: Any) -> None:
    taken = await say(store, sender_of(), "how long")
    job = await job_of(store, taken.conversation_id)
    assert await finish(store, job, ANSWER, staffed=True)
    assert not await finish(store, job, ANSWER, staffed=True)
    row = await conversation(store, taken.conversation_id)
    assert row is not None
    assert row.dialogue == {"last_question": "how long"}
    assert [message.text for message in await messages_after(store, taken.conversation_id)] == [
        "how long",
        "Two days.",
    ]


async def test_a_slow_answer_is_dropped_after_a_hand_over(store: Store, sender_of: Any) -> None:
    taken = await say(store, sender_of(), "how long")
    job = await job_of(store, taken.conversation_id)
    await ask_person(store, sender_of(taken.conversation_id), staffed=True)
    assert not await finish(store, job, ANSWER, staffed=True)
    row = await conversation(store, taken.conversation_id)
    assert row is not None
    assert row.generation == job.conversation.generation + 1
    texts = [message.text for message in await messages_after(store, taken.conversation_id)]
    assert "Two days." not in texts
    assert await next_turn(store, taken.conversation_id) is None


async def test_in_the_queue_the_assistant_answers_what_is_asked_there(store: Store, sender_of: Any) -> None:
    taken = await say(store, sender_of(), "a person please")
    await ask_person(store, sender_of(taken.conversation_id), staffed=True)
    await finish(store, await job_of(store, taken.conversation_id), Outcome("rasa"), staffed=True)
    await say(store, sender_of(taken.conversation_id), "meanwhile, how long")
    job = await job_of(store, taken.conversation_id)
    assert await finish(store, job, ANSWER, staffed=True)


async def test_a_claim_ends_the_open_turns(store: Store, sender_of: Any, maya: Agent) -> None:
    taken = await say(store, sender_of(), "one")
    await say(store, sender_of(taken.conversation_id), "two")
    job = await job_of(store, taken.conversation_id)
    await claim(store, taken.conversation_id, 0, maya)
    assert not await finish(store, job, ANSWER, staffed=True)
    assert await next_turn(store, taken.conversation_id) is None
    await hand_back(store, taken.conversation_id, 1, maya, "Refunded the shipping.")
    back = await job_of(store, taken.conversation_id)
    assert back.say == '/returned_from_agent{"settled": "Refunded the shipping."}'
    assert back.conversation.dialogue["settled"] == "Refunded the shipping."


async def test_an_answer_that_hands_over_changes_the_owner_in_the_same_change(
    store: Store, sender_of: Any
) -> None:
    taken = await say(store, sender_of(), "kann ich auf deutsch")
    job = await job_of(store, taken.conversation_id)
    package = Package("language", question="kann ich auf deutsch", language="de")
    assert await finish(store, job, Outcome("rasa", hand_over=package), staffed=True)
    row = await conversation(store, taken.conversation_id)
    assert row is not None
    assert (row.owner, row.epoch, row.language) == ("queue", 1, "de")
    assert (await hand_overs(store, taken.conversation_id))[0].package["reason"] == "language"


async def test_a_turn_whose_process_died_runs_again_as_a_new_rasa_conversation(
    store: Store, sender_of: Any, clock: Any
) -> None:
    taken = await say(store, sender_of(), "how long")
    dead = await job_of(store, taken.conversation_id)
    store.worker = "the next process"
    if not store.is_sqlite:
        assert await waiting_conversations(store) == []
        assert await next_turn(store, taken.conversation_id) is None
        clock.pass_time(seconds=store.lease_s + 1)
    assert await waiting_conversations(store) == [taken.conversation_id]
    again = await job_of(store, taken.conversation_id)
    assert (again.say, again.attempt) == ("how long", 2)
    assert again.conversation.generation == dead.conversation.generation + 1
    assert not await finish(store, dead, ANSWER, staffed=True)
    assert await finish(store, again, ANSWER, staffed=True)


async def test_a_turn_that_was_begun_and_not_ended_is_an_attempt(store: Store, sender_of: Any) -> None:
    taken = await say(store, sender_of(), "how long")
    first = await job_of(store, taken.conversation_id)
    second = await next_turn(store, taken.conversation_id, tried={first.turn_id})
    assert second is not None
    assert second.attempt == 2


async def test_without_rasa_and_knowledge_the_message_is_kept_and_waits_for_a_person(
    store: Store, sender_of: Any
) -> None:
    taken = await say(store, sender_of(), "how long")
    job = await job_of(store, taken.conversation_id)
    outcome = Outcome("unavailable", hand_over=Package("unavailable", question="how long"), fresh=True)
    assert await finish(store, job, outcome, staffed=True)
    messages = await messages_after(store, taken.conversation_id)
    codes = [message.body["notice"]["code"] for message in messages if message.kind == "notice"]
    assert codes == ["unavailable", "queued"]


def test_what_a_shopper_says_is_never_a_command() -> None:
    for typed in ("/restart", "  /restart", "\n//restart", "\u3000/restart"):
        assert spoken(typed) == "restart"
    assert spoken("and/or") == "and/or"
    assert spoken("/") == ""
