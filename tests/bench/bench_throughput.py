"""Many at once: encode and search in process, through the executor that the action server asks."""

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from actions.knowledge import Knowledge
from actions.metrics import Metrics
from knowledge_base import evaluate as ev
from knowledge_base.embed import PACKAGED_MODEL, RECENT, load_encoder
from knowledge_base.library import Library
from scripts.steps import ROOT
from tests.bench.report import Figure

SHOP = ROOT / "knowledge_base"
STORE = ROOT / "var" / "knowledge"
ASKERS = 50
# So few that a question is forgotten before it comes again.
REMEMBERED = 64
ROUNDS = 3
WANTED_A_SECOND = 500
MOST_SPREAD = 5.0


def measure() -> dict[str, list[Figure]]:
    """Questions a second and how long each took, by threads, on questions of 6 to 8 words."""
    everything = [one.question for one in ev.read_questions(SHOP / "eval" / "questions.jsonl")]
    short = list(dict.fromkeys(text for text in everything if 6 <= len(text.split()) <= 8))
    figures = []
    for what, remembered in (("new questions", REMEMBERED), ("asked before", RECENT)):
        encoder = load_encoder(PACKAGED_MODEL, STORE, recent=remembered)
        with tempfile.TemporaryDirectory() as store:
            library = Library(SHOP, Path(store), encoder=encoder).open()
            for threads in sorted({1, os.cpu_count() or 1}):
                figures += asyncio.run(_asked(library, short * ROUNDS, threads, what))
            library.close()
    return {f"encode and search in process, {ASKERS} at once": figures}


async def _asked(library: Library, questions: Sequence[str], threads: int, what: str) -> list[Figure]:
    knowledge = Knowledge(library, Metrics(), threads=threads, waiting=ASKERS, timeout_s=60)
    waiting = iter(questions)
    times: list[float] = []

    async def ask() -> None:
        for question in waiting:
            started = time.perf_counter()
            await knowledge.search(question, {})
            times.append((time.perf_counter() - started) * 1e3)

    started = time.perf_counter()
    await asyncio.gather(*(ask() for _ in range(ASKERS)))
    rate = len(times) / (time.perf_counter() - started)
    knowledge.stop_asking()
    p50, p99 = statistics.median(times), sorted(times)[int(0.99 * len(times))]
    name = f"{what}, {threads} thread{'s' * (threads > 1)}"
    return [
        Figure(f"{name}: a second", f"{rate:.0f}", f"≥ {WANTED_A_SECOND}", rate >= WANTED_A_SECOND),
        Figure(f"{name}: p50", f"{p50:.0f} ms"),
        Figure(f"{name}: p99 / p50", f"{p99 / p50:.1f}", f"≤ {MOST_SPREAD:g}", p99 <= MOST_SPREAD * p50),
    ]
