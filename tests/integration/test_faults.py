"""Rasa slow or dead, actions dead, the database locked, bot killed: nothing lost, doubled or out of order."""

import asyncio
import signal
import sqlite3

from scripts.line import having
from scripts.shopper import PAYMENT_CONTEXT, Shopper, articles
from scripts.stack import Stack
from tests.integration.trouble import frozen, full_disk, killed

ANSWERABLE = "how many days do i have to send stuff back"


async def test_a_confident_answer_still_comes_while_rasa_hangs_and_the_late_one_is_dropped(
    stack: Stack,
) -> None:
    async with Shopper(stack.url, context=dict(PAYMENT_CONTEXT)) as shopper:
        with frozen(stack, "rasa"):
            said = await shopper.say(ANSWERABLE)
            assert articles(said) == ["return-window"]
        await asyncio.sleep(0.5)
        later = await shopper.say("can i buy without an account")
        assert articles(later) == ["guest-checkout"]
        assert articles(shopper.messages) == ["return-window", "guest-checkout"]


async def test_a_confident_answer_still_comes_while_rasa_is_dead(stack: Stack) -> None:
    async with Shopper(stack.url, context=dict(PAYMENT_CONTEXT)) as shopper:
        with killed(stack, "rasa"):
            said = await shopper.say(ANSWERABLE)
            assert articles(said) == ["return-window"]
        await wait_for_rasa(stack)


async def wait_for_rasa(stack: Stack) -> None:
    for _ in range(600):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", stack.ports["rasa"])
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return
    raise AssertionError(f"rasa did not come back: {stack.tail('rasa')}")


async def test_with_everything_behind_it_dead_the_question_is_kept_and_goes_to_a_person(stack: Stack) -> None:
    async with Shopper(stack.url, context=dict(PAYMENT_CONTEXT)) as shopper:
        with killed(stack, "rasa", "actions"):
            said = await shopper.say(ANSWERABLE)
            assert any(message["kind"] == "notice" for message in said)
            assert shopper.state["owner"] == "queue"
        await wait_for_rasa(stack)
        for _ in range(300):
            if articles(await shopper.say("can i buy without an account")) == ["guest-checkout"]:
                break
            await asyncio.sleep(1)
        else:
            raise AssertionError("no answer after actions came back")


async def test_a_locked_database_is_told_and_the_message_can_be_sent_again(stack: Stack) -> None:
    async with Shopper(stack.url, context=dict(PAYMENT_CONTEXT)) as shopper:
        await shopper.say(ANSWERABLE)
        locker = sqlite3.connect(stack.var / "bot.db", isolation_level=None, timeout=10)
        locker.execute("BEGIN IMMEDIATE")
        frame = {"type": "say", "id": shopper.line.new_id(), "text": "can i buy without an account"}
        refused = await shopper.send(frame)
        locker.execute("ROLLBACK")
        locker.close()
        assert refused["type"] == "error"
        assert refused["code"] == "unavailable"
        said = await shopper.turn(frame)
        assert articles(said) == ["guest-checkout"]
        mine = [m["text"] for m in shopper.messages if m["author"] == "shopper"]
        assert mine == [ANSWERABLE, "can i buy without an account"]


async def test_a_full_disk_is_told_and_nothing_that_was_kept_is_lost(stack: Stack) -> None:
    async with Shopper(stack.url, context=dict(PAYMENT_CONTEXT)) as shopper:
        await shopper.say(ANSWERABLE)
        frame = {"type": "say", "id": shopper.line.new_id(), "text": "can i buy without an account"}
        with full_disk(stack):
            refused = await shopper.send(frame)
        assert (refused["type"], refused["code"]) == ("error", "unavailable")
        said = await shopper.turn(frame)
        assert articles(said) == ["guest-checkout"]
        mine = [m["text"] for m in shopper.messages if m["author"] == "shopper"]
        assert mine == [ANSWERABLE, "can i buy without an account"]


async def test_bot_killed_in_mid_answer_answers_after_the_restart_once_and_in_order(stack: Stack) -> None:
    shopper = Shopper(stack.url, context=dict(PAYMENT_CONTEXT))
    await shopper.connect()
    with frozen(stack, "rasa"):
        ack = await shopper.send({"type": "say", "text": ANSWERABLE})
        assert ack["type"] == "ack"
        stack.stop("bot", signal.SIGKILL)
        await shopper.leave()
    stack.spawn("bot")
    await asyncio.to_thread(stack.wait_ready)
    back = Shopper(stack.url, visitor=shopper.visitor, conversation=ack["conversation"])
    async with back:
        await back.line.wait(having(type="message", kind="answer"), timeout_s=60, what="the answer")
        said = [(m["seq"], m["author"], m["kind"]) for m in back.messages]
        assert said == [(1, "shopper", "text"), (2, "assistant", "answer")]
