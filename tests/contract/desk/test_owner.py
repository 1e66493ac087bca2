"""Claiming, replying, handing back and closing: who has the conversation, and who hears of it."""

import asyncio

from scripts.line import having
from scripts.shopper import Agent
from tests.contract.desk.people import EVIL, JONAS, StaffedBot, asks_for_a_person


async def test_of_two_agents_who_claim_at_once_one_wins_and_the_other_hears_who(bot: StaffedBot) -> None:
    async with bot.agent() as maya, bot.agent(JONAS) as jonas, bot.shopper() as ada:
        chat = await asks_for_a_person(ada)
        claim = {"type": "claim", "conversation": chat, "epoch": 1}
        replies = await asyncio.gather(maya.send(claim), jonas.send(claim))
        assert sorted(reply["type"] for reply in replies) == ["ack", "error"]
        winner = "Maya" if replies[0]["type"] == "ack" else "Jonas"
        lost = next(reply for reply in replies if reply["type"] == "error")
        assert (lost["code"], lost["status"]) == ("stale_epoch", 409)
        assert lost["message"] == f"{winner} has this conversation."
        state = await ada.gets(type="state", owner="agent")
        assert state["agent"] == {"name": winner}
        await ada.gets(type="message", text=f"{winner} from the shop is here and sees everything above.")
        claimed = [frame for frame in ada.messages if frame["kind"] == "notice"]
        assert [frame["notice"]["code"] for frame in claimed].count("claimed") == 1


async def test_a_reply_reaches_the_shopper_once_masked_and_as_words(bot: StaffedBot) -> None:
    async with bot.agent() as maya, bot.shopper() as ada:
        chat = await asks_for_a_person(ada)
        await maya.send({"type": "claim", "conversation": chat, "epoch": 1})
        reply = {
            "type": "reply",
            "id": "reply-000001",
            "conversation": chat,
            "epoch": 2,
            "text": f"{EVIL} card 4242 4242 4242 4242, order FH-204817",
        }
        first, again = await maya.send(reply), await maya.send(reply)
        assert first["type"] == again["type"] == "ack"
        assert first["seq"] == again["seq"]
        message = await ada.gets(type="message", author="agent")
        assert message["text"] == f"{EVIL} card •••• 4242, order FH-204817"
        assert message["name"] == "Maya"
        await ada.send({"type": "contact", "name": "Ada", "email": "ada@shop.example", "question": ""})
        assert len([frame for frame in ada.messages if frame["author"] == "agent"]) == 1


async def test_who_may_not_reply_is_told_how_things_stand(bot: StaffedBot) -> None:
    async with bot.agent() as maya, bot.agent(JONAS) as jonas, bot.shopper() as ada:
        chat = await asks_for_a_person(ada)

        async def reply(agent: Agent, epoch: int) -> tuple[str, str]:
            said = await agent.send({"type": "reply", "conversation": chat, "epoch": epoch, "text": "Hello"})
            return said["code"], said["message"]

        assert await reply(maya, 1) == ("not_allowed", "This conversation waits in the queue.")
        await maya.send({"type": "claim", "conversation": chat, "epoch": 1})
        assert await reply(jonas, 2) == ("not_allowed", "Maya has this conversation.")
        assert await reply(jonas, 1) == ("stale_epoch", "Maya has this conversation.")
        assert (await reply(maya, 1))[0] == "stale_epoch"
        for act in ({"type": "hand_back", "settled": ""}, {"type": "close", "reason": "solved"}):
            refused = await jonas.send({"conversation": chat, "epoch": 2, **act})
            assert (refused["code"], refused["message"]) == ("not_allowed", "Maya has this conversation.")
        await maya.send({"type": "close", "conversation": chat, "epoch": 2, "reason": "solved"})
        assert await reply(maya, 3) == ("closed", "This conversation is closed.")
        assert await reply(maya, 2) == ("stale_epoch", "This conversation is closed.")
        assert [frame for frame in ada.messages if frame["author"] == "agent"] == []


async def test_an_agent_takes_over_from_the_assistant(bot: StaffedBot) -> None:
    async with bot.agent() as maya, bot.shopper() as ada:
        await ada.say("how long can i return things")
        since = len(maya.frames)
        await maya.send({"type": "claim", "conversation": ada.conversation, "epoch": 0})
        summary = await maya.summary(having(owner="agent"), since)
        assert (summary["reason"], summary["question"]) == ("taken_over", "how long can i return things")


async def test_handing_back_tells_the_assistant_and_the_shopper_what_was_settled(bot: StaffedBot) -> None:
    async with bot.agent() as maya, bot.shopper() as ada:
        chat = await asks_for_a_person(ada)
        await maya.watch(chat)
        await maya.send({"type": "claim", "conversation": chat, "epoch": 1})
        since = len(maya.frames)
        settled = "refund of card 4242424242424242 agreed"
        ack = await maya.send({"type": "hand_back", "conversation": chat, "epoch": 2, "settled": settled})
        assert ack["type"] == "ack"
        place = await maya.line.wait(
            lambda frame: frame["type"] == "story" and frame["story"]["settled"] is not None, since
        )
        story = maya.frames[place]["story"]
        assert story["settled"] == story["changes"][-1]["note"] == "refund of card •••• 4242 agreed"
        assert story["changes"][-1]["by"] == "Maya"
        await ada.gets(type="state", owner="assistant")
        notices = [frame["notice"]["code"] for frame in ada.messages if frame["kind"] == "notice"]
        assert "handed_back" in notices
