"""What a suite's figures hold, and how they stand beside the run before."""

import dataclasses
import json
from typing import Any

import pytest

from knowledge_base.report.contexts import mcnemar
from knowledge_base.report.figures import Run, figures


@pytest.fixture(scope="module")
def found(run: Run) -> dict[str, Any]:
    return figures(run)


def test_the_figures_are_plain_json_without_nan(found: dict[str, Any]) -> None:
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_every_measure_of_every_ranker_names_its_interval_and_its_questions(found: dict[str, Any]) -> None:
    assert set(found["measures"]) == {"BM25", "MiniLM, nearest question", "this search"}
    for row in found["measures"].values():
        assert {one["interval"] for one in row.values()} == {"Wilson", "bootstrap"}
        assert row["top1"]["n"] == 6
        assert row["oos@95"]["n"] == 2
        assert row["auroc"]["n"] == 8


def test_promised_and_achieved_stand_side_by_side(found: dict[str, Any]) -> None:
    wrong, _, kept = found["promises"]
    assert (wrong["promised"], kept["promised"]) == (0.05, 0.95)
    for one in (wrong, kept):
        assert one["low"] <= one["value"] <= one["high"]
        assert one["verdict"] in {"kept", "within its interval", "broken"}


def test_a_promise_is_broken_only_when_its_whole_interval_is_beyond(run: Run) -> None:
    wrong = dataclasses.replace(run.answered[3].question, labels=("returns",))
    answered = [dataclasses.replace(run.answered[0], question=wrong)] * 40
    promise = figures(dataclasses.replace(run, answered=answered))["promises"][0]
    assert promise["value"] == 1.0
    assert promise["verdict"] == "broken"


def test_the_context_is_measured_with_it_and_without_each_part(found: dict[str, Any]) -> None:
    parts = {one["part"]: one for one in found["contexts"]}
    assert set(parts) == {"all of it", "event", "question before"}
    assert parts["all of it"]["questions"] == 2
    assert parts["event"]["with"] == 1.0
    assert parts["event"]["without"] == 0.0
    assert parts["event"]["gained"] == 1


def test_a_miss_says_what_matched_and_the_nearest_phrasing(found: dict[str, Any]) -> None:
    miss = next(one for one in found["misses"]["typo"] if "promo" in one["question"])
    assert miss["wanted"] == ["privacy"]
    assert miss["matched"][0]["id"] == "coupon"
    assert "code" in miss["nearest"]
    assert {"wanted": "privacy", "found": "coupon"}.items() <= found["confused"][0].items()


def test_the_first_run_has_nothing_to_stand_beside(found: dict[str, Any]) -> None:
    assert found["before"] is None
    assert found["changed"] is None


def test_a_question_that_fares_otherwise_is_told(run: Run, found: dict[str, Any]) -> None:
    key = next(key for key in found["outcomes"] if key.startswith("do you sell"))
    before = {**found, "outcomes": {**found["outcomes"], key: ["wrong answer", "coupon"]}}
    now = figures(run, before)
    assert [one["question"] for one in now["changed"]["questions"]] == ["do you sell bicycles"]
    assert now["changed"]["asked_in_both"] == len(found["outcomes"])


def test_a_second_run_alike_is_compared_with_the_last_that_was_not(run: Run, found: dict[str, Any]) -> None:
    key = next(iter(found["outcomes"]))
    first = {**found, "at": "2026-11-01T00:00:00+00:00"}
    first["outcomes"] = {**found["outcomes"], key: ["handed over", ""]}
    second = figures(run, first)
    third = figures(run, second)
    assert third["before"]["at"] == first["at"]
    assert third["changed"] == second["changed"]


def test_latency_tells_every_question(found: dict[str, Any]) -> None:
    took = found["latency_ms"]
    assert took["n"] == sum(took["counts"]) == 9
    assert 0 < took["p50"] <= took["p95"] <= took["p99"] <= took["most"]


def test_the_paired_test_is_the_exact_binomial_one() -> None:
    assert mcnemar(0, 0) == 1.0
    assert mcnemar(5, 0) == pytest.approx(2 / 2**5)
    assert mcnemar(7, 1) == pytest.approx(2 * (1 + 8) / 2**8)
    assert mcnemar(3, 3) == 1.0
