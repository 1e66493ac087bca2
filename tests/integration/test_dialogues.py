"""The dialogues of tests/rasa/dialogues.yml, played through the chat server against the three processes."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts.line import Frame, having
from scripts.shopper import PAYMENT_CONTEXT, Agent, Shopper
from scripts.stack import Stack

DIALOGUES = yaml.safe_load(
    (Path(__file__).parents[1] / "rasa" / "dialogues.yml").read_text(encoding="utf-8")
)["dialogues"]

Step = dict[str, Any]


def last_shown(shopper: Shopper, *kinds: str) -> Frame:
    return next(message for message in reversed(shopper.messages) if message["kind"] in kinds)


def label(clarify: Frame, article: str | None) -> str:
    return next(choice["label"] for choice in clarify["choices"] if choice["article"] == article)


def frame_of(step: Step, shopper: Shopper) -> Frame:
    """The frame that a step of a dialogue stands for."""
    if "say" in step:
        return {"type": "say", "text": step["say"]}
    if "verdict" in step:
        seq = last_shown(shopper, "answer", "offer")["seq"]
        return {"type": "verdict", "seq": seq, "helped": step["verdict"]}
    if "press" in step:
        shown = last_shown(shopper, "clarify")
        wanted = step["press"]["label"]
        assert wanted in [choice["label"] for choice in shown["choices"]]
        return {"type": "choose", "seq": shown["seq"], "article": None, "label": wanted}
    if "choose" in step:
        shown = last_shown(shopper, "clarify")
        article = step["choose"]
        return {"type": "choose", "seq": shown["seq"], "article": article, "label": label(shown, article)}
    if "ask_person" in step:
        return {"type": "ask_person"}
    return {"type": "track", "event": step["track"]["event"], "data": step["track"].get("data", {})}


async def hand_back(shopper: Shopper, agent: Agent, settled: str) -> list[Frame]:
    """An agent claims and hands back; gives what the assistant says next."""
    mine = await agent.claim(shopper.conversation)
    since = len(shopper.frames)
    back = {"type": "hand_back", "conversation": mine["id"], "epoch": mine["epoch"], "settled": settled}
    assert (await agent.send(back))["type"] == "ack"
    return [message for message in await shopper.answers(since) if message["author"] == "assistant"]


async def play(step: Step, shopper: Shopper, agent: Agent) -> list[Frame]:
    if "returned" in step:
        return await hand_back(shopper, agent, step["returned"])
    return await shopper.turn(frame_of(step, shopper))


async def check(step: Step, said: list[Frame], shopper: Shopper, agent: Agent) -> None:
    """Hold what came against what the dialogue expects."""
    expected = step["expect"]
    kinds = [message["kind"] for message in said]
    assert kinds == expected["kinds"], f"{step}: {[(m['kind'], m['text']) for m in said]}"
    if "article" in expected:
        assert expected["article"] in [m["answer"]["article"]["id"] for m in said if m.get("answer")]
    if "says" in expected:
        assert any(expected["says"] in m["text"] for m in said), [m["text"] for m in said]
    if "notice" in expected:
        assert expected["notice"] in [m["notice"]["code"] for m in said if m["kind"] == "notice"]
    if "owner" in expected:
        await shopper.gets(type="state", owner=expected["owner"])
    if "reason" in expected:
        summary = await agent.summary(having(id=shopper.conversation, reason=expected["reason"]))
        assert summary["owner"] == "queue"


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=[dialogue["name"] for dialogue in DIALOGUES])
async def test_a_dialogue_goes_as_written(stack: Stack, agent: Agent, dialogue: dict[str, Any]) -> None:
    context = {**PAYMENT_CONTEXT, "country": dialogue.get("country", PAYMENT_CONTEXT["country"])}
    async with Shopper(stack.url, context=context) as shopper:
        for step in dialogue["steps"]:
            await check(step, await play(step, shopper, agent), shopper, agent)
