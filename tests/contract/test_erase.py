"""Erasing a chat: everything of it is gone, in every tab, at the desk and in the file."""

from pathlib import Path

from sqlalchemy import func, select

from bot.experiment import Arm
from bot.store.experiments import expose, order_completed
from bot.store.models import Base
from tests.contract.server import Bot
from tests.contract.shop import Shop
from tests.contract.tab import OpenTab


async def kept(bot: Bot) -> dict[str, int]:
    """How many rows each table has, but for what is written of nobody."""
    found = {}
    async with bot.services.store.read() as session:
        for name, table in Base.metadata.tables.items():
            count = await session.scalar(select(func.count()).select_from(table))
            if count:
                found[name] = count
    return found


async def visitor_of(bot: Bot, conversation_id: str | None) -> str:
    async with bot.services.store.read() as session:
        table = Base.metadata.tables["conversations"]
        query = select(table.c.visitor_id).where(table.c.id == conversation_id)
        found: str = (await session.execute(query)).scalar_one()
        return found


async def test_everything_of_the_chat_is_deleted_and_every_tab_hears_it(
    bot: Bot, open_tab: OpenTab, tmp_path: Path
) -> None:
    tab = await open_tab(bot)
    await tab.say("a very private question")
    await tab.send(type="contact", name="Ada", email="ada@example.com", question="call me")
    await tab.until(type="message", kind="notice")
    other = await open_tab(bot, **tab.shopper)
    visitor_id = await visitor_of(bot, tab.conversation)
    await expose(bot.services.store, "fernhill", visitor_id, "idle", Arm.TREATED, 0.1)
    await order_completed(bot.services.store, "fernhill", visitor_id, 12, "EUR")
    conversation = tab.conversation

    sent = await tab.send(type="erase")
    assert (await tab.until(type="ack", id=sent))["conversation"] == conversation
    for one in (tab, other):
        assert (await one.until(type="erased"))["conversation"] == conversation
        assert (await one.until(type="state"))["owner"] == "assistant"
    left = await kept(bot)
    assert set(left) <= {"events"}
    await bot.services.store.engine.dispose()
    file = (tmp_path / "var" / "bot.db").read_bytes()
    assert b"ada@example.com" not in file


async def test_after_erasing_a_new_chat_begins_and_knows_nothing(bot: Bot, open_tab: OpenTab) -> None:
    tab = await open_tab(bot)
    await tab.say("the first question")
    first = tab.conversation
    await tab.send(type="erase")
    await tab.until(type="erased")
    await tab.say("the second question")
    assert tab.conversation != first
    assert [message["seq"] for message in tab.messages] == [1, 2, 1, 2]


async def test_another_chat_of_the_visitor_stays_with_what_belongs_to_it(bot: Bot, open_tab: OpenTab) -> None:
    one = await open_tab(bot)
    await one.say("the first question")
    two = await open_tab(bot, visitor=one.welcome["visitor"])
    await two.say("the second question")
    assert one.conversation != two.conversation
    await one.send(type="erase")
    await one.until(type="erased")
    left = await kept(bot)
    assert (left["conversations"], left["visitors"], left["messages"]) == (1, 1, 2)


async def test_erasing_twice_or_nothing_is_acknowledged(bot: Bot, open_tab: OpenTab) -> None:
    tab = await open_tab(bot)
    sent = await tab.send(type="erase")
    assert (await tab.until(type="ack", id=sent))["conversation"] is None


async def test_an_answer_on_its_way_is_dropped_with_the_chat(bot: Bot, shop: Shop, open_tab: OpenTab) -> None:
    tab = await open_tab(bot)
    shop.delay_s = 0.4
    await tab.send(type="say", text="how long does it take")
    await tab.until(type="typing", on=True)
    await tab.send(type="erase")
    await tab.until(type="erased")
    shop.delay_s = 0.0
    answer = await tab.say("a new question")
    assert answer["seq"] == 2
    assert set(await kept(bot)) <= {"conversations", "messages", "visitors", "accepted", "turns", "events"}
    assert (await kept(bot))["conversations"] == 1
