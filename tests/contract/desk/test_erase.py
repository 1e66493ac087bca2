"""A shopper erases the chat that an agent has on screen."""

from tests.contract.desk.people import StaffedBot, asks_for_a_person


async def test_the_desk_hears_that_the_chat_is_no_more(bot: StaffedBot) -> None:
    async with bot.agent() as maya, bot.shopper() as shopper:
        chat = await asks_for_a_person(shopper)
        await maya.send({"type": "watch", "conversation": chat, "after": 0})
        await shopper.send({"type": "erase"})
        told = await maya.gets(type="erased")
        assert told["conversation"] == chat
        gone = await maya.send({"type": "watch", "conversation": chat, "after": 0})
        assert (gone["type"], gone["code"]) == ("error", "not_found")
