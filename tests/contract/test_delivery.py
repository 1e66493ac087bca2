"""Every message once, in order: second tabs, reconnects, and the same over plain HTTP."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from bot.hub import Typing
from scripts.shopper import hello
from tests.contract.server import ORIGIN, Bot, StartBot
from tests.contract.shop import Shop
from tests.contract.tab import OpenTab, said_in

HEADERS = {"Origin": ORIGIN}


async def post(http: httpx.AsyncClient, bot: Bot, *frames: Any, wait_s: float = 0) -> Any:
    body = {"v": 1, "wait_s": wait_s, "frames": list(frames)}
    reply = await http.post(f"{bot.url}/chat/v1/frames", json=body, headers=HEADERS)
    assert reply.status_code == 200, reply.text
    return reply.json()["frames"]


async def test_a_second_tab_gets_every_frame_the_first_gets(bot: Bot, open_tab: OpenTab) -> None:
    first = await open_tab(bot)
    await first.say("one")
    second = await open_tab(bot, **first.shopper)
    await second.say("two")
    await first.until(type="message", text="The answer to two.")
    expected = [(1, "one"), (2, "The answer to one."), (3, "two"), (4, "The answer to two.")]
    assert first.said == expected
    assert second.said == expected


async def test_who_connects_again_gets_what_came_after_the_last_number_seen(
    bot: Bot, open_tab: OpenTab
) -> None:
    tab = await open_tab(bot)
    for words in ("one", "two", "three"):
        await tab.say(words)
    await tab.socket.close()
    again = await open_tab(bot, **tab.shopper, after=4)
    assert again.welcome["last"] == 6
    assert again.said == [(5, "three"), (6, "The answer to three.")]
    assert [frame["type"] for frame in again.frames] == ["welcome", "message", "message", "state"]


async def test_a_long_conversation_is_replayed_whole(bot: Bot, open_tab: OpenTab) -> None:
    tab = await open_tab(bot)
    for number in range(110):
        await tab.send(type="say", text=f"message {number}")
    await tab.until(type="message", text="The answer to message 109.")
    again = await open_tab(bot, **tab.shopper)
    seqs = [seq for seq, _ in again.said]
    assert seqs == list(range(1, 221))
    assert tab.said == again.said


async def test_two_tabs_that_write_at_once_see_the_same_order(bot: Bot, open_tab: OpenTab) -> None:
    first = await open_tab(bot)
    await first.say("begin")
    second = await open_tab(bot, **first.shopper)
    for number in range(10):
        await asyncio.gather(
            first.send(type="say", text=f"first {number}"), second.send(type="say", text=f"second {number}")
        )
    for tab in (first, second):
        while len(tab.said) < 42:
            await tab.next()
    assert first.said == second.said
    assert [seq for seq, _ in first.said] == list(range(1, 43))
    answers = [text for _, text in first.said if text.startswith("The answer")]
    said = [text for _, text in first.said if not text.startswith("The answer")]
    assert answers == [f"The answer to {text}." for text in said]


async def test_two_tabs_opened_before_the_first_message_share_the_conversation(
    bot: Bot, open_tab: OpenTab
) -> None:
    first = await open_tab(bot)
    second = await open_tab(bot, visitor=first.welcome["visitor"])
    await first.say("one")
    await second.send(type="say", text="two")
    await second.until(type="message", text="The answer to two.")
    assert first.conversation == second.conversation
    assert len(second.said) == 4


async def test_over_http_the_same_frames_do_the_same(bot: Bot, http: httpx.AsyncClient) -> None:
    frames = await post(http, bot, hello())
    assert [frame["type"] for frame in frames] == ["welcome", "state"]
    visitor = frames[0]["visitor"]
    frames = await post(
        http,
        bot,
        hello(visitor=visitor),
        {"type": "say", "id": "said-0001", "text": "hello"},
        {"type": "ping"},
    )
    assert [frame["type"] for frame in frames][:4] == ["welcome", "state", "notices", "ack"]
    conversation = frames[3]["conversation"]
    seen = said_in(frames)
    while len(seen) < 2:
        greeting = hello(visitor=visitor, conversation=conversation, after=seen[-1][0])
        seen += said_in(await post(http, bot, greeting, wait_s=5))
    assert seen == [(1, "hello"), (2, "The answer to hello.")]
    again = {"type": "say", "id": "said-0001", "text": "hello"}
    frames = await post(http, bot, hello(visitor=visitor, conversation=conversation, after=2), again)
    assert [(f["type"], f.get("seq")) for f in frames if f["type"] in ("ack", "message")] == [("ack", 1)]


async def test_over_http_a_reply_waits_for_the_answer(bot: Bot, http: httpx.AsyncClient, shop: Shop) -> None:
    shop.delay_s = 0.3
    frames = await post(http, bot, hello(), {"type": "say", "id": "said-0001", "text": "hello"}, wait_s=8)
    assert said_in(frames) == [(1, "hello"), (2, "The answer to hello.")]


async def test_over_http_a_waiting_reply_brings_what_another_tab_wrote(
    bot: Bot, http: httpx.AsyncClient, open_tab: OpenTab
) -> None:
    tab = await open_tab(bot)
    await tab.say("one")
    greeting = hello(**tab.shopper, after=2)
    waiting = asyncio.create_task(post(http, bot, greeting, wait_s=10))
    await tab.send(type="say", text="two")
    assert (3, "two") in said_in(await waiting)


async def test_over_http_a_reply_without_news_comes_when_the_wait_is_over(
    bot: Bot, http: httpx.AsyncClient
) -> None:
    frames = await post(http, bot, hello(), wait_s=0.3)
    assert [frame["type"] for frame in frames] == ["welcome", "state"]


async def test_over_http_an_offer_names_its_conversation(bot: Bot, http: httpx.AsyncClient) -> None:
    event = {"type": "track", "id": "track-0001", "event": "payment.declined", "data": {}}
    frames = await post(http, bot, hello(), event)
    ack = next(frame for frame in frames if frame["type"] == "ack")
    assert ack["seq"] == 1
    assert ack["conversation"]
    assert [frame["kind"] for frame in frames if frame["type"] == "message"] == ["offer"]


async def test_browsers_may_post_from_the_sites_pages(bot: Bot, http: httpx.AsyncClient) -> None:
    preflight = await http.options(
        f"{bot.url}/chat/v1/frames",
        headers=HEADERS
        | {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"},
    )
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == HEADERS["Origin"]
    assert preflight.headers["access-control-allow-headers"] == "Content-Type"
    refused = await http.post(f"{bot.url}/chat/v1/frames", content=b"nonsense", headers=HEADERS)
    assert refused.headers["access-control-allow-origin"] == HEADERS["Origin"]


async def test_who_falls_behind_is_told_to_connect_again_and_loses_nothing(
    start_bot: StartBot, open_tab: OpenTab
) -> None:
    bot = await start_bot(send_queue=8)
    tab = await open_tab(bot)
    await tab.say("begin")
    for _ in range(20):  # at once, before any listener can hear one of them
        bot.services.hub.publish(Typing(tab.conversation, "agent", on=True))
    assert await tab.closed_with() == 1013
    again = await open_tab(bot, **tab.shopper)
    assert len(again.said) == 2
    assert (await again.say("still there"))["kind"] == "answer"


@pytest.mark.parametrize("consent", [True, False])
async def test_without_consent_the_visitor_is_not_kept(bot: Bot, open_tab: OpenTab, consent: Any) -> None:
    tab = await open_tab(bot, context={"consent": consent})
    await tab.say("hello")
    async with bot.services.store.read() as session:
        kept = await session.scalar(text("SELECT count(*) FROM visitors"))
    assert kept == int(consent)
    again = await open_tab(bot, **tab.shopper)
    assert len(again.said) == 2


async def test_a_visit_without_a_message_is_not_stored(bot: Bot, open_tab: OpenTab) -> None:
    tab = await open_tab(bot, context={"page": {"url": "/", "title": "Cart", "step": "cart"}})
    await tab.send(type="context", context={"country": "DE"})
    await tab.ping()
    async with bot.services.store.read() as session:
        for table in ("visitors", "conversations", "events"):
            assert await session.scalar(text(f"SELECT count(*) FROM {table}")) == 0  # noqa: S608
    await tab.say("hello")
    async with bot.services.store.read() as session:
        context = json.loads(await session.scalar(text("SELECT context FROM conversations")))
    assert (context["country"], context["page"]["step"]) == ("DE", "cart")
    await tab.send(type="context", context={"page": {"url": "/", "title": "Pay", "step": "payment"}})
    await tab.ping()
    async with bot.services.store.read() as session:
        context = json.loads(await session.scalar(text("SELECT context FROM conversations")))
    assert (context["country"], context["page"]["step"]) == ("DE", "payment")
