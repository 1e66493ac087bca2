"""Erasing: whatever hangs on a conversation goes with it, and nothing of anybody else's."""

from typing import Any

import pytest
from sqlalchemy import func, select

from bot.errors import AppError
from bot.experiment import Arm
from bot.hub import Erased, QueueMoved
from bot.notices import Announcement
from bot.store.database import Store
from bot.store.desk import claim, reply
from bot.store.erasing import erase_conversation
from bot.store.experiments import expose, order_completed
from bot.store.models import Base
from bot.store.notices import add_notice, wait_for_end
from bot.store.shopper import ask_person, keep_contact, say


async def count(store: Store) -> dict[str, int]:
    async with store.read() as session:
        counted = {}
        for name, table in Base.metadata.tables.items():
            counted[name] = await session.scalar(select(func.count()).select_from(table)) or 0
    return {name: number for name, number in counted.items() if number}


async def test_every_table_is_emptied_of_the_conversation(store: Store, sender_of: Any, maya: Any) -> None:
    taken = await say(store, sender_of(), "hello")
    chat = taken.conversation_id
    await ask_person(store, sender_of(chat), staffed=True)
    await keep_contact(store, sender_of(chat), "Ada", "ada@example.com", "call me")
    await claim(store, chat, 1, maya)
    await reply(store, chat, 2, maya, "reply-0001", "Hello")
    row = await add_notice(store, "fernhill", Announcement({"en": "x"}, store.clock.now()))
    await wait_for_end(store, sender_of(chat), row.id)
    await expose(store, "fernhill", "visitor-1", "idle", Arm.TREATED, 0.1)
    await order_completed(store, "fernhill", "visitor-1", 12, "EUR")
    before = await count(store)
    assert {"messages", "hand_overs", "contacts", "turns", "accepted", "notice_waits", "orders"} <= set(
        before
    )
    await erase_conversation(store, chat, "visitor-1")
    after = await count(store)
    assert set(after) == {"staff", "notices", "events"}
    async with store.read() as session:
        events = Base.metadata.tables["events"]
        told = (await session.execute(select(events.c.kind).where(events.c.conversation_id == chat))).all()
    assert told == []


async def test_everybody_is_told_and_the_line_moves_up(store: Store, sender_of: Any, hub: Any) -> None:
    taken = await say(store, sender_of(), "hello")
    await ask_person(store, sender_of(taken.conversation_id), staffed=True)
    hub.heard.clear()
    await erase_conversation(store, taken.conversation_id, "visitor-1")
    assert hub.heard == [Erased(taken.conversation_id), QueueMoved(taken.conversation_id)]


async def test_what_a_visitors_other_conversation_needs_stays(store: Store, sender_of: Any) -> None:
    first = await say(store, sender_of(), "one")
    await say(store, sender_of(), "two")
    await expose(store, "fernhill", "visitor-1", "idle", Arm.TREATED, 0.1)
    await erase_conversation(store, first.conversation_id, "visitor-1")
    left = await count(store)
    assert (left["conversations"], left["visitors"], left["exposures"]) == (1, 1, 1)


async def test_nobody_erases_anothers_conversation(store: Store, sender_of: Any) -> None:
    taken = await say(store, sender_of(), "hello")
    for visitor, chat, code in (
        ("visitor-2", taken.conversation_id, "not_yours"),
        ("visitor-1", "none", "not_found"),
    ):
        with pytest.raises(AppError) as refused:
            await erase_conversation(store, chat, visitor)
        assert refused.value.code == code
    assert (await count(store))["messages"] == 1
