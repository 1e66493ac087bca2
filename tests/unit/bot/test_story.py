"""An agent sees everything that happened before writing a word: facts from a real store."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.clock import iso
from bot.conversation import Author
from bot.hub import Hub
from bot.store import conversations, desk, shopper
from bot.store.conversations import Agent, Opening
from bot.store.database import Store
from bot.store.hand_overs import Package, put_in_queue
from bot.store.messages import Draft, append, mark
from bot.store.models import Conversation
from bot.store.staff import add_staff
from bot.story import story, summaries
from tests.unit.bot.clock import HandClock
from tests.unit.bot.empty_store import open_empty_store

CONTEXT: dict[str, Any] = {
    "page": {"url": "https://shop.example/checkout/payment", "title": "Payment", "step": "payment"},
    "trail": [
        {"url": "/cart", "title": "Cart", "step": "cart", "at": "2026-03-01T08:50:00.000Z", "stay_s": 40}
    ],
    "cart": {
        "currency": "EUR",
        "lines": [{"title": "Trail jacket", "variant": "moss, M", "quantity": 1, "price": "69.00"}],
        "subtotal": "87.90",
        "shipping": "4.90",
        "total": "92.80",
        "coupon": "FELL10",
    },
    "events": [
        {
            "id": "e1",
            "event": "payment.failed",
            "data": {"code": "do_not_honor"},
            "at": "2026-03-01T08:58:00.000Z",
        },
        {
            "id": "e2",
            "event": "payment.failed",
            "data": {"code": "do_not_honor"},
            "at": "2026-03-01T08:59:00.000Z",
        },
    ],
    "country": "AT",
    "currency": "EUR",
    "locale": "en",
    "time_zone": "Europe/Vienna",
    "device": {"kind": "phone", "browser": "Safari", "width": 390, "height": 844},
    "opened_by": "offer:payment.failed",
}
MATCHES = [
    {
        "id": f"article-{number}",
        "title": f"Article {number}",
        "short_answer": f"It **is** {number}.",
        "confidence": 0.5,
    }
    for number in range(4)
]
NOBODY = {"name": None, "email": None, "subject": None, "verified": False}


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    opened = await open_empty_store(database_url, HandClock(step_s=1), Hub())
    yield opened
    await opened.close()


class Shop:
    """One shopper and one agent, by the store's own functions."""

    def __init__(self, store: Store, visitor: str, agent: Agent) -> None:
        self.store = store
        self.visitor = visitor
        self.agent = agent
        self.who: dict[str, Any] = NOBODY
        self.linked = True

    async def says(self, text: str, conversation_id: str | None = None, context: Any = CONTEXT) -> str:
        opening = Opening("fernhill", self.visitor, "en", self.linked, context, self.who)
        sender = shopper.Sender(opening, conversation_id, self.store.new_id())
        return (await shopper.say(self.store, sender, text)).conversation_id

    async def is_answered(self, conversation_id: str, title: str, verdict: str | None, **more: Any) -> None:
        article = {"id": title.lower().replace(" ", "-"), "title": title}
        body = {"answer": {"article": article, "more": []}, **more.pop("body", {})}
        draft = Draft(Author.ASSISTANT, "Words.", kind=more.pop("kind", "answer"), body=body, **more)
        async with self.store.change() as change:
            row = await conversations.lock(change, conversation_id)
            message = append(change, row, draft)
            await change.session.flush()
            if verdict:
                mark(change, message, verdict=verdict)

    async def is_handed_over(self, conversation_id: str, reason: str, **more: Any) -> None:
        package = Package(reason, **more)
        async with self.store.change() as change:
            row = await conversations.lock(change, conversation_id)
            await put_in_queue(change, row, package, Author.ASSISTANT, staffed=True)

    async def row(self, conversation_id: str) -> Conversation:
        row = await conversations.conversation(self.store, conversation_id)
        assert row is not None
        return row

    async def story(self, conversation_id: str) -> dict[str, Any]:
        return await story(self.store, await self.row(conversation_id))

    async def summary(self, conversation_id: str) -> dict[str, Any]:
        return (await summaries(self.store, [await self.row(conversation_id)], lambda _: True))[0]


@pytest.fixture
async def shop(store: Store) -> Shop:
    row = await add_staff(store, f"{store.new_id()}@fernhill.example", "Maya", "agent", "x")
    return Shop(store, store.new_id(), Agent(row.id, row.name))


