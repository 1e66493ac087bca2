"""The state of a dialogue, through JSON and through nonsense."""

import json

from hypothesis import given
from hypothesis import strategies as st

from actions.state import Choice, DialogueState, LastAnswer

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
FIELDS = st.sampled_from(list(DialogueState().as_json()))


def test_a_state_comes_back_from_json_as_it_was() -> None:
    state = DialogueState(
        last_question="how much is delivery",
        tried=("a", "b"),
        awaiting="clarify",
        clarified=1,
        not_helped=2,
        misses=1,
        last_answer=LastAnswer("a", "how much", 0.93, "0badcafe"),
        settled="a refund",
        offered=(Choice("c", 0.4), Choice("d", 0.2)),
        country="DE",
        asked_country=True,
    )
    assert DialogueState.from_json(json.loads(json.dumps(state.as_json()))) == state


@given(given=JSON | st.dictionaries(FIELDS, JSON))
def test_nonsense_gives_a_state_that_is_stable(given: object) -> None:
    state = DialogueState.from_json(given)
    assert DialogueState.from_json(state.as_json()) == state


def test_what_makes_no_sense_is_as_at_the_start() -> None:
    given = {"last_question": 7, "tried": "abc", "awaiting": "rain", "clarified": -3, "misses": True}
    assert DialogueState.from_json(given) == DialogueState()


def test_the_chat_servers_first_three_fields_are_enough() -> None:
    state = DialogueState.from_json({"last_question": "q", "tried": ["a"], "awaiting": "helped"})
    assert (state.last_question, state.tried, state.awaiting) == ("q", ("a",), "helped")
