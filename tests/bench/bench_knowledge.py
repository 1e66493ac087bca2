"""The knowledge engine's figures: encoding, search in process, live change at 1,000 articles, quality."""

import datetime as dt
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from knowledge_base import evaluate as ev
from knowledge_base.embed import PACKAGED_MODEL, Encoder, load_encoder
from knowledge_base.glossary import read_glossary
from knowledge_base.index import Entry
from knowledge_base.library import Library
from knowledge_base.metrics import measure as measure_rows
from knowledge_base.vectors import VectorCache
from scripts.steps import ROOT
from tests.bench.report import Figure, against

SHOP = ROOT / "knowledge_base"
STORE = ROOT / "var" / "knowledge"
MANY = 1_000


def measure(suites: Path | None = None) -> dict[str, list[Figure]]:
    """All figures by title; `suites` holds further folders with kb.jsonl and queries.jsonl, at any depth."""
    encoder = load_encoder(PACKAGED_MODEL, STORE)
    cache = VectorCache(STORE / "vectors.sqlite", encoder)
    found = {"encode and search": speed(encoder), "1,000 articles": live_change(encoder)}
    questions = ev.read_questions(SHOP / "eval" / "questions.jsonl")
    found["quality: our own questions"] = quality(ev.shop_entries(SHOP), questions, encoder, cache)
    for articles in sorted(suites.rglob("kb.jsonl")) if suites else ():
        entries = ev.read_entries(articles)
        queries = ev.read_questions(articles.with_name("queries.jsonl"))
        found[f"quality: {articles.parent.name}"] = quality(entries, queries, encoder, cache, teach=True)
    cache.close()
    return found


def speed(encoder: Encoder) -> list[Figure]:
    """Milliseconds for a question of about seven words, encoded and searched whole, and for any."""
    everything = [one.question for one in ev.read_questions(SHOP / "eval" / "questions.jsonl")]
    questions = [text for text in everything if 6 <= len(text.split()) <= 8][:200]
    with tempfile.TemporaryDirectory() as store:
        library = Library(SHOP, Path(store), encoder=encoder).open()
        encoded = [_ms(lambda text=text: encoder.encode([text])) for text in questions]
        # A word is added so that no vector comes from the memory of recent questions.
        searched = [_ms(lambda text=text: library.search(f"{text} now")) for text in questions]
        of_any_kind = [_ms(lambda text=text: library.search(f"{text} now")) for text in everything[::4]]
        library.close()
    return [
        against("encode one question of 6 to 8 words, p50", statistics.median(encoded), 6, "ms"),
        Figure("encode and search it, p50", f"{statistics.median(searched):.1f} ms"),
        Figure(
            "encode and search any, stories and doubles too, p50", f"{statistics.median(of_any_kind):.1f} ms"
        ),
        Figure("the same, p95", f"{sorted(of_any_kind)[int(0.95 * len(of_any_kind))]:.1f} ms"),
        Figure("backend", encoder.backend),
    ]


def live_change(encoder: Encoder) -> list[Figure]:
    """Seconds from nothing to 1,000 articles, and until a changed one is found."""
    with tempfile.TemporaryDirectory() as folder:
        articles = Path(folder) / "shop" / "articles" / "en"
        articles.mkdir(parents=True)
        for number in range(MANY):
            (articles / f"article-{number}.md").write_text(_article(number, "Yes."), encoding="utf-8")
        library = Library(Path(folder) / "shop", Path(folder) / "store", encoder=encoder)
        built = _ms(library.open) / 1e3
        (articles / "article-7.md").write_text(_article(7, "No, not today."), encoding="utf-8")
        changed = _ms(library.refresh) / 1e3
        article = library.article("article-7")
        library.close()
    right = article is not None and article.short_answer == "No, not today."
    return [
        against("built and fitted from nothing", built, 60, "s"),
        against("changed article read, encoded and live", changed if right else float("inf"), 1, "s", 2),
    ]


def quality(
    entries: Sequence[Entry],
    questions: Sequence[ev.Labelled],
    encoder: Encoder,
    cache: VectorCache,
    *,
    teach: bool = False,
) -> list[Figure]:
    """BM25, nearest question and ours side by side, and what shoppers would see; as `evaluate` measures."""
    at, glossary = dt.datetime.now(dt.UTC), read_glossary(SHOP)
    searcher = ev.searcher_for(entries, questions, encoder, cache, at, teach=teach, glossary=glossary)
    answered = ev.ask_all(searcher, [one for one in questions if one.split == "test"])
    single = [one.question for one in answered if one.question.kind != "double"]
    rankers = {"BM25": ev.bm25_ranker(entries), "nearest": ev.nearest_ranker(searcher.index, encoder)}
    rows = {name: measure_rows([rank(one) for one in single]) for name, rank in rankers.items()}
    rows["ours"] = ev.measured(answered)
    figures = [
        Figure(f"{name}: BM25 / nearest / ours", " / ".join(f"{row[name]:.3f}" for row in rows.values()))
        for name in ("top1", "r3", "auroc", "oos@95", "cov@p95")
    ]
    bands = ev.bands(answered)
    gain = rows["ours"]["top1"] - rows["nearest"]["top1"]
    return [
        *figures,
        _at_least("top1 above nearest", gain, 0.03),
        _at_least("answerable, answered directly", bands.direct, 0.75),
        _at_least("answerable, answered or among the buttons", bands.reached, 0.95),
        _at_least("direct answers that are right", bands.direct_right, 0.95),
        _at_least("unanswerable, handed over", bands.handed_over, 0.70),
    ]


def _at_least(what: str, value: float, wanted: float) -> Figure:
    return Figure(what, f"{value:.3f}", f"≥ {wanted:.2f}", value >= wanted)


def _ms(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1e3


def _article(number: int, answer: str) -> str:
    questions = "".join(f"  - may I ask about thing {number} in way {way}\n" for way in range(4))
    return f"---\ntitle: Thing {number}\nquestions:\n{questions}---\n{answer}\n"