async def test_the_whole_story_is_there(shop: Shop) -> None:
    shop.who = {"name": "Ada", "email": "ada@shop.example", "subject": "c-1", "verified": True}
    chat = await shop.says("will i be charged twice")
    offer = {"event": "payment.failed", "data": {}, "title": "Your bank declined"}
    await shop.is_answered(chat, "Declined", None, kind="offer", body={"offer": offer})
    await shop.is_answered(
        chat, "Pending payments", "no", question="will i be charged twice", confidence=0.93, band="answer"
    )
    await shop.is_handed_over(
        chat,
        "not_helped",
        question="paid twice?? my bank shows 2",
        confidence=0.4,
        language="pt",
        matches=MATCHES,
    )
    told = await shop.story(chat)

    assert told["question"] == "paid twice?? my bank shows 2"
    assert (told["reason"], told["reason_text"]) == ("not_helped", "The answers did not help")
    assert told["brief"] == [
        "Asks: “paid twice?? my bank shows 2”",
        "At the payment step, €92.80 in the cart: payment failed (do not honor), 2 times",
        "Tried: “Pending payments”, did not help, and 1 more",
    ]
    declined, pending = told["answers"]
    assert (declined["article"]["title"], declined["question"]) == ("Declined", "Your bank declined")
    assert pending | {"at": ""} == {
        "article": {"id": "pending-payments", "title": "Pending payments"},
        "question": "will i be charged twice",
        "confidence": 0.93,
        "band": "answer",
        "verdict": "no",
        "at": "",
    }
    for key in ("page", "trail", "cart", "opened_by", "country", "currency", "device", "time_zone"):
        assert told[key] == CONTEXT[key]
    assert told["events"] == [{**event, "reported_by": "page"} for event in CONTEXT["events"]]
    assert (told["locale"], told["language"]) == ("en", "pt")
    assert told["shopper"] == shop.who
    assert [match["id"] for match in told["suggestions"]] == ["article-0", "article-1", "article-2"]
    assert told["suggestions"][0]["short_answer"] == "It is 0."
    assert [(change["owner"], change["by"], change["reason"]) for change in told["changes"]] == [
        ("queue", "assistant", "not_helped")
    ]
    assert (told["contact"], told["earlier"], told["settled"]) == (None, [], None)


async def test_why_the_assistant_was_unsure_is_told_once_it_is_known(shop: Shop) -> None:
    chat = await shop.says("will i be charged twice")
    await shop.is_handed_over(chat, "not_confident", question="will i be charged twice", matches=MATCHES)
    assert (await shop.story(chat))["why"] == []
    why = {"question": "will i be charged twice", "band": "clarify", "reasons": ["Missing most is the lead."]}
    await conversations.save_findings(shop.store, chat, {"why": [why]})
    told = await shop.story(chat)
    assert told["why"] == [why]
    assert len(told["suggestions"]) == 3, "the articles stay"


@pytest.mark.parametrize(
    ("told", "shown"), [("DE", "DE"), ("ZZ", None), ("EU", None), (None, None), (7, None)]
)
async def test_a_country_told_to_the_assistant_is_shown_where_the_page_knows_none(
    shop: Shop, told: Any, shown: str | None
) -> None:
    chat = await shop.says("what is delivery", context={})
    async with shop.store.change() as change:
        (await conversations.lock(change, chat)).dialogue = {"country": told}
    assert (await shop.story(chat))["country"] == shown


async def test_a_page_cannot_say_that_the_shop_reported(shop: Shop) -> None:
    event = {"id": "e", "event": "payment.failed", "data": {}, "at": "x", "reported_by": "shop"}
    chat = await shop.says("hello", context={"events": [event]})
    assert (await shop.story(chat))["events"][0]["reported_by"] == "page"


async def test_a_story_without_facts_is_whole_and_empty(shop: Shop) -> None:
    chat = await shop.says("hello?", context={})
    told = await shop.story(chat)
    assert told["brief"] == ["Asks: “hello?”", "No answer was given"]
    assert (told["reason"], told["reason_text"], told["question"]) == (None, None, "hello?")
    assert (told["page"], told["cart"], told["trail"], told["events"]) == (None, None, [], [])
    assert told["suggestions"] == []


async def test_the_contact_that_was_left_is_in_summary_and_story(shop: Shop) -> None:
    chat = await shop.says("where is FH-204817")
    opening = Opening("fernhill", shop.visitor, "en", shop.linked, CONTEXT, NOBODY)
    sender = shopper.Sender(opening, chat, shop.store.new_id())
    await shopper.keep_contact(shop.store, sender, "Ada", "ada@shop.example", "where is it")
    kept = {"name": "Ada", "email": "ada@shop.example", "question": "where is it"}
    assert (await shop.summary(chat))["contact"] == kept
    told = (await shop.story(chat))["contact"]
    assert {key: told[key] for key in kept} == kept
    assert told["at"].endswith("Z")


