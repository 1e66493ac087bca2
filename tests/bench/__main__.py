"""Measure speed, memory and quality, each against its budget.

    python -m tests.bench [--eval DIR] [--only NAME]

Below DIR lie folders with kb.jsonl and queries.jsonl. Figures go to the screen and to var/reports/bench.json.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from scripts.stack import Stack
from scripts.steps import ROOT
from tests.bench import (
    bench_encoding,
    bench_index,
    bench_knowledge,
    bench_throughput,
    bench_uplift,
    bench_widget,
    whole,
)
from tests.bench.report import Figure, against, save, show


def system() -> dict[str, list[Figure]]:
    parts: dict[str, list[Figure]] = {}
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder))
        started = time.perf_counter()
        with stack:
            parts["start"] = [against("three processes ready", time.perf_counter() - started, 25, "s")]
            parts["memory"] = whole.memory(stack)
            parts["latency"] = asyncio.run(whole.latency(stack))
            parts["live change"] = whole.live_change(stack)
    return parts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--eval", type=Path, help="a folder of suites, each with kb.jsonl and queries.jsonl")
    parser.add_argument(
        "--only",
        choices=["system", "knowledge", "index", "encoding", "throughput", "uplift", "widget"],
    )
    options = parser.parse_args()
    if options.eval is not None and not list(options.eval.rglob("kb.jsonl")):
        parser.error(
            f"--eval: there is no kb.jsonl below {options.eval}. Name the folder that holds the suites."
        )
    parts: dict[str, list[Figure]] = {}
    measures = {
        "system": system,
        "knowledge": lambda: bench_knowledge.measure(options.eval),
        "index": bench_index.measure,
        "encoding": bench_encoding.measure,
        "throughput": bench_throughput.measure,
        "uplift": bench_uplift.measure,
        "widget": bench_widget.measure,
    }
    for name, measure in measures.items():
        if options.only in {None, name}:
            parts |= measure()
    for title, figures in parts.items():
        show(title, figures)
    save(parts, ROOT / "var" / "reports" / "bench.json")


if __name__ == "__main__":
    main()
