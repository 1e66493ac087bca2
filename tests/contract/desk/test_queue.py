"""The list of conversations: live, closed, and page by page."""

from scripts.line import having
from tests.contract.desk.people import EVIL, JONAS, StaffedBot, asks_for_a_person


async def test_the_queue_is_live(bot: StaffedBot) -> None:
    async with bot.agent() as maya, bot.shopper() as ada, bot.shopper() as ben:
        assert maya.frames[0]["conversations"] == []
        first = await asks_for_a_person(ada)
        summary = await maya.summary(having(id=first, owner="queue"))
        assert (summary["place"], summary["reason"], summary["reason_text"]) == (
            1,
            "asked",
            "Asked for a person",
        )
        assert (summary["step"], summary["total"]) == ("payment", {"amount": "92.80", "currency": "EUR"})
        assert summary["shopper"] == {"name": None, "verified": False, "present": True}
        second = await asks_for_a_person(ben)
        summary = await maya.summary(having(id=second, owner="queue"))
        assert summary["place"] == 2
        await maya.send({"type": "claim", "conversation": first, "epoch": 1})
        await maya.summary(having(id=second, place=1))
        async with bot.agent(JONAS) as jonas:
            listed = {found["id"]: found["owner"] for found in jonas.frames[0]["conversations"]}
            assert listed == {first: "agent", second: "queue"}


async def test_the_desk_sees_when_a_shopper_leaves(bot: StaffedBot) -> None:
    async with bot.agent() as maya:
        async with bot.shopper() as ada:
            chat = await asks_for_a_person(ada)
            await maya.summary(lambda found: found["id"] == chat and found["shopper"]["present"])
        since = len(maya.frames)
        await maya.summary(lambda found: found["id"] == chat and not found["shopper"]["present"], since)


async def test_closing_takes_it_off_the_list_and_the_shoppers_next_words_open_it(bot: StaffedBot) -> None:
    async with bot.agent() as maya, bot.shopper() as ada:
        chat = await asks_for_a_person(ada)
        # What came and went before a window heard of it is never shown there.
        await maya.summary(having(id=chat, owner="queue"))
        await maya.send({"type": "claim", "conversation": chat, "epoch": 1})
        await maya.send({"type": "close", "conversation": chat, "epoch": 2, "reason": "solved"})
        await maya.summary(having(id=chat, owner="closed"))
        history = await maya.line.ask(
            {"type": "history", "filter": "closed", "before": None}, "conversations"
        )
        assert [found["id"] for found in history["conversations"]] == [chat]
        await ada.say("one more thing")
        await ada.gets(type="state", owner="assistant")
        history = await maya.line.ask(
            {"type": "history", "filter": "closed", "before": None}, "conversations"
        )
        assert history["conversations"] == []


async def test_nobody_there_the_question_is_kept_and_shown_at_the_desk(bot: StaffedBot) -> None:
    async with bot.shopper() as ada:
        await asks_for_a_person(ada)
        kept = {"name": "Ada", "email": "ada@shop.example", "question": f"where is it {EVIL}"}
        await ada.send({"type": "contact", **kept})
        async with bot.agent() as maya:
            assert [found["contact"] for found in maya.frames[0]["conversations"]] == [kept]


async def test_history_goes_back_page_by_page(bot: StaffedBot) -> None:
    async with bot.agent() as maya, bot.shopper() as ada, bot.shopper() as ben:
        first, second = await asks_for_a_person(ada), await asks_for_a_person(ben)
        newest = await maya.line.ask({"type": "history", "filter": "all", "before": None}, "conversations")
        assert [found["id"] for found in newest["conversations"]] == [second, first]
        before = newest["conversations"][0]["updated_at"]
        older = await maya.line.ask({"type": "history", "filter": "all", "before": before}, "conversations")
        assert [found["id"] for found in older["conversations"]] == [first]
