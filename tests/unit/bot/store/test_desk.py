"""What agents change: at the epoch they read, or not at all."""

import asyncio
from typing import Any

import pytest

from bot.errors import AppError
from bot.store.conversations import Agent, conversation, list_closed, list_open, place_in_queue
from bot.store.database import Store
from bot.store.desk import claim, close_conversation, hand_back, reply
from bot.store.messages import messages_after
from bot.store.shopper import ask_person, say


async def queued(store: Store, sender_of: Any) -> str:
    taken = await say(store, sender_of(), "hello")
    await ask_person(store, sender_of(taken.conversation_id), staffed=True)
    return taken.conversation_id


async def test_of_two_agents_who_claim_at_once_one_gets_it(
    store: Store, sender_of: Any, maya: Agent, tom: Agent
) -> None:
    conversation_id = await queued(store, sender_of)
    results = await asyncio.gather(
        claim(store, conversation_id, 1, maya), claim(store, conversation_id, 1, tom), return_exceptions=True
    )
    refused = [result for result in results if isinstance(result, AppError)]
    assert [error.code for error in refused] == ["stale_epoch"]
    row = await conversation(store, conversation_id)
    assert row is not None
    assert (row.owner, row.epoch) == ("agent", 2)
    assert row.agent_id in (maya.id, tom.id)


async def test_a_reply_is_stored_once_and_only_by_the_owner(
    store: Store, sender_of: Any, maya: Agent, tom: Agent
) -> None:
    conversation_id = await queued(store, sender_of)
    await claim(store, conversation_id, 1, maya)
    first = await reply(store, conversation_id, 2, maya, "reply-0001", "Hello")
    again = await reply(store, conversation_id, 2, maya, "reply-0001", "Hello")
    assert first.seq == again.seq
    with pytest.raises(AppError) as stale:
        await reply(store, conversation_id, 1, maya, "reply-0002", "Late")
    with pytest.raises(AppError) as other:
        await reply(store, conversation_id, 2, tom, "reply-0003", "Me too")
    assert (stale.value.code, other.value.code) == ("stale_epoch", "not_allowed")
    agents = [m for m in await messages_after(store, conversation_id) if m.author == "agent"]
    assert [(message.text, message.name) for message in agents] == [("Hello", "Maya")]


async def test_places_in_line_move_up_when_somebody_is_claimed(
    store: Store, sender_of: Any, maya: Agent, clock: Any
) -> None:
    waiting = []
    for _ in range(3):
        waiting.append(await queued(store, sender_of))
        clock.pass_time(seconds=5)
    places = [await place_in_queue(store, found) for found in waiting]
    assert [(place.place, place.waiting) for place in places if place] == [(1, 3), (2, 3), (3, 3)]
    await claim(store, waiting[0], 1, maya)
    assert await place_in_queue(store, waiting[0]) is None
    places = [await place_in_queue(store, found) for found in waiting[1:]]
    assert [(place.place, place.waiting) for place in places if place] == [(1, 2), (2, 2)]


async def test_the_lists_show_who_waits_longest_first_and_who_was_closed_last(
    store: Store, sender_of: Any, maya: Agent, clock: Any
) -> None:
    first = await queued(store, sender_of)
    clock.pass_time(seconds=5)
    second = await queued(store, sender_of)
    clock.pass_time(seconds=5)
    await say(store, sender_of(), "with the assistant")
    assert [row.id for row in await list_open(store)] == [first, second]
    await close_conversation(store, second, 1, maya, "spam")
    clock.pass_time(seconds=5)
    await claim(store, first, 1, maya)
    await close_conversation(store, first, 2, maya, "solved")
    assert await list_open(store) == []
    assert [row.id for row in await list_closed(store)] == [first, second]
    newest = (await list_closed(store))[0].updated_at
    assert [row.id for row in await list_closed(store, before=newest)] == [second]


async def test_handing_back_tells_the_assistant_what_was_settled(
    store: Store, sender_of: Any, maya: Agent
) -> None:
    conversation_id = await queued(store, sender_of)
    await claim(store, conversation_id, 1, maya)
    row = await hand_back(store, conversation_id, 2, maya, "A new card was added.")
    assert (row.owner, row.epoch, row.settled) == ("assistant", 3, "A new card was added.")
    codes = [
        message.body["notice"]["code"]
        for message in await messages_after(store, conversation_id)
        if message.kind == "notice"
    ]
    assert codes == ["queued", "claimed", "handed_back"]


async def test_a_conversation_that_is_not_there_is_named(store: Store, maya: Agent) -> None:
    with pytest.raises(AppError) as refused:
        await claim(store, "nowhere", 0, maya)
    assert refused.value.code == "not_found"
    assert "nowhere" in refused.value.message
