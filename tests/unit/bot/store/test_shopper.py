"""What shoppers change: each thing once, in order, and nobody else's."""

import asyncio
from typing import Any

import pytest

from bot.chat.answers import ask_draft, clarify_draft
from bot.conversation import Author, Owner
from bot.errors import AppError
from bot.hub import Stored, TurnWaiting, Updated
from bot.rasa import Ask
from bot.store.contacts import contact
from bot.store.conversations import Agent, Opening, conversation, earlier, owner_changes, save_context
from bot.store.database import Store
from bot.store.desk import claim, close_conversation
from bot.store.hand_overs import hand_overs
from bot.store.messages import Draft, messages_after
from bot.store.models import Visitor
from bot.store.shopper import (
    Sender,
    Trigger,
    ask_person,
    choose,
    dismiss_offer,
    give_verdict,
    keep_contact,
    make_offer,
    may_offer,
    say,
)
from bot.store.turns import Outcome, finish, next_turn
from bot.store.visitors import visitor

DECLINED = Trigger("payment.declined", "insufficient_funds", {"code": "insufficient_funds"})


def offer() -> Draft:
    body = {
        "answer": {"article": {"id": "declined", "title": "Declined"}, "more": []},
        "offer": {"event": DECLINED.event, "data": DECLINED.data, "title": "Card declined?"},
    }
    return Draft(Author.ASSISTANT, "Try another card.", kind="offer", body=body)


def answer(article: str = "shipping") -> Draft:
    body = {"answer": {"article": {"id": article, "title": "Shipping"}, "more": []}}
    return Draft(Author.ASSISTANT, "Two days.", kind="answer", body=body, confidence=0.9, band="answer")


async def answered(store: Store, sender_of: Any, *drafts: Draft) -> str:
    taken = await say(store, sender_of(), "how long")
    job = await next_turn(store, taken.conversation_id)
    assert job is not None
    assert await finish(store, job, Outcome("rasa", drafts or (answer(),)), staffed=True)
    return taken.conversation_id


async def test_the_first_message_opens_the_conversation_and_asks_for_a_turn(
    store: Store, hub: Any, sender_of: Any
) -> None:
    taken = await say(store, sender_of(), "hello")
    row = await conversation(store, taken.conversation_id)
    assert row is not None
    assert (row.owner, row.epoch, row.last_seq, row.context["page"]["step"]) == ("assistant", 0, 1, "payment")
    assert [type(event) for event in hub.heard] == [Stored, TurnWaiting]
    assert isinstance(await visitor(store, "visitor-1"), Visitor)


async def test_the_same_id_again_gives_the_same_ack_and_stores_nothing(store: Store, sender_of: Any) -> None:
    sender = sender_of()
    first = await say(store, sender, "hello")
    again = await say(store, sender, "hello")
    later = await say(store, sender_of(first.conversation_id, sender.client_id), "something else")
    assert (again.conversation_id, again.seq, again.again) == (first.conversation_id, 1, True)
    assert (later.conversation_id, later.seq, later.again) == (first.conversation_id, 1, True)
    assert len(await messages_after(store, first.conversation_id)) == 1


async def test_the_same_frame_sent_twice_at_once_is_stored_once(store: Store, sender_of: Any) -> None:
    opened = await say(store, sender_of(), "hello")
    sender = sender_of(opened.conversation_id)
    taken = await asyncio.gather(*(say(store, sender, "again and again") for _ in range(5)))
    assert {result.seq for result in taken} == {2}
    assert [result.again for result in taken].count(False) == 1


async def test_the_same_first_frame_sent_twice_at_once_opens_one_conversation(
    store: Store, sender_of: Any
) -> None:
    sender = sender_of()
    taken = await asyncio.gather(*(say(store, sender, "hello") for _ in range(4)))
    assert len({result.conversation_id for result in taken}) == 1


async def test_nobody_writes_into_another_visitors_conversation(
    store: Store, sender_of: Any, opening: Opening
) -> None:
    taken = await say(store, sender_of(), "mine")
    other = Opening("fernhill", "visitor-2", "en", linked=True, context={}, shopper=opening.shopper)
    with pytest.raises(AppError) as refused:
        await say(store, Sender(other, taken.conversation_id, "client-9999"), "yours")
    assert refused.value.code == "not_yours"


async def test_what_a_shopper_types_never_becomes_a_command(store: Store, sender_of: Any) -> None:
    taken = await say(store, sender_of(), " /restart{}")
    job = await next_turn(store, taken.conversation_id)
    messages = await messages_after(store, taken.conversation_id)
    assert job is not None
    assert job.say == "restart{}"
    assert messages[0].text == " /restart{}"


async def test_while_an_agent_owns_it_a_message_is_kept_without_a_turn(
    store: Store, sender_of: Any, maya: Agent
) -> None:
    taken = await say(store, sender_of(), "hello")
    await claim(store, taken.conversation_id, 0, maya)
    await say(store, sender_of(taken.conversation_id), "are you there")
    assert await next_turn(store, taken.conversation_id) is None


