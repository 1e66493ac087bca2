"""Many at once: encode and search in process, through the executor that the action server asks."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from actions.knowledge import Knowledge
from actions.metrics import Metrics
from actions.settings import Settings
from knowledge_base import evaluate as ev
from knowledge_base.embed import PACKAGED_MODEL, RECENT, load_encoder
from knowledge_base.library import Library
from knowledge_base.model_files import fingerprint, model_folder
from knowledge_base.onnx_model import BLOCKS, COLUMNS, FP32, kept_model
from scripts.steps import ROOT
from tests.bench.report import Figure

SHOP = ROOT / "knowledge_base"
STORE = ROOT / "var" / "knowledge"
ASKERS = 50
# So few that a question is forgotten before it comes again.
REMEMBERED = 64
ROUNDS = 3
WANTED_A_SECOND = 500
# What the budget was set on: the model alone, nothing around it, on a quiet machine with two cores.
BARE_MODEL_MS = 1.2
BARE_RUNS = 100
MOST_SPREAD = 5.0


def measure() -> dict[str, list[Figure]]:
    """Questions a second and how long each took, for questions of 6 to 8 words and the usual threads."""
    everything = [one.question for one in ev.read_questions(SHOP / "eval" / "questions.jsonl")]
    short = list(dict.fromkeys(text for text in everything if 6 <= len(text.split()) <= 8))
    figures = []
    for what, remembered in (("new questions", REMEMBERED), ("asked before", RECENT)):
        encoder = load_encoder(PACKAGED_MODEL, STORE, recent=remembered)
        slower = _bare_model_ms(short) / BARE_MODEL_MS
        with tempfile.TemporaryDirectory() as store:
            library = Library(SHOP, Path(store), encoder=encoder).open()
            for question in short if remembered == RECENT else ():
                library.search(question, {})
            figures += asyncio.run(_asked(library, short * ROUNDS, what, slower))
            library.close()
    return {f"encode and search in process, {ASKERS} at once": figures}


def _bare_model_ms(questions: Sequence[str]) -> float:
    """How long the model alone takes for one of the questions here and now, in milliseconds."""
    kept = kept_model(
        STORE / "models", fingerprint(model_folder(PACKAGED_MODEL))[:16], (COLUMNS, BLOCKS, FP32)
    )
    if kept is None:
        raise RuntimeError(
            f"No exported model in {STORE / 'models'}. Build it: python -m knowledge_base build"
        )
    model, _ = kept
    given = [model.inputs(text) for text in questions[:BARE_RUNS]]
    times = []
    for inputs in given:
        started = time.perf_counter()
        model.run(inputs)
        times.append((time.perf_counter() - started) * 1e3)
    return statistics.median(times)


async def _asked(library: Library, questions: Sequence[str], what: str, slower: float) -> list[Figure]:
    knowledge = Knowledge(library, Metrics(), threads=Settings().search_threads, waiting=ASKERS, timeout_s=60)
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
    return [
        Figure(f"{what}: a second", f"{rate:.0f}"),
        Figure(
            f"{what}: a second, were the bare model as fast as the budget has it ({slower:.1f} x here)",
            f"{rate * slower:.0f}",
            f"≥ {WANTED_A_SECOND}",
            rate * slower >= WANTED_A_SECOND,
        ),
        Figure(f"{what}: p50", f"{p50:.0f} ms"),
        Figure(f"{what}: p99 / p50", f"{p99 / p50:.1f}", f"≤ {MOST_SPREAD:g}", p99 <= MOST_SPREAD * p50),
    ]
