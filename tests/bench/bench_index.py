"""The index as it grows: exact search and memory with synthetic vectors, a whole question with real text.

Speed and memory of exact search depend on how many vectors there are and how long, not on what they mean, so
those of 1,000 to 100,000 questions are drawn around centres. Where words count too the shop's own articles
are taken, again for other goods until there are enough.
"""

import datetime as dt
import gc
import itertools
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from knowledge_base import evaluate as ev
from knowledge_base.classes import fit_classes
from knowledge_base.context import Context
from knowledge_base.embed import PACKAGED_MODEL, Encoder, load_encoder
from knowledge_base.fit import Fit
from knowledge_base.index import Entry, Index, Vectors, texts_of
from knowledge_base.lexical import Speller
from knowledge_base.matching import Matcher
from knowledge_base.scoring import Scorer
from knowledge_base.search import Searcher, word_counts
from knowledge_base.vectors import VectorCache
from knowledge_base.versions import Versions
from scripts.steps import ROOT
from tests.bench.report import Figure

SHOP = ROOT / "knowledge_base"
STORE = ROOT / "var" / "knowledge"
SIZES = (1_000, 10_000, 100_000)
REAL_SIZES = (1_000, 10_000)
QUESTIONS_AN_ARTICLE = 5
SPREAD = 0.6
ASKED = 200
PLACE = Context(step="payment", event="payment.failed")
GOODS = ("garden tools", "children's shoes", "kitchen knives", "wall lamps", "bed linen", "office chairs")


def measure() -> dict[str, list[Figure]]:
    """All figures by title."""
    encoder = load_encoder(PACKAGED_MODEL, STORE)
    cache = VectorCache(STORE / "vectors.sqlite", encoder)
    found = {f"index: {size:,} synthetic questions": synthetic(size, encoder.dimension) for size in SIZES}
    entries = ev.shop_entries(SHOP)
    asked = [one.question for one in ev.read_questions(SHOP / "eval" / "questions.jsonl")]
    questions = [text for text in asked if 6 <= len(text.split()) <= 8][:ASKED]
    for size in REAL_SIZES:
        found[f"index: {size:,} questions of real text"] = real(size, entries, questions, encoder, cache)
    cache.close()
    return found


def synthetic(size: int, dimension: int) -> list[Figure]:
    """Exact search, memory, and keeping it on disk."""
    before = _resident()
    index = _clustered(size, dimension)
    gc.collect()
    grown = _resident() - before
    random = np.random.default_rng(2)
    asked = _unit(index.questions[random.integers(0, size, ASKED)] + _noise(random, ASKED, dimension))
    few = _p50(lambda vector: index.nearest(vector, 10), asked)
    every = _p50(index.cosines, asked)
    with tempfile.TemporaryDirectory() as folder:
        versions, now = Versions(Path(folder)), dt.datetime.now(dt.UTC)
        saved = _ms(lambda: versions.save(index, model="bench", version=1, at=now, files={}))
        opened = _ms(lambda: versions.open(versions.pointer()).vectors_for(index.entries))
    return [
        Figure("nearest 10, p50", f"{few:.2f} ms"),
        Figure("every question's cosine, as a search takes it, p50", f"{every:.2f} ms"),
        Figure("memory, vectors and entries", f"{grown / 1e6:.0f} MB"),
        Figure("the vectors alone", f"{index.questions.nbytes / 1e6:.0f} MB"),
        Figure("written whole and forced to disk", f"{saved / 1e3:.2f} s"),
        Figure("opened, every byte checked", f"{opened / 1e3:.2f} s"),
    ]


def real(
    size: int, entries: Sequence[Entry], questions: Sequence[str], encoder: Encoder, cache: VectorCache
) -> list[Figure]:
    """A whole question in process, and how much of it is not encoding."""
    grown = list(_grown(entries, size))
    index = Index(grown, cache.vectors(texts_of(grown)), encoder.dimension)
    before = _resident()
    asked = {entry.id: entry.asked_digest for entry in grown}
    searcher = Searcher(
        Matcher(
            Scorer(index, fit_classes(index)), encoder, Speller(word_counts(index), encoder.vocabulary())
        ),
        Fit(classes=fit_classes(index), asked=asked),
    )
    memory = _resident() - before
    # A word is added so that no vector comes from the memory of recent questions.
    whole = _p50(lambda text: searcher.ask(f"{text} now {size}"), questions)
    known = _p50(lambda text: searcher.ask(f"{text} now {size}"), questions)
    placed = _p50(lambda text: searcher.ask(f"{text} now {size}", PLACE), questions)
    return [
        Figure("articles", f"{len(grown):,}"),
        Figure("asked, p50", f"{whole:.1f} ms"),
        Figure("asked when its vector is known, p50", f"{known:.1f} ms"),
        Figure("the same with step and event, p50", f"{placed:.1f} ms"),
        Figure("memory of words, classes and signs", f"{memory / 1e6:.0f} MB"),
    ]


def _grown(entries: Sequence[Entry], size: int) -> Iterator[Entry]:
    """The articles, then again for each kind of goods, until they have `size` questions."""
    left = size
    for goods, entry in itertools.product(("", *GOODS), entries):
        ending = f" for {goods}" if goods else ""
        questions = tuple(f"{text}{ending}" for text in entry.questions)[:left]
        if not questions:
            return
        left -= len(questions)
        yield replace(
            entry,
            id=f"{entry.id}-{goods.replace(' ', '-')}" if goods else entry.id,
            questions=questions,
            answers=tuple(f"{text}{ending}" for text in entry.answers),
        )


def _clustered(size: int, dimension: int) -> Index:
    random = np.random.default_rng(1)
    kinds = size // QUESTIONS_AN_ARTICLE
    centres = _unit(random.standard_normal((kinds, dimension), dtype=np.float32))
    rows = _unit(np.repeat(centres, QUESTIONS_AN_ARTICLE, axis=0) + _noise(random, size, dimension))
    entries = [
        Entry(
            f"article-{kind}",
            tuple(f"question {kind} {way}" for way in range(QUESTIONS_AN_ARTICLE)),
            (f"answer {kind}",),
        )
        for kind in range(kinds)
    ]
    texts = (text for entry in entries for text in entry.questions)
    vectors = dict(zip(texts, rows, strict=True))
    vectors |= {entry.answers[0]: centre for entry, centre in zip(entries, centres, strict=True)}
    return Index(entries, vectors, dimension)


def _noise(random: np.random.Generator, count: int, dimension: int) -> Vectors:
    return SPREAD * _unit(random.standard_normal((count, dimension), dtype=np.float32))


def _unit(rows: Vectors) -> Vectors:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _p50(action: Callable[[Any], object], things: Iterable[Any]) -> float:
    return statistics.median(_ms(lambda thing=thing: action(thing)) for thing in things)


def _ms(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1e3


def _resident() -> int:
    return int(psutil.Process().memory_info().rss)
