"""Watching a conversation: its story, its messages, its articles."""

from tests.contract.desk.people import EVIL, MATCH, StaffedBot, asks_for_a_person
from tests.contract.shop import Shop


async def test_watching_gives_the_story_the_messages_and_then_both_live(bot: StaffedBot) -> None:
    async with bot.agent() as maya, bot.shopper() as ada:
        await ada.say(f"how long can i return things {EVIL}")
        chat = await asks_for_a_person(ada)
        since = len(maya.frames)
        story = await maya.watch(chat)
        assert story["question"] == f"how long can i return things {EVIL}"
        assert story["page"]["title"] == EVIL
        assert story["country"] == "AT"
        assert [answer["article"]["title"] for answer in story["answers"]] == ["Returns"]
        kinds = [
            frame["type"]
            for frame in maya.frames[since:]
            if frame.get("conversation") == chat or "id" in frame
        ]
        assert kinds[0] == "story"
        assert kinds[-1] == "ack"
        seen = [frame for frame in maya.frames[since:] if frame["type"] == "message"]
        assert [frame["seq"] for frame in seen] == list(range(1, len(seen) + 1))
        assert seen[0]["text"] == f"how long can i return things {EVIL}"
        answer = next(frame for frame in seen if frame["kind"] == "answer")
        assert (answer["confidence"], answer["band"], answer["verdict"]) == (0.91, "answer", None)

        since = len(maya.frames)
        await ada.send({"type": "verdict", "seq": answer["seq"], "helped": False})
        update = await maya.gets(since, type="update", conversation=chat)
        assert (update["seq"], update["verdict"]) == (answer["seq"], "no")
        await maya.line.wait(
            lambda frame: frame["type"] == "story" and frame["story"]["answers"][0]["verdict"] == "no", since
        )
        page = {"url": "https://shop.example/review", "title": "Review", "step": "review"}
        await ada.line.send({"type": "context", "context": {"page": page}})
        await maya.line.wait(
            lambda frame: frame["type"] == "story" and frame["story"]["page"]["title"] == "Review", since
        )


async def test_why_the_assistant_was_unsure_follows_the_hand_over(bot: StaffedBot, shop: Shop) -> None:
    candidate = {
        "id": "returns",
        "title": "Returns",
        "confidence": 0.7,
        "phrasing": "send back",
        "cosine": 0.6,
    }
    explanation = {
        "question": "how long",
        "band": "clarify",
        "confidence": 0.7,
        "answer_at": 0.92,
        "reasons": ["It answers directly from .92 on; this is .70."],
        "words": [{"typed": "lnog", "read": "long", "held": True, "known": True}],
        "unexplained": ["drone"],
        "candidates": [candidate],
    }
    shop.found = {**shop.found, "explanations": [explanation]}
    async with bot.agent() as maya, bot.shopper() as ada:
        await ada.say("how long")
        chat = await asks_for_a_person(ada)
        since = len(maya.frames)
        story = await maya.watch(chat)
        if not story["why"]:
            place = await maya.line.wait(
                lambda one: one["type"] == "story" and bool(one["story"]["why"]), since, what="a why"
            )
            story = maya.frames[place]["story"]
        (why,) = story["why"]
        assert why["repaired"] == [{"typed": "lnog", "read": "long"}]
        assert (why["unexplained"], why["articles"]) == (["drone"], [candidate])
        assert why["reasons"] == explanation["reasons"]
        assert shop.searched[-1]["explain"] is True


async def test_watching_again_gives_only_what_is_new(bot: StaffedBot) -> None:
    async with bot.agent() as maya, bot.shopper() as ada:
        chat = await asks_for_a_person(ada)
        await maya.watch(chat)
        last = max(frame["seq"] for frame in maya.frames if frame["type"] == "message")
        await maya.send({"type": "unwatch", "conversation": chat})
        await maya.send({"type": "claim", "conversation": chat, "epoch": 1})
        since = len(maya.frames)
        await maya.send({"type": "watch", "conversation": chat, "after": last})
        seen = [frame["seq"] for frame in maya.frames[since:] if frame["type"] == "message"]
        assert seen == [last + 1]
        assert [frame for frame in maya.frames[:since] if frame.get("seq") == last + 1] == []


async def test_searching_asks_the_knowledge_base_as_the_shopper_would(bot: StaffedBot, shop: Shop) -> None:
    async with bot.agent() as maya, bot.shopper() as ada:
        chat = await asks_for_a_person(ada)
        found = await maya.line.ask(
            {"type": "search", "question": "return with 4242424242424242", "conversation": chat}, "articles"
        )
        assert found["matches"] == [{**MATCH, "short_answer": "Within 30 days."}]
        asked = shop.searched[-1]
        assert asked["question"] == "return with •••• 4242"
        assert (asked["context"]["step"], asked["context"]["country"]) == ("payment", "AT")
