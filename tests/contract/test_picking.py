"""Answers while typing, and articles picked without having asked."""

from typing import Any

import httpx

from scripts.shopper import hello
from tests.contract.server import ORIGIN, Bot, StartBot, eventually
from tests.contract.tab import OpenTab


async def test_the_nearest_articles_come_while_the_shopper_types(
    bot: Bot, shop: Any, open_tab: OpenTab
) -> None:
    tab = await open_tab(bot, context={"country": "AT", "page": {"url": "/", "title": "", "step": "payment"}})
    sent = await tab.send(type="suggest", text="how long with 4111 1111 1111 1111")
    found = await tab.until(type="suggestions")
    assert found == {
        "type": "suggestions",
        "id": sent,
        "matches": [{"id": "shipping", "title": "Shipping"}, {"id": "express", "title": "Express"}],
    }
    assert "4111 1111" not in shop.searched[-1]["question"]
    assert shop.searched[-1]["limit"] == 3
    assert shop.searched[-1]["context"]["step"] == "payment"


async def test_nothing_is_stored_or_opened_by_typing(bot: Bot, open_tab: OpenTab) -> None:
    tab = await open_tab(bot)
    await tab.send(type="suggest", text="how long")
    await tab.until(type="suggestions")
    assert tab.conversation is None
    assert tab.messages == []


async def test_a_newer_question_cancels_the_older_one(bot: Bot, open_tab: OpenTab, shop: Any) -> None:
    tab = await open_tab(bot)
    shop.search_delay_s = 0.3
    for text in ("how", "how lo", "how long"):
        newest = await tab.send(type="suggest", text=text)
    assert (await tab.until(type="suggestions"))["id"] == newest
    await tab.ping()
    assert len([frame for frame in tab.frames if frame["type"] == "suggestions"]) == 1


async def test_what_the_shopper_says_does_not_wait_for_suggestions(
    bot: Bot, open_tab: OpenTab, shop: Any
) -> None:
    tab = await open_tab(bot)
    shop.search_delay_s = 2.0
    await tab.send(type="suggest", text="how long")
    await tab.say("how long does it take")
    assert [frame for frame in tab.frames if frame["type"] == "suggestions"] == []


async def test_too_few_letters_or_no_knowledge_base_suggest_nothing(
    bot: Bot, open_tab: OpenTab, shop: Any
) -> None:
    tab = await open_tab(bot)
    await tab.send(type="suggest", text=" ho ")
    assert (await tab.until(type="suggestions"))["matches"] == []
    assert shop.searched == []
    shop.actions_down = True
    await tab.send(type="suggest", text="how long")
    assert (await tab.until(type="suggestions"))["matches"] == []


async def test_typing_has_a_limit_of_its_own(start_bot: StartBot, open_tab: OpenTab) -> None:
    bot = await start_bot(frames_at_once=5, frames_per_s=1.0)
    tab = await open_tab(bot)
    for number in range(30):
        last = await tab.send(type="suggest", text=f"how long {number}")
    refused = await tab.until(type="error", code="rate_limited")
    assert refused["id"] != last or refused["hint"]
    assert (await tab.say("how long"))["kind"] == "answer"


async def test_suggestions_come_over_plain_http_too(bot: Bot, http: httpx.AsyncClient) -> None:
    frames = [hello(), {"type": "suggest", "id": "typed-0001", "text": "how long"}]
    reply = await http.post(
        f"{bot.url}/chat/v1/frames", json={"v": 1, "frames": frames}, headers={"Origin": ORIGIN}
    )
    assert reply.json()["frames"][-1]["type"] == "suggestions"


async def test_a_picked_article_is_the_shoppers_words_and_is_answered(
    bot: Bot, open_tab: OpenTab, shop: Any
) -> None:
    tab = await open_tab(bot)
    await tab.say("something else before")
    sent = await tab.send(type="choose", seq=0, article="shipping", label="How long does it take?")
    assert (await tab.until(type="ack", id=sent))["seq"] == 3
    said = await tab.until(type="message", author="shopper")
    assert said["text"] == "How long does it take?"
    await tab.until(type="message", author="assistant")
    asked = shop.asked[-1]
    assert asked["message"].startswith('/choose_article{"article": "shipping"')
    assert asked["metadata"]["state"]["last_question"] == "How long does it take?"


async def test_a_picked_article_opens_a_conversation_and_is_answered_without_rasa(
    bot: Bot, open_tab: OpenTab, shop: Any
) -> None:
    shop.rasa_down = True
    tab = await open_tab(bot)
    await tab.send(type="choose", seq=0, article="shipping", label="How long?")
    answer = await tab.until(type="message", author="assistant")
    assert (answer["kind"], answer["answer"]["article"]["id"]) == ("answer", "shipping")


async def test_picking_nothing_is_refused(bot: Bot, open_tab: OpenTab) -> None:
    tab = await open_tab(bot)
    for fields in ({"article": None, "label": "x"}, {"article": "shipping", "label": " "}):
        sent = await tab.send(type="choose", seq=0, **fields)
        assert (await tab.until(type="error", id=sent))["code"] == "bad_value"
    await eventually(lambda: tab.conversation is None)
