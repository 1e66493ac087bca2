"""Rasa slow, dead or talking nonsense, actions dead, the database locked or full: no silence, no loss."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from bot.store.turns import next_turn
from tests.contract.server import Bot, StartBot
from tests.contract.shop import Shop
from tests.contract.tab import OpenTab, Tab


def texts(tab: Tab) -> list[str]:
    return [text for _, text in tab.said]


def notices(tab: Tab) -> list[str]:
    return [frame["notice"]["code"] for frame in tab.frames if frame.get("notice")]


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Somebody else holds the database, and lets nobody write."""
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


async def test_when_rasa_is_slow_the_answer_comes_from_the_knowledge_base(
    start_bot: StartBot, open_tab: OpenTab, shop: Shop
) -> None:
    bot = await start_bot(answer_timeout_s=0.3)
    shop.delay_s = 1.0
    tab = await open_tab(bot, context={"country": "AT"})
    answer = await tab.say("how long")
    assert (answer["kind"], answer["text"]) == ("answer", "Two days.")
    assert answer["answer"]["article"]["id"] == "shipping"
    assert shop.searched[0]["question"] == "how long"
    assert shop.searched[0]["context"]["country"] == "AT"
    await asyncio.sleep(0.9)  # longer than Rasa takes: its late answer would be here by now
    assert texts(tab) == ["how long", "Two days."]
    assert [frame for frame in await tab.ping() if frame["type"] == "message"] == []


async def test_after_a_late_answer_rasa_gets_a_new_conversation_and_the_dialogue(
    start_bot: StartBot, open_tab: OpenTab, shop: Shop
) -> None:
    bot = await start_bot(answer_timeout_s=0.3)
    tab = await open_tab(bot)
    shop.delay_s = 1.0
    await tab.say("how long")
    shop.delay_s = 0.0
    await tab.say("and for express")
    first, second = shop.asked[0], shop.asked[-1]
    assert (first["sender"], second["sender"]) == (f"{tab.conversation}.1", f"{tab.conversation}.2")
    assert second["metadata"]["state"]["last_question"] == "how long"
    assert second["metadata"]["state"]["tried"] == ["shipping"]


@pytest.mark.parametrize(
    "nonsense",
    [
        [],
        {"text": "not a list"},
        "words",
        [{"custom": {"state": {}}}],
        [{"custom": {"answer": {"article": {"id": "x"}}}}],
        [{"custom": {"hand_over": {"reason": "because"}}}],
        [{"text": None}],
        [None],
        ["words"],
        [{"custom": "words"}],
    ],
)
async def test_when_rasa_talks_nonsense_the_answer_comes_from_the_knowledge_base(
    bot: Bot, open_tab: OpenTab, shop: Shop, nonsense: Any
) -> None:
    shop.nonsense = nonsense
    tab = await open_tab(bot)
    assert (await tab.say("how long"))["text"] == "Two days."


async def test_without_rasa_an_unsure_search_asks_back_twice_then_hands_over(
    bot: Bot, open_tab: OpenTab, shop: Shop
) -> None:
    bot.staff_the_desk()
    shop.rasa_down = True
    shop.found = {**shop.found, "band": "clarify", "confidence": 0.5}
    tab = await open_tab(bot)
    for question in ("one", "two"):
        clarify = await tab.say(question)
        assert [choice["article"] for choice in clarify["choices"]] == ["shipping", "express", None]
    await tab.send(type="say", text="three")
    state = await tab.until(type="state", owner="queue")
    assert state["epoch"] == 1
    notice = await tab.until(type="message")
    assert notice["notice"] == {"code": "queued", "params": {"reason": "not_confident"}}


async def test_without_rasa_a_button_still_brings_its_article(
    bot: Bot, open_tab: OpenTab, shop: Shop
) -> None:
    shop.rasa_down = True
    shop.found = {**shop.found, "band": "clarify", "confidence": 0.5}
    tab = await open_tab(bot)
    clarify = await tab.say("how long")
    await tab.send(type="choose", seq=clarify["seq"], article="express", label="Express")
    answer = await tab.until(type="message", kind="answer")
    assert answer["text"] == "All about express."


async def test_without_rasa_a_country_that_was_asked_for_still_answers(
    bot: Bot, open_tab: OpenTab, shop: Shop
) -> None:
    ask = {"question": "what is delivery", "fact": "country", "choices": ["AT", "DE"], "more": True}
    state = {"last_question": "what is delivery", "awaiting": "country", "asked_country": True}
    shop.nonsense = [{"text": "Which country?"}, {"custom": {"ask": ask}}, {"custom": {"state": state}}]
    tab = await open_tab(bot)
    asked = await tab.say("what is delivery")
    assert [choice["label"] for choice in asked["choices"]] == ["Austria", "Germany", "Another country"]
    shop.rasa_down = True
    await tab.send(type="choose", seq=asked["seq"], article=None, label="Germany")
    answer = await tab.until(type="message", kind="answer")
    assert answer["text"] == "Two days."
    assert shop.searched[-1]["question"] == "what is delivery"
    assert shop.searched[-1]["context"]["country"] == "DE"
    await tab.say("and for express")
    assert shop.searched[-1]["context"]["country"] == "DE", "it is kept"


