"""Notices as they are kept: when they hold, and who is told once that one is over."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.errors import AppError
from bot.notices import Announcement
from bot.store.database import Store
from bot.store.desk import claim
from bot.store.messages import messages_after
from bot.store.models import Notice
from bot.store.notices import (
    add_notice,
    announced_in,
    end_notice,
    list_notices,
    live_notices,
    tell_over,
    wait_for_end,
    waiting_for_ended,
)
from bot.store.shopper import say

TEXTS = {"en": "PayPal is not answering.", "de": "PayPal antwortet nicht."}


async def announce(store: Store, hours: float | None = None, **fields: Any) -> Notice:
    now = store.clock.now()
    end = now + timedelta(hours=hours) if hours else None
    return await add_notice(
        store, "fernhill", Announcement(TEXTS, fields.pop("starts_at", now), end, **fields)
    )


async def ids(store: Store) -> list[str]:
    return [row.id for row in await live_notices(store, "fernhill")]


async def test_a_notice_holds_from_its_start_until_its_end(store: Store, clock: Any) -> None:
    later = await announce(store, 3, starts_at=clock.now() + timedelta(hours=1))
    assert await ids(store) == []
    assert [row.id for row in await list_notices(store)] == [later.id]
    clock.pass_time(hours=1)
    assert await ids(store) == [later.id]
    clock.pass_time(hours=2)
    assert await ids(store) == []
    assert await list_notices(store) == []
    assert [row.id for row in await list_notices(store, past=True)] == [later.id]


async def test_what_was_kept_comes_back_as_it_was(store: Store) -> None:
    await announce(store, steps=("payment",), countries=("AT",), methods=("paypal",), over={"en": "Back."})
    row = (await live_notices(store))[0]
    assert (row.steps, row.countries, row.methods) == (["payment"], ["AT"], ["paypal"])
    assert (row.texts, row.over, row.ends_at) == (TEXTS, {"en": "Back."}, None)
    assert isinstance(row.starts_at, datetime)
    assert row.starts_at.tzinfo is not None


async def test_ending_a_notice_ends_it_once(store: Store) -> None:
    row = await announce(store)
    await end_notice(store, row.id)
    assert await ids(store) == []
    for wrong, code in ((row.id, "closed"), ("n-none", "not_found")):
        with pytest.raises(AppError) as refused:
            await end_notice(store, wrong)
        assert refused.value.code == code


async def test_word_comes_once_in_the_conversations_language_also_beside_an_agent(
    store: Store, sender_of: Any, opening: Any, maya: Any, clock: Any
) -> None:
    row = await announce(store, 2)
    taken = await wait_for_end(store, sender_of(), row.id)
    await claim(store, taken.conversation_id, 0, maya)
    assert await waiting_for_ended(store) == []
    clock.pass_time(hours=2)
    waiting = await waiting_for_ended(store)
    assert waiting == [(row.id, taken.conversation_id)]
    told = await asyncio.gather(*(tell_over(store, *waiting[0]) for _ in range(4)))
    assert sorted(told) == [False, False, False, True]
    assert await waiting_for_ended(store) == []
    messages = await messages_after(store, taken.conversation_id)
    codes = [message.body["notice"]["code"] for message in messages]
    assert codes == ["notice_awaited", "claimed", "notice_over"]
    assert messages[-1].text == "This is over now: “PayPal is not answering.”"


async def test_asking_twice_is_one_wait(store: Store, sender_of: Any) -> None:
    row = await announce(store)
    taken = await wait_for_end(store, sender_of(), row.id)
    await wait_for_end(store, sender_of(taken.conversation_id), row.id)
    await end_notice(store, row.id)
    assert len(await waiting_for_ended(store)) == 1


async def test_a_wait_that_is_refused_opens_no_conversation(store: Store, sender_of: Any) -> None:
    with pytest.raises(AppError):
        await wait_for_end(store, sender_of(), "n-none")
    taken = await say(store, sender_of(), "hello")
    assert taken.seq == 1
    assert await announced_in(store, taken.conversation_id) == frozenset()