async def test_earlier_conversations_are_told_with_their_outcome(shop: Shop) -> None:
    first = await shop.says("do you ship to norway")
    await shop.is_handed_over(first, "asked", question="do you ship to norway")
    await desk.claim(shop.store, first, 1, shop.agent)
    await desk.close_conversation(shop.store, first, 2, shop.agent, "solved")
    second = await shop.says("and to oslo")
    third = await shop.says("hello again")
    earlier = (await shop.story(third))["earlier"]
    assert [(past["id"], past["question"], past["outcome"]) for past in earlier] == [
        (second, "and to oslo", "answered by the assistant"),
        (first, "do you ship to norway", "solved"),
    ]


async def test_who_does_not_want_to_be_known_has_no_earlier_conversations(shop: Shop) -> None:
    await shop.says("do you ship to norway")
    shop.linked = False
    assert (await shop.story(await shop.says("hello again")))["earlier"] == []


async def test_a_hand_over_holds_until_the_assistant_is_back(shop: Shop) -> None:
    chat = await shop.says("is it vegan")
    await shop.is_handed_over(chat, "not_confident", question="is it vegan", matches=MATCHES)
    await desk.claim(shop.store, chat, 1, shop.agent)
    assert (await shop.summary(chat))["reason"] == "not_confident"
    await desk.hand_back(shop.store, chat, 2, shop.agent, "It is vegan")
    told = await shop.story(chat)
    assert (told["reason"], told["suggestions"], told["settled"]) == (None, [], "It is vegan")
    assert [change["note"] for change in told["changes"]] == [None, None, "It is vegan"]
    await shop.says("and the boots?", chat)
    await desk.claim(shop.store, chat, 3, shop.agent)
    summary = await shop.summary(chat)
    assert (summary["reason"], summary["reason_text"]) == ("taken_over", "Taken over from the assistant")
    assert summary["question"] == "and the boots?"


async def test_a_summary_says_who_waits_where_and_since_when(shop: Shop) -> None:
    first, second = await shop.says("first"), await shop.says("second")
    await shop.is_handed_over(first, "asked", question="first")
    await shop.is_handed_over(second, "language", question="second", language="pt")
    rows = [await shop.row(second), await shop.row(first)]
    found = await summaries(shop.store, rows, lambda conversation_id: conversation_id == first)
    assert [summary["id"] for summary in found] == [second, first]
    assert found[0]["place"] > found[1]["place"]  # others may stand between them in a shared database
    assert found[1] == {
        "id": first,
        "owner": "queue",
        "epoch": 1,
        "agent": None,
        "shopper": {"name": None, "verified": False, "present": True},
        "question": "first",
        "reason": "asked",
        "reason_text": "Asked for a person",
        "place": found[1]["place"],
        "queued_at": iso(rows[1].queued_at or rows[1].created_at),
        "claimed_at": None,
        "updated_at": iso(rows[1].updated_at),
        "step": "payment",
        "total": {"amount": "92.80", "currency": "EUR"},
        "last": {"author": "shopper", "text": "first", "at": found[1]["last"]["at"]},
        "contact": None,
        "locale": "en",
        "language": None,
    }
    assert (found[0]["reason_text"], found[0]["language"]) == ("Language without articles", "pt")
    await desk.claim(shop.store, first, 1, shop.agent)
    claimed = await shop.summary(first)
    assert (claimed["agent"], claimed["place"]) == ({"id": shop.agent.id, "name": "Maya"}, None)
    assert claimed["claimed_at"]


async def test_long_words_are_cut_in_lists_and_whole_in_the_story(shop: Shop) -> None:
    words = "why " * 400
    chat = await shop.says(words)
    await shop.is_handed_over(chat, "asked", question=words)
    summary, told = await shop.summary(chat), await shop.story(chat)
    assert len(summary["question"]) <= 300
    assert len(summary["last"]["text"]) <= 200
    assert told["question"] == words
    assert all(len(line) <= 160 for line in told["brief"])


async def test_html_stays_the_words_that_it_is(shop: Shop) -> None:
    evil = "<img src=x onerror=alert(1)>"
    chat = await shop.says(evil, context={"page": {"url": evil, "title": evil, "step": evil}})
    await shop.is_handed_over(chat, "asked", question=evil, matches=[{**MATCHES[0], "short_answer": evil}])
    told = await shop.story(chat)
    assert told["question"] == told["page"]["title"] == told["suggestions"][0]["short_answer"] == evil


async def test_no_rows_are_no_summaries(store: Store) -> None:
    assert await summaries(store, [], lambda _: False) == []