async def test_without_rasa_a_no_brings_a_person(bot: Bot, open_tab: OpenTab, shop: Shop) -> None:
    bot.staff_the_desk()
    shop.rasa_down = True
    tab = await open_tab(bot)
    answer = await tab.say("how long")
    await tab.send(type="verdict", seq=answer["seq"], helped=False)
    second = await tab.until(type="message", author="assistant")
    assert second["answer"]["article"]["id"] == "express"
    await tab.send(type="verdict", seq=second["seq"], helped=False)
    await tab.until(type="state", owner="queue")


async def test_a_hand_over_band_hands_over_at_once(bot: Bot, open_tab: OpenTab, shop: Shop) -> None:
    bot.staff_the_desk()
    shop.rasa_down = True
    shop.found = {**shop.found, "band": "hand_over", "confidence": 0.1}
    tab = await open_tab(bot)
    await tab.send(type="say", text="what is the meaning of life")
    await tab.until(type="state", owner="queue")


async def test_when_actions_is_down_too_the_shopper_is_told_and_waits_for_a_person(
    bot: Bot, open_tab: OpenTab, shop: Shop
) -> None:
    bot.staff_the_desk()
    shop.rasa_down = shop.actions_down = True
    tab = await open_tab(bot)
    await tab.send(type="say", text="how long")
    await tab.until(type="state", owner="queue")
    await tab.until(type="message", author="system", kind="notice")
    await tab.ping()
    assert notices(tab) == ["unavailable", "queued"]
    assert texts(tab)[0] == "how long"
    await tab.send(type="say", text="hello?")
    await tab.until(type="message", author="system")
    assert notices(tab)[2:] == ["unavailable"]
    shop.rasa_down = shop.actions_down = False
    assert (await tab.say("and now"))["kind"] == "answer"


async def test_a_slow_answer_after_the_shopper_asked_for_a_person_is_dropped(
    bot: Bot, open_tab: OpenTab, shop: Shop
) -> None:
    bot.staff_the_desk()
    shop.delay_s = 0.4
    tab = await open_tab(bot)
    await tab.send(type="say", text="how long")
    await tab.until(type="typing", on=True)
    await tab.send(type="ask_person")
    await tab.until(type="state", owner="queue")
    await tab.until(type="typing", on=False)
    await tab.ping()
    assert notices(tab) == ["queued"]
    assert len(texts(tab)) == 2


async def test_a_locked_database_is_told_to_the_shopper_and_the_connection_lives(
    start_bot: StartBot, open_tab: OpenTab, tmp_path: Path
) -> None:
    bot = await start_bot(database_wait_s=0.2)
    tab = await open_tab(bot)
    await tab.say("before")
    with locked(tmp_path / "var" / "bot.db"):
        said = await tab.send(type="say", text="during")
        error = await tab.until(type="error")
        assert (error["code"], error["status"], error["id"]) == ("unavailable", 503, said)
    await tab.send(type="say", text="during", id=said)
    assert (await tab.until(type="ack", id=said))["seq"] == 3
    await tab.until(type="message", author="assistant")
    assert texts(tab) == ["before", "The answer to before.", "during", "The answer to during."]


async def test_an_answer_that_could_not_be_kept_is_kept_when_the_database_is_back(
    start_bot: StartBot, open_tab: OpenTab, shop: Shop, tmp_path: Path
) -> None:
    bot = await start_bot(database_wait_s=0.2)
    shop.delay_s = 0.3
    tab = await open_tab(bot)
    await tab.send(type="say", text="how long")
    await tab.until(type="typing", on=True)
    with locked(tmp_path / "var" / "bot.db"):
        await asyncio.sleep(0.7)  # the answer is there and cannot be kept
    await tab.until(type="message", author="assistant")
    assert texts(tab) == ["how long", "The answer to how long."]
    assert await next_turn(bot.services.store, tab.conversation) is None


async def test_a_full_disk_is_told_to_the_shopper_and_the_connection_lives(
    bot: Bot, open_tab: OpenTab
) -> None:
    tab = await open_tab(bot)
    await tab.say("before")
    disk = {"full": True}

    def fill_or_make_room(connection: Any, _record: Any, _proxy: Any) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages if disk['full'] else 1_000_000}")

    event.listen(bot.services.store.engine.sync_engine, "checkout", fill_or_make_room)
    refused = None
    for _ in range(60):
        said = await tab.send(type="say", text="x" * 2000)
        while (frame := await tab.next()).get("id") != said:
            pass
        if frame["type"] == "error":
            refused = frame
            break
    disk["full"] = False
    assert refused is not None
    assert refused["code"] == "unavailable"
    await tab.send(type="say", text="there is room again", id=refused["id"])
    await tab.until(type="message", author="shopper", text="there is room again")
    seqs = [seq for seq, _ in tab.said]
    assert seqs == list(range(1, len(seqs) + 1))