async def test_a_message_to_a_closed_conversation_opens_it_with_the_assistant(
    store: Store, sender_of: Any, maya: Agent
) -> None:
    taken = await say(store, sender_of(), "hello")
    await claim(store, taken.conversation_id, 0, maya)
    await close_conversation(store, taken.conversation_id, 1, maya, "solved")
    await say(store, sender_of(taken.conversation_id), "one more thing")
    row = await conversation(store, taken.conversation_id)
    messages = await messages_after(store, taken.conversation_id)
    assert row is not None
    assert (row.owner, row.epoch) == (Owner.ASSISTANT, 3)
    assert [message.body.get("notice", {}).get("code") for message in messages[-2:]] == [None, "reopened"]
    assert await next_turn(store, taken.conversation_id) is not None


async def test_a_button_is_kept_and_asks_for_its_article(store: Store, hub: Any, sender_of: Any) -> None:
    buttons = clarify_draft("Which?", [("a1", "One"), ("a2", "Two")], "how long", 0.5, "en")
    conversation_id = await answered(store, sender_of, buttons)
    hub.heard.clear()
    taken = await choose(store, sender_of(conversation_id), 2, "a2")
    messages = await messages_after(store, conversation_id)
    job = await next_turn(store, conversation_id)
    assert job is not None
    assert (messages[1].body["chosen"], messages[2].text, taken.seq) == ("Two", "Two", 3)
    assert job.say == '/choose_article{"article": "a2", "label": "Two"}'
    assert [event.fields for event in hub.heard if isinstance(event, Updated)] == [{"chosen": "Two"}]


async def test_a_button_that_tells_a_fact_sends_its_value(store: Store, sender_of: Any) -> None:
    ask = Ask(question="how much", fact="country", choices=["AT", "DE"])
    conversation_id = await answered(store, sender_of, ask_draft("Which country?", ask, "en"))
    await choose(store, sender_of(conversation_id), 2, None, "Germany")
    messages = await messages_after(store, conversation_id)
    job = await next_turn(store, conversation_id)
    assert job is not None
    assert (messages[1].body["chosen"], messages[2].text) == ("Germany", "Germany")
    assert job.say == '/choose_article{"article": null, "label": "Germany", "value": "DE"}'
    with pytest.raises(AppError, match="offers no article None labelled 'Mars'"):
        await choose(store, sender_of(conversation_id), 2, None, "Mars")


async def test_a_button_that_was_not_offered_is_refused(store: Store, sender_of: Any) -> None:
    buttons = clarify_draft("Which?", [("a1", "One")], "how long", 0.5, "en")
    conversation_id = await answered(store, sender_of, buttons)
    for seq, article in ((2, "a9"), (1, "a1"), (99, "a1")):
        with pytest.raises(AppError) as refused:
            await choose(store, sender_of(conversation_id), seq, article)
        assert refused.value.code == "bad_value"
    assert len(await messages_after(store, conversation_id)) == 2


@pytest.mark.parametrize(("verdict", "said"), [("yes", "/helpful"), ("no", "/not_helpful")])
async def test_a_verdict_is_kept_and_the_assistant_goes_on(
    store: Store, sender_of: Any, verdict: str, said: str
) -> None:
    conversation_id = await answered(store, sender_of)
    await give_verdict(store, sender_of(conversation_id), 2, verdict)
    job = await next_turn(store, conversation_id)
    messages = await messages_after(store, conversation_id)
    assert job is not None
    assert job.say == said
    assert messages[1].verdict == verdict


async def test_a_verdict_on_an_older_answer_is_only_kept(store: Store, sender_of: Any) -> None:
    conversation_id = await answered(store, sender_of, answer("one"), answer("two"))
    await give_verdict(store, sender_of(conversation_id), 2, "no")
    assert await next_turn(store, conversation_id) is None


async def test_asking_for_a_person_puts_the_shopper_in_line_with_the_whole_package(
    store: Store, sender_of: Any
) -> None:
    conversation_id = await answered(store, sender_of)
    await ask_person(store, sender_of(conversation_id), staffed=True)
    row = await conversation(store, conversation_id)
    made = await hand_overs(store, conversation_id)
    messages = await messages_after(store, conversation_id)
    assert row is not None
    assert (row.owner, row.epoch, row.contact) == ("queue", 1, "none")
    assert (made[0].reason, made[0].question) == ("asked", "how long")
    assert made[0].package["context"]["page"]["step"] == "payment"
    assert messages[-1].body["notice"] == {"code": "queued", "params": {"reason": "asked"}}


