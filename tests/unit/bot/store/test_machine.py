"""Any order of events on the real store: one owner, messages without gap or repetition, no lost turn."""

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.clock import SystemClock
from bot.conversation import Author, Owner
from bot.errors import AppError
from bot.hub import Hub
from bot.store.conversations import Agent, Opening, conversation, owner_changes
from bot.store.database import Store, open_store
from bot.store.desk import claim, close_conversation, hand_back, reply
from bot.store.messages import Draft, messages_after
from bot.store.models import Conversation
from bot.store.shopper import Sender, ask_person, say
from bot.store.staff import add_staff
from bot.store.turns import Job, Outcome, finish, next_turn

REFUSALS = ("stale_epoch", "closed", "not_allowed")
NUMBERS = itertools.count(1)


class AnyOrder(RuleBasedStateMachine):
    """One conversation, two agents, a slow assistant."""

    runner: asyncio.Runner
    store: Store
    agents: tuple[Agent, Agent]

    def __init__(self) -> None:
        super().__init__()
        opening = Opening("fernhill", f"visitor-{next(NUMBERS)}", "en", linked=True, context={}, shopper={})
        self.opening = opening
        self.sent = ["1"]
        self.conversation_id = self.run(say(self.store, self.sender("said-00000001"), "1")).conversation_id
        self.jobs: list[Job] = []
        self.tried: set[int] = set()

    def run(self, work: Any) -> Any:
        return self.runner.run(work)

    def sender(self, client_id: str) -> Sender:
        return Sender(self.opening, getattr(self, "conversation_id", None), client_id)

    def row(self) -> Conversation:
        found: Conversation = self.run(conversation(self.store, self.conversation_id))
        return found

    def attempt(self, work: Any) -> bool:
        before = self.row()
        try:
            self.run(work)
        except AppError as error:
            refused = error
        else:
            return True
        assert refused.code in REFUSALS
        after = self.row()
        assert (after.owner, after.epoch, after.last_seq) == (before.owner, before.epoch, before.last_seq)
        return False

    @rule(again=st.booleans())
    def say(self, again: bool) -> None:
        number = len(self.sent) if again else len(self.sent) + 1
        taken = self.run(say(self.store, self.sender(f"said-{number:08}"), str(number)))
        assert taken.again == again
        if not again:
            self.sent.append(str(number))

    @rule(again=st.booleans())
    def begin_answer(self, again: bool) -> None:
        job = self.run(next_turn(self.store, self.conversation_id, self.tried if again else ()))
        if job is not None:
            self.tried.add(job.turn_id)
            self.jobs.append(job)

    @precondition(lambda self: self.jobs)
    @rule(data=st.data())
    def end_answer(self, data: st.DataObject) -> None:
        job = data.draw(st.sampled_from(self.jobs))
        before = self.row()
        answer = Draft(Author.ASSISTANT, f"answer to {job.turn_id}")
        kept = self.run(finish(self.store, job, Outcome("rasa", (answer,)), staffed=True))
        if kept:
            assert before.epoch == job.epoch
            assert before.owner in (Owner.ASSISTANT, Owner.QUEUE)

    @rule()
    def ask(self) -> None:
        client_id = f"ask-{next(NUMBERS):08}"
        self.run(ask_person(self.store, self.sender(client_id), staffed=True))

    @rule(behind=st.integers(0, 1), who=st.integers(0, 1))
    def claim(self, behind: int, who: int) -> None:
        epoch = self.row().epoch - behind
        done = self.attempt(claim(self.store, self.conversation_id, epoch, self.agents[who]))
        assert not (done and behind)

    @rule(behind=st.integers(0, 1), who=st.integers(0, 1))
    def reply(self, behind: int, who: int) -> None:
        before = self.row()
        work = reply(
            self.store,
            self.conversation_id,
            before.epoch - behind,
            self.agents[who],
            f"reply-{next(NUMBERS):08}",
            "hello",
        )
        mine = before.owner == Owner.AGENT and before.agent_id == self.agents[who].id
        assert self.attempt(work) == (mine and behind == 0)

    @rule(behind=st.integers(0, 1), who=st.integers(0, 1))
    def hand_back(self, behind: int, who: int) -> None:
        epoch = self.row().epoch - behind
        done = self.attempt(hand_back(self.store, self.conversation_id, epoch, self.agents[who], ""))
        assert not (done and behind)

    @rule(behind=st.integers(0, 1), who=st.integers(0, 1))
    def close(self, behind: int, who: int) -> None:
        epoch = self.row().epoch - behind
        work = close_conversation(self.store, self.conversation_id, epoch, self.agents[who], "other")
        done = self.attempt(work)
        assert not (done and behind)

    @invariant()
    def nothing_is_lost_doubled_or_out_of_order(self) -> None:
        messages = self.run(messages_after(self.store, self.conversation_id))
        assert [message.seq for message in messages] == list(range(1, len(messages) + 1))
        assert [m.text for m in messages if m.author == "shopper"] == self.sent
        answers = [m.text for m in messages if m.author == "assistant"]
        assert len(answers) == len(set(answers))

    @invariant()
    def the_epoch_counts_the_changes_of_owner(self) -> None:
        row = self.row()
        changes = self.run(owner_changes(self.store, self.conversation_id))
        assert [change.epoch for change in changes] == list(range(1, row.epoch + 1))
        assert row.owner == (changes[-1].owner if changes else Owner.ASSISTANT)
        assert (row.agent_id is not None) == (row.owner == Owner.AGENT)

    @invariant()
    def with_an_agent_or_closed_no_turn_is_open(self) -> None:
        if self.row().owner in (Owner.AGENT, Owner.CLOSED):
            assert self.run(next_turn(self.store, self.conversation_id)) is None


@pytest.fixture
def machine(database_url: str) -> Iterator[type[AnyOrder]]:
    with asyncio.Runner() as runner:
        AnyOrder.runner = runner
        AnyOrder.store = runner.run(open_store(database_url, SystemClock(), Hub()))
        AnyOrder.agents = runner.run(two_agents(AnyOrder.store))
        yield AnyOrder
        runner.run(AnyOrder.store.close())


async def two_agents(store: Store) -> tuple[Agent, Agent]:
    agents = []
    for name in ("Maya", "Tom"):
        row = None
        with suppress(AppError):
            row = await add_staff(store, f"{name}-{next(NUMBERS)}@machine.example", name, "agent", "hash")
        assert row is not None
        agents.append(Agent(row.id, name))
    return agents[0], agents[1]


def test_any_order_of_events_keeps_the_promises(machine: type[AnyOrder]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=10,
            stateful_step_count=16,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
