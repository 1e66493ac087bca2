"""Conditions: the table that the widget shares, the rules of logic, and mistakes named by line and key."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.conditions import KEYS, holds, may_hold, read_condition
from knowledge_base.frontmatter import FormatError, Source

TABLE = json.loads((Path(__file__).parents[2] / "contract/conditions.json").read_text(encoding="utf-8"))

STEPS = st.sampled_from(["cart", "payment", "review"])
NUMBERS = st.integers(0, 5) | st.integers(0, 20).map(lambda quarters: quarters / 4)
EVENTS = st.sampled_from(["payment.failed", "coupon.rejected", "step.entered"])
LEAVES = st.one_of(
    st.builds(lambda found: {"step": found}, st.lists(STEPS, min_size=1, max_size=2)),
    st.builds(
        lambda key, value: {key: value},
        st.sampled_from(["in_step_s", "idle_s", "field_s", "field_errors", "back_and_forth", "total_from"]),
        NUMBERS,
    ),
    st.builds(lambda value: {"total_below": value}, NUMBERS),
    st.builds(lambda value: {"items_below": value}, NUMBERS),
    st.builds(lambda found: {"seen": found}, st.lists(EVENTS, min_size=1, max_size=2)),
    st.builds(lambda value: {"coupon": value}, st.sampled_from(["none", "applied"])),
    st.builds(lambda value: {"returning": value}, st.booleans()),
    st.builds(lambda value: {"data": {"code": [value]}}, st.sampled_from(["51", "05"])),
    st.just({"exit": True}),
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(lambda found: {"all": found}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda found: {"any": found}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda found: {"not": found}, inner),
    ),
    max_leaves=8,
)
STATES = st.fixed_dictionaries(
    {},
    optional={
        "step": STEPS,
        "in_step_s": NUMBERS,
        "idle_s": NUMBERS,
        "field_s": NUMBERS,
        "field_errors": st.integers(0, 5),
        "back_and_forth": st.integers(0, 5),
        "exit": st.booleans(),
        "total": NUMBERS,
        "items": st.integers(0, 5),
        "coupon": st.sampled_from(["none", "tried", "applied"]),
        "returning": st.booleans(),
        "seen": st.lists(EVENTS, max_size=3),
        "data": st.dictionaries(st.sampled_from(["code"]), st.sampled_from(["51", 51, "05", None])),
    },
)


def read(text: str) -> Any:
    return read_condition(yaml.compose(text, Loader=yaml.SafeLoader), Source("triggers.yml"))


@pytest.mark.parametrize("row", TABLE, ids=lambda row: json.dumps([row["cond"], row["state"]])[:70])
def test_the_table_that_server_and_widget_share_holds(row: dict[str, Any]) -> None:
    assert holds(row["cond"], row["state"]) is row["holds"]


def test_the_table_asks_for_every_condition_with_both_answers() -> None:
    answers = {(key, row["holds"]) for row in TABLE for key in row["cond"]}
    assert {(key, answer) for key in KEYS for answer in (True, False)} <= answers


@given(CONDITIONS, STATES)
def test_what_holds_is_never_refused_by_who_knows_less(condition: Any, state: dict[str, Any]) -> None:
    """The server knows some of what the browser knows; it must not refuse what truly holds."""
    if holds(condition, state):
        for name in state:
            known = {key: value for key, value in state.items() if key != name}
            assert may_hold(condition, known)
        assert may_hold(condition, state)
        assert may_hold(condition, {})


@given(CONDITIONS, STATES)
def test_not_turns_the_answer_and_groups_of_one_change_nothing(condition: Any, state: dict[str, Any]) -> None:
    found = holds(condition, state)
    assert holds({"not": condition}, state) is not found
    assert holds({"all": [condition]}, state) is found
    assert holds({"any": [condition]}, state) is found


@given(st.lists(CONDITIONS, min_size=1, max_size=4), STATES)
def test_all_and_any_are_what_they_are_called(conditions: list[Any], state: dict[str, Any]) -> None:
    each = [holds(condition, state) for condition in conditions]
    assert holds({"all": conditions}, state) is all(each)
    assert holds({"any": conditions}, state) is any(each)


@given(CONDITIONS)
def test_what_is_written_as_json_is_read_back_the_same(condition: Any) -> None:
    found = read(json.dumps(condition))
    for state in ({}, {"step": "payment", "in_step_s": 3, "seen": ["payment.failed"], "data": {"code": 51}}):
        assert holds(found, state) is holds(condition, state)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("step: payment", {"step": ["payment"]}),
        ("{step: payment, idle_s: 30}", {"all": [{"step": ["payment"]}, {"idle_s": 30}]}),
        ("country: [NO, uk]", {"country": ["NO", "GB"]}),
        ("locale: DE_at", {"locale": ["de-at"]}),
        ("data: {code: [05, 49.90, True]}", {"data": {"code": ["05", "49.9", "true"]}}),
        ("total_from: 49.90", {"total_from": 49.9}),
        ("returning: no", {"returning": False}),
    ],
)
def test_short_forms_are_read_as_what_they_mean(text: str, condition: Any) -> None:
    assert read(text) == condition


def test_the_eu_is_its_countries() -> None:
    countries = read("country: [EU, CH]")["country"]
    assert len(countries) == 28
    assert {"AT", "CH"} <= set(countries)
    assert "EU" not in countries


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("step: payment\nmoon: full", 2, "the unknown condition 'moon'"),
        ("step: payment\nstep: cart", 2, "the condition 'step' twice"),
        ("any:\n  - idle_s: soon", 2, "'soon' under 'idle_s'"),
        ("any:\n  - idle_s: -3", 2, "under 'idle_s'"),
        ("any:\n  - idle_s: .inf", 2, "under 'idle_s'"),
        ("any:\n  - idle_s: 1e99", 2, "under 'idle_s'"),
        ("any: []", 1, "0 values under 'any'"),
        ("any: {step: cart}", 1, "a mapping under 'any'"),
        ("not: [step]", 1, "a list as a condition"),
        ("{}", 1, "an empty condition"),
        ("step: []", 1, "0 values under 'step'"),
        ("step: [[cart]]", 1, "a list under 'step'"),
        ("step: ''", 1, "an empty value under 'step'"),
        ("country: Austria", 1, "'AUSTRIA' under 'country'"),
        ("country: [{}]", 1, "a mapping under 'country'"),
        ("device: watch", 1, "'watch' under 'device'"),
        ("coupon: [tried]", 1, "a list under 'coupon'"),
        ("locale: english", 1, "'english' under 'locale'"),
        ("seen: Payment failed", 1, "'Payment failed' under 'seen'"),
        ("exit: false", 1, "the bool false under 'exit'"),
        ("returning: maybe", 1, "'maybe' under 'returning'"),
        ("data: 51", 1, "the int 51 under 'data'"),
        ("data:\n  code: 51\n  code: 05", 3, "the field 'code' twice"),
        ("{? [a] : b}", 1, "the unknown condition 'a list'"),
        ("not: " * 7 + "{}", 1, "mapping values|nested too deep"),
    ],
)
def test_a_mistake_is_named_by_line_and_key(text: str, line: int, told: str) -> None:
    if "not: not:" in text:
        text = "{not: " * 7 + "{exit: true}" + "}" * 7
        told = "conditions nested too deep"
    with pytest.raises(FormatError) as refused:
        read(text)
    assert refused.value.problem.line == line
    assert told in str(refused.value)
