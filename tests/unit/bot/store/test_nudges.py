"""What was shown unasked is kept with the visitor; for who is not to be known again, with the chat alone."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from bot.chat.answers import person_offer, questions_offer
from bot.errors import AppError
from bot.store.conversations import Agent, Opening
from bot.store.database import Store
from bot.store.desk import claim
from bot.store.messages import messages_after
from bot.store.models import Conversation, Nudge
from bot.store.nudges import shown_in, shown_to
from bot.store.shopper import (
    Sender,
    Trigger,
    ask_person,
    choose,
    dismiss_offer,
    give_verdict,
    make_offer,
    say,
)
from bot.store.turns import next_turn

FAILED = Trigger("payment.failed", "limit", {"code": "61"}, "payment-failed")
IDLE = Trigger("idle", None, {}, "idle", guess=True)
LONG_AGO = timedelta(days=365)


def questions(trigger: Trigger = IDLE) -> Any:
    return questions_offer("Is yours among them?", [("a1", "One?"), ("a2", "Two?")], trigger)


async def test_an_offer_is_kept_with_the_visitor(store: Store, sender_of: Any, clock: Any) -> None:
    begin = clock.now()
    first = await make_offer(store, sender_of(), FAILED, questions(FAILED), None)
    assert first is not None
    clock.pass_time(minutes=20)
    second = await make_offer(store, sender_of(first.conversation_id), IDLE, questions(), None)
    assert second is not None
    await dismiss_offer(store, first.conversation_id, 1)
    shown = await shown_to(store, "visitor-1", begin - LONG_AGO)
    assert [(one.trigger, one.about, one.guess) for one in shown] == [
        ("idle", "idle", True),
        ("payment-failed", "payment.failed:limit", False),
    ]
    assert [one.dismissed_at for one in shown] == [None, clock.now()]
    assert await shown_to(store, "visitor-1", clock.now()) == []
    assert await shown_to(store, "visitor-2", begin - LONG_AGO) == []


async def test_a_chat_alone_tells_the_same(store: Store, sender_of: Any, clock: Any) -> None:
    taken = await make_offer(store, sender_of(), FAILED, questions(FAILED), None)
    assert taken is not None
    clock.pass_time(minutes=3)
    await dismiss_offer(store, taken.conversation_id, 1)
    kept = await shown_to(store, "visitor-1", clock.now() - LONG_AGO)
    assert await shown_in(store, taken.conversation_id) == kept


async def test_nothing_is_kept_of_who_is_not_to_be_known_again(
    store: Store, opening: Opening, clock: Any
) -> None:
    sender = Sender(replace(opening, linked=False), None, "client-0001")
    taken = await make_offer(store, sender, IDLE, questions(), None)
    assert taken is not None
    await dismiss_offer(store, taken.conversation_id, 1)
    assert await shown_to(store, "visitor-1", clock.now() - LONG_AGO) == []
    assert [one.dismissed_at for one in await shown_in(store, taken.conversation_id)] == [clock.now()]


async def test_the_same_frame_again_is_kept_once(store: Store, sender_of: Any, clock: Any) -> None:
    sender = sender_of()
    for _ in range(3):
        taken = await make_offer(store, sender, IDLE, questions(), None)
        assert taken is not None
        assert taken.seq == 1
    assert len(await shown_to(store, "visitor-1", clock.now() - LONG_AGO)) == 1


async def test_a_guess_waits_until_no_other_offer_stands(store: Store, sender_of: Any, clock: Any) -> None:
    taken = await make_offer(store, sender_of(), FAILED, questions(FAILED), None)
    assert taken is not None
    here = taken.conversation_id
    assert await make_offer(store, sender_of(here), IDLE, questions(), None) is None
    other = Trigger("payment.failed", "expired_card", {}, "payment-failed")
    assert await make_offer(store, sender_of(here), other, questions(other), None) is not None
    await dismiss_offer(store, here, 2)
    assert await make_offer(store, sender_of(here), IDLE, questions(), None) is not None


async def test_no_guess_while_people_are_asked_or_there(store: Store, sender_of: Any, maya: Agent) -> None:
    taken = await say(store, sender_of(), "hello")
    here = taken.conversation_id
    await ask_person(store, sender_of(here), staffed=True)
    assert await make_offer(store, sender_of(here), IDLE, questions(), None) is None
    assert await make_offer(store, sender_of(here), FAILED, questions(FAILED), None) is not None
    await claim(store, here, 1, maya)
    assert await make_offer(store, sender_of(here), FAILED, questions(FAILED), None) is None


async def test_a_question_of_an_offer_is_chosen_like_any_button(store: Store, sender_of: Any) -> None:
    taken = await make_offer(store, sender_of(), IDLE, questions(), None)
    assert taken is not None
    await choose(store, sender_of(taken.conversation_id), 1, "a2", "Two?")
    job = await next_turn(store, taken.conversation_id)
    messages = await messages_after(store, taken.conversation_id)
    assert job is not None
    assert job.say == '/choose_article{"article": "a2", "label": "Two?"}'
    assert (messages[0].body["chosen"], messages[1].text) == ("Two?", "Two?")


async def test_an_offered_person_is_asked_for_like_any_other(store: Store, sender_of: Any) -> None:
    taken = await make_offer(store, sender_of(), IDLE, person_offer("Talk?", IDLE, "en"), None)
    assert taken is not None
    await ask_person(store, sender_of(taken.conversation_id), staffed=True)
    messages = await messages_after(store, taken.conversation_id)
    assert messages[0].body["chosen"] == "Talk to a person"


async def test_a_verdict_needs_an_answer(store: Store, sender_of: Any) -> None:
    taken = await make_offer(store, sender_of(), IDLE, questions(), None)
    assert taken is not None
    with pytest.raises(AppError, match="Message 1 holds no answer"):
        await give_verdict(store, sender_of(taken.conversation_id), 1, "yes")


async def test_what_was_shown_goes_with_its_conversation(store: Store, sender_of: Any) -> None:
    taken = await make_offer(store, sender_of(), IDLE, questions(), None)
    assert taken is not None
    async with store.change() as change:
        await change.session.execute(delete(Conversation))
    async with store.read() as session:
        assert await session.scalar(select(func.count()).select_from(Nudge)) == 0
