"""The state machine of ownership: its rules one by one, then any order of events."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.conversation import Owner, Ownership
from bot.errors import AppError

AGENTS = st.sampled_from(["maya", "tom"])


def refused(code: str) -> "pytest.RaisesExc[AppError]":
    return pytest.RaisesExc(AppError, check=lambda error: error.code == code)


def test_a_new_conversation_belongs_to_the_assistant() -> None:
    assert Ownership() == Ownership(Owner.ASSISTANT, 0, None)


def test_each_change_of_owner_raises_the_epoch_by_one() -> None:
    queued = Ownership().ask()
    claimed = queued.claim(1, "maya")
    back = claimed.hand_back(2, "maya")
    assert [queued.epoch, claimed.epoch, back.epoch] == [1, 2, 3]
    assert [queued.owner, claimed.owner, back.owner] == [Owner.QUEUE, Owner.AGENT, Owner.ASSISTANT]


def test_asking_for_a_person_twice_changes_nothing() -> None:
    queued = Ownership().ask()
    assert queued.ask() == queued


def test_two_agents_never_claim_the_same_shopper() -> None:
    claimed = Ownership().ask().claim(1, "maya")
    with refused("stale_epoch"):
        claimed.claim(1, "tom")
    with refused("stale_epoch"):
        claimed.claim(2, "tom")


def test_an_agent_takes_over_from_the_assistant() -> None:
    assert Ownership().claim(0, "maya") == Ownership(Owner.AGENT, 1, "maya")


def test_a_late_answer_of_the_assistant_is_refused_after_a_hand_over() -> None:
    with refused("stale_epoch"):
        Ownership().ask().check_assistant_writes(0)


def test_the_assistant_may_answer_in_the_queue_what_is_asked_there() -> None:
    Ownership().ask().check_assistant_writes(1)


def test_a_claim_silences_the_assistant() -> None:
    with refused("stale_epoch"):
        Ownership().ask().claim(1, "maya").check_assistant_writes(2)


def test_only_the_owner_hands_back_and_closes() -> None:
    claimed = Ownership().ask().claim(1, "maya")
    with refused("not_allowed"):
        claimed.hand_back(2, "tom")
    with refused("not_allowed"):
        claimed.close(2, "tom")
    with refused("not_allowed"):
        claimed.check_agent_writes(2, "tom")


def test_who_waits_may_be_closed_without_a_claim() -> None:
    assert Ownership().ask().close(1, "maya").owner is Owner.CLOSED


def test_a_closed_conversation_takes_no_more_from_agents() -> None:
    closed = Ownership().ask().close(1, "maya")
    with refused("closed"):
        closed.claim(2, "tom")
    with refused("closed"):
        closed.check_agent_writes(2, "maya")


def test_a_shoppers_message_opens_a_closed_conversation_with_the_assistant() -> None:
    closed = Ownership().ask().close(1, "maya")
    assert closed.shopper_wrote() == Ownership(Owner.ASSISTANT, 3, None)
    assert closed.ask() == Ownership(Owner.QUEUE, 3, None)


def test_a_shoppers_message_changes_no_other_owner() -> None:
    for ownership in (Ownership(), Ownership().ask(), Ownership().ask().claim(1, "maya")):
        assert ownership.shopper_wrote() == ownership


class AnyOrder(RuleBasedStateMachine):
    """Whatever happens in whatever order: one owner, and an epoch that never repeats."""

    def __init__(self) -> None:
        super().__init__()
        self.now = Ownership()
        self.seen = [self.now]

    def _try(self, step: str, *args: object) -> None:
        before, refused = self.now, None
        try:
            self.now = getattr(self.now, step)(*args)
        except AppError as error:
            refused = error.code
        assert refused in (None, "stale_epoch", "closed", "not_allowed")
        if self.now != before:
            assert self.now.epoch == before.epoch + 1
            self.seen.append(self.now)

    @rule()
    def ask(self) -> None:
        self._try("ask")

    @rule()
    def write(self) -> None:
        self._try("shopper_wrote")

    @rule(behind=st.integers(0, 2), agent=AGENTS)
    def claim(self, behind: int, agent: str) -> None:
        before = self.now
        self._try("claim", self.now.epoch - behind, agent)
        assert behind == 0 or self.now == before

    @rule(behind=st.integers(0, 2), agent=AGENTS)
    def hand_back(self, behind: int, agent: str) -> None:
        before = self.now
        self._try("hand_back", self.now.epoch - behind, agent)
        assert self.now == before or (behind == 0 and before.agent == agent)

    @rule(behind=st.integers(0, 2), agent=AGENTS)
    def close(self, behind: int, agent: str) -> None:
        before = self.now
        self._try("close", self.now.epoch - behind, agent)
        assert self.now == before or behind == 0

    @rule(behind=st.integers(0, 2))
    def answer(self, behind: int) -> None:
        allowed = behind == 0 and self.now.owner in (Owner.ASSISTANT, Owner.QUEUE)
        try:
            self.now.check_assistant_writes(self.now.epoch - behind)
        except AppError:
            assert not allowed
        else:
            assert allowed

    @invariant()
    def an_agent_is_named_only_while_one_owns_it(self) -> None:
        assert (self.now.agent is not None) == (self.now.owner is Owner.AGENT)

    @invariant()
    def no_epoch_comes_twice(self) -> None:
        epochs = [ownership.epoch for ownership in self.seen]
        assert epochs == sorted(set(epochs))


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
