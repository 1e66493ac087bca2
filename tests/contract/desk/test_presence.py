"""Who is at the desk, who writes, and what the shopper sees of both."""

from scripts.line import Frame
from tests.contract.desk.people import JONAS, StaffedBot, asks_for_a_person


def names(frame: Frame) -> list[str]:
    return [here["name"] for here in frame["staff_online"]] if frame["type"] == "presence" else []


async def test_typing_is_seen_on_both_sides(bot: StaffedBot) -> None:
    async with bot.agent() as maya, bot.agent(JONAS) as jonas, bot.shopper() as ada:
        chat = await asks_for_a_person(ada)
        await maya.watch(chat)
        await ada.line.send({"type": "typing"})
        assert (await maya.gets(type="typing", conversation=chat))["author"] == "shopper"
        await maya.send({"type": "claim", "conversation": chat, "epoch": 1})
        await jonas.send({"type": "typing", "conversation": chat, "on": True})
        await maya.send({"type": "typing", "conversation": chat, "on": True})
        await ada.gets(type="typing", author="agent", on=True)
        since = len(ada.frames)
        await maya.send({"type": "reply", "conversation": chat, "epoch": 2, "text": "Hello"})
        await ada.gets(since, type="typing", author="agent", on=False)
        assert [frame["on"] for frame in ada.frames if frame.get("author") == "agent" and "on" in frame] == [
            True,
            False,
        ]


async def test_the_shop_is_staffed_while_an_agent_is_online(bot: StaffedBot) -> None:
    async with bot.shopper() as ada:
        assert ada.state["desk"] == {"staffed": False}
        async with bot.agent() as maya:
            await ada.gets(type="state", desk={"staffed": True})
            since = len(ada.frames)
            await maya.send({"type": "presence", "status": "away"})
            await ada.gets(since, type="state", desk={"staffed": False})
            since = len(ada.frames)
            await maya.send({"type": "presence", "status": "online"})
            await ada.gets(since, type="state", desk={"staffed": True})
            since = len(ada.frames)
        await ada.gets(since, type="state", desk={"staffed": False})


async def test_agents_see_who_else_is_there(bot: StaffedBot) -> None:
    async with bot.agent() as maya:
        async with bot.agent(JONAS):
            await maya.line.wait(lambda frame: names(frame) == ["Jonas", "Maya"])
        since = len(maya.frames)
        await maya.line.wait(lambda frame: names(frame) == ["Maya"], since - 1)


async def test_away_lasts_through_a_lost_connection(bot: StaffedBot) -> None:
    cookie = await bot.cookie()
    async with bot.tab(cookie) as tab:
        assert [here["status"] for here in (await tab.next())["staff_online"]] == ["online"]
        await tab.until(type="ack", id=await tab.send(type="presence", status="away"))
    async with bot.tab(cookie) as tab:
        assert [here["status"] for here in (await tab.next())["staff_online"]] == ["away"]
    async with bot.tab(await bot.cookie()) as tab:
        assert [here["status"] for here in (await tab.next())["staff_online"]] == ["online"]