async def test_with_nobody_at_the_desk_an_address_is_asked_for_and_kept(store: Store, sender_of: Any) -> None:
    conversation_id = await answered(store, sender_of)
    await ask_person(store, sender_of(conversation_id), staffed=False)
    row = await conversation(store, conversation_id)
    assert row is not None
    assert (row.owner, row.contact) == ("queue", "wanted")
    await keep_contact(store, sender_of(conversation_id), "Ann", "ann@example.com", "How long?")
    row = await conversation(store, conversation_id)
    kept = await contact(store, conversation_id)
    messages = await messages_after(store, conversation_id)
    assert row is not None
    assert kept is not None
    assert (row.contact, kept.name, kept.email, kept.question) == (
        "kept",
        "Ann",
        "ann@example.com",
        "How long?",
    )
    codes = [message.body["notice"]["code"] for message in messages if message.kind == "notice"]
    assert codes == ["contact_wanted", "contact_kept"]


async def test_the_package_is_completed_while_the_shopper_waits(store: Store, sender_of: Any) -> None:
    conversation_id = await answered(store, sender_of)
    await ask_person(store, sender_of(conversation_id), staffed=True)
    await save_context(store, conversation_id, {"page": {"url": "/", "title": "", "step": "review"}})
    made = await hand_overs(store, conversation_id)
    assert made[0].package["context"]["page"]["step"] == "review"


async def test_an_offer_opens_a_conversation_and_comes_once_in_ten_minutes(
    store: Store, sender_of: Any, clock: Any
) -> None:
    taken = await make_offer(store, sender_of(), DECLINED, offer(), None)
    assert taken is not None
    assert not await may_offer(store, taken.conversation_id, DECLINED)
    assert await make_offer(store, sender_of(taken.conversation_id), DECLINED, offer(), None) is None
    clock.pass_time(minutes=9)
    assert not await may_offer(store, taken.conversation_id, DECLINED)
    other = Trigger("payment.declined", "expired_card", {"code": "expired_card"})
    assert await may_offer(store, taken.conversation_id, other)
    clock.pass_time(minutes=2)
    assert await make_offer(store, sender_of(taken.conversation_id), DECLINED, offer(), None) is not None


async def test_a_dismissed_offer_stays_dismissed(store: Store, sender_of: Any, clock: Any) -> None:
    taken = await make_offer(store, sender_of(), DECLINED, offer(), None)
    assert taken is not None
    await dismiss_offer(store, taken.conversation_id, 1)
    clock.pass_time(days=1)
    assert not await may_offer(store, taken.conversation_id, DECLINED)


async def test_nothing_is_offered_beside_an_agent(store: Store, sender_of: Any, maya: Agent) -> None:
    taken = await say(store, sender_of(), "hello")
    await claim(store, taken.conversation_id, 0, maya)
    assert await make_offer(store, sender_of(taken.conversation_id), DECLINED, offer(), None) is None
    assert len(await messages_after(store, taken.conversation_id)) == 2


async def test_every_change_of_owner_is_kept_with_who_and_why(
    store: Store, sender_of: Any, maya: Agent
) -> None:
    taken = await say(store, sender_of(), "hello")
    await ask_person(store, sender_of(taken.conversation_id), staffed=True)
    await claim(store, taken.conversation_id, 1, maya)
    changes = await owner_changes(store, taken.conversation_id)
    assert [(row.epoch, row.owner, row.by, row.reason) for row in changes] == [
        (1, "queue", "shopper", "asked"),
        (2, "agent", "Maya", "claimed"),
    ]


async def test_earlier_conversations_are_shown_only_of_who_agreed(
    store: Store, opening: Opening, clock: Any
) -> None:
    first = await say(store, Sender(opening, None, "client-0001"), "first")
    clock.pass_time(hours=1)
    second = await say(store, Sender(opening, None, "client-0002"), "second")
    row = await conversation(store, second.conversation_id)
    assert row is not None
    assert [found.id for found in await earlier(store, row)] == [first.conversation_id]
    unlinked = Opening(
        "fernhill", "visitor-3", "en", linked=False, context={"consent": False}, shopper=opening.shopper
    )
    await say(store, Sender(unlinked, None, "client-0003"), "third")
    clock.pass_time(hours=1)
    fourth = await say(store, Sender(unlinked, None, "client-0004"), "fourth")
    row = await conversation(store, fourth.conversation_id)
    assert row is not None
    assert await earlier(store, row) == []
    assert await visitor(store, "visitor-3") is None


async def test_a_verified_shopper_is_known_again_on_another_device(store: Store, clock: Any) -> None:
    signed = {"name": "Ann", "email": None, "subject": "customer-7", "verified": True}
    phone = Opening("fernhill", "visitor-phone", "en", linked=True, context={}, shopper=signed)
    laptop = Opening("fernhill", "visitor-laptop", "en", linked=True, context={}, shopper=signed)
    first = await say(store, Sender(phone, None, "client-0001"), "on the phone")
    clock.pass_time(hours=1)
    second = await say(store, Sender(laptop, None, "client-0002"), "on the laptop")
    row = await conversation(store, second.conversation_id)
    assert row is not None
    assert [found.id for found in await earlier(store, row)] == [first.conversation_id]
