"""bot on a PostgreSQL, with the running rasa and actions: the main job, and a restart in mid-answer."""

import asyncio
import signal
from collections.abc import Iterator

import pytest

from scripts.line import having
from scripts.shopper import PAYMENT_CONTEXT, Agent, Shopper, articles
from scripts.stack import AGENT, Stack
from tests.integration.trouble import frozen

ANSWERABLE = "how many days do i have to send stuff back"
UNANSWERABLE = "do you rent out ice axes by the weekend"


@pytest.fixture(scope="module")
def on_postgresql(
    stack: Stack, postgresql_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    """A second `bot`; the processes behind it are those of `stack`."""
    env = {
        "BOT_DATABASE_URL": postgresql_url,
        "BOT_RASA_URL": f"http://127.0.0.1:{stack.ports['rasa']}",
        "BOT_ACTIONS_URL": stack.actions_url,
    }
    second = Stack(tmp_path_factory.mktemp("on-postgresql"), env=env)
    try:
        second.spawn("bot")
        second.wait_ready()
        second.add_agent(AGENT)
        yield second
    finally:
        second.stop_all()


async def test_a_question_is_answered_and_the_next_goes_to_a_person_who_answers(
    on_postgresql: Stack,
) -> None:
    bot = on_postgresql
    async with (
        Agent(bot.url, AGENT["email"], AGENT["password"]) as agent,
        Shopper(bot.url, context=dict(PAYMENT_CONTEXT)) as shopper,
    ):
        assert articles(await shopper.say(ANSWERABLE)) == ["return-window"]
        await shopper.say(UNANSWERABLE)
        mine = await agent.claim(shopper.conversation)
        story = await agent.watch(shopper.conversation or "")
        assert (story["question"], story["reason"]) == (UNANSWERABLE, "not_confident")
        reply = {
            "type": "reply",
            "conversation": shopper.conversation,
            "epoch": mine["epoch"],
            "text": "We don't rent gear.",
        }
        assert (await agent.send(reply))["type"] == "ack"
        shown = await shopper.gets(type="message", author="agent")
        assert shown["text"] == "We don't rent gear."
        assert [message["seq"] for message in shopper.messages] == list(range(1, shown["seq"] + 1))


async def test_bot_killed_in_mid_answer_answers_once_when_its_lease_has_ended(
    stack: Stack, on_postgresql: Stack
) -> None:
    bot = on_postgresql
    shopper = Shopper(bot.url, context=dict(PAYMENT_CONTEXT))
    await shopper.connect()
    with frozen(stack, "rasa"):
        ack = await shopper.send({"type": "say", "text": ANSWERABLE})
        bot.stop("bot", signal.SIGKILL)
        await shopper.leave()
    bot.spawn("bot")
    await asyncio.to_thread(bot.wait_ready)
    async with Shopper(bot.url, visitor=shopper.visitor, conversation=ack["conversation"]) as back:
        await back.line.wait(having(type="message", kind="answer"), timeout_s=60, what="the answer")
        said = [(m["seq"], m["author"], m["kind"]) for m in back.messages]
        assert said == [(1, "shopper", "text"), (2, "assistant", "answer")]
