"""The main figures of a suite as tables for the terminal."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rich.table import Table

from knowledge_base.report.page import BANDS

COLUMNS: Final = ("top1", "r3", "mrr", "auroc", "auroc_oos", "oos@95", "prec@80", "cov@p95")


def tables(suite: Mapping[str, Any]) -> Iterator[Table]:
    """Ranking and confidence beside the baselines, what shoppers would see, each kind, the context."""
    yield _measures(suite)
    bands = _table("What shoppers would see", "share", "of", "", "95 % interval")
    for name, words in BANDS.items():
        one = suite["bands"][name]
        if one["n"]:
            bands.add_row(words, str(one["n"]), _three(one["value"]), _range(one))
    yield bands
    if len(suite["kinds"]) > 1:
        kinds = _table(
            "By kind", "kind", "questions", "first right", "direct", "of these wrong", "handed over"
        )
        for one in suite["kinds"]:
            counts = (str(one[name]) for name in ("direct", "wrong", "handed_over"))
            kinds.add_row(one["kind"], str(one["questions"]), _three(one["first"]["value"]), *counts)
        yield kinds
    if suite["contexts"]:
        contexts = _table(
            "Right article first, with and without context", "part", "questions", "with", "without"
        )
        for one in suite["contexts"]:
            shares = (_three(one[name]) for name in ("with", "without"))
            contexts.add_row(one["part"], str(one["questions"]), *shares)
        yield contexts


def remarks(suite: Mapping[str, Any]) -> Iterator[str]:
    """What no table holds: the interval of the main figure, calibration, promises, latency, changes."""
    top1 = suite["measures"]["this search"]["top1"]
    yield f"top1 {_three(top1['value'])}, 95 % interval {_range(top1)}."
    error = suite["calibration"]["as_asked"]
    yield (
        f"Calibration error {_three(error['error'])} ({_range(error)}; by chance {_three(error['chance'])}), "
        f"{_three(suite['calibration']['in_traffic']['error'])} where one question in ten has no answer."
    )
    for one in suite["promises"]:
        if one["promised"] is not None:
            bound = "at most" if one["at_most"] else "at least"
            yield (
                f"Promised: {bound} {_three(one['promised'])} {one['what']}. "
                f"Held out: {_three(one['value'])} ({_range(one)}), {one['verdict']}."
            )
    took = suite["latency_ms"]
    if took["n"]:
        yield f"An answer took p50 {took['p50']:.1f}, p95 {took['p95']:.1f}, p99 {took['p99']:.1f} ms."
    if suite["changed"]:
        moved = sum(one["times"] for one in suite["changed"]["counts"])
        yield f"{moved} questions fared otherwise than in the run of {suite['before']['at']}."


def _measures(suite: Mapping[str, Any]) -> Table:
    table = _table("On test lines that ask one thing", "", *COLUMNS)
    for name, row in suite["measures"].items():
        table.add_row(name, *(_three(row[column]["value"]) for column in COLUMNS))
    return table


def _table(title: str, first: str, *others: str) -> Table:
    table = Table(title=title)
    table.add_column(first)
    for name in others:
        table.add_column(name, justify="right")
    return table


def _range(one: Mapping[str, Any]) -> str:
    return f"{_three(one['low'])} to {_three(one['high'])}"


def _three(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
