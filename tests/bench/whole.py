"""The running system in numbers: latency, growth, live change, memory, widget."""

import asyncio
import json
import statistics
import time
import urllib.request
from pathlib import Path

import psutil

from scripts.shopper import Shopper
from scripts.stack import Stack
from scripts.steps import ROOT
from tests.bench.report import Figure, against
from tests.bench.stock_rasa import StockRasa, train

QUESTIONS = [
    "how much is shipping to germany",
    "can i return a jacket i wore once",
    "why was my card refused",
    "do i have to make an account",
    "my discount code does nothing",
    "when will it arrive in london",
    "can i pay with paypal",
    "is there duty to pay in the us",
]
ROUNDS = 60


async def answers_s(stack: Stack, rounds: int) -> list[float]:
    """Seconds per first answer over a WebSocket, retrieval included, each by a shopper of its own."""
    times: list[float] = []
    for n in range(rounds):
        async with Shopper(stack.url) as shopper:
            times.append(await shopper.time_answer_s(QUESTIONS[n % len(QUESTIONS)]))
    return times


async def growth(stack: Stack) -> tuple[float, float]:
    """Median seconds of turns 1 to 5 and of turns 96 to 100 of one conversation."""
    early: list[float] = []
    late: list[float] = []
    async with Shopper(stack.url) as shopper:
        for turn in range(1, 101):
            since = len(shopper.frames)
            took = await shopper.time_answer_s(QUESTIONS[turn % len(QUESTIONS)])
            assert shopper.line is not None
            await shopper.line.wait(lambda f: f["type"] == "typing" and not f["on"], since, what="the end")
            if turn <= 5:
                early.append(took)
            if turn > 95:
                late.append(took)
            await asyncio.sleep(0.55)  # under the rate limit of two messages a second
    return statistics.median(early), statistics.median(late)


async def latency(stack: Stack) -> list[Figure]:
    """Our answer against a stock bot's hello: measured by turns, so that noise falls on both alike."""
    await answers_s(stack, 4)
    project = train(ROOT / "var" / "bench" / "stock")
    with StockRasa(project) as stock:
        ours: list[float] = []
        theirs: list[float] = []
        for _ in range(4):
            theirs.append(stock.hello_p50_s(ROUNDS // 4))
            ours += await answers_s(stack, ROUNDS // 4)
        stock_memory = stock.memory_bytes()
    ours_p50, theirs_p50 = statistics.median(ours), statistics.median(theirs)
    early, late = await growth(stack)
    return [
        Figure("answer over WebSocket, p50", f"{ours_p50 * 1e3:.1f} ms"),
        Figure("answer over WebSocket, p95", f"{sorted(ours)[int(0.95 * len(ours))] * 1e3:.1f} ms"),
        Figure("stock rasa init, hello over REST, p50", f"{theirs_p50 * 1e3:.1f} ms"),
        against("ratio, ours to stock", ours_p50 / theirs_p50, 0.8, "×", 2),
        against("turn 100 to turn 1 of one conversation", late / early, 1.2, "×", 2),
        Figure("memory of the stock bot", f"{stock_memory / 1e9:.2f} GB"),
    ]


def memory(stack: Stack) -> list[Figure]:
    """Resident memory of the three processes and their children."""
    figures: list[Figure] = []
    total = 0
    for name, process in stack.processes.items():
        root = psutil.Process(process.pid)
        used = sum(int(one.memory_info().rss) for one in [root, *root.children(recursive=True)])
        total += used
        figures.append(Figure(f"memory of {name}", f"{used / 1e9:.2f} GB"))
    return [*figures, against("memory of the three, idle", total / 1e9, 1.5, "GB", 2)]


def search(stack: Stack, question: str) -> dict[str, object]:
    body = json.dumps({"question": question, "context": {}, "limit": 3}).encode()
    url = f"{stack.actions_url}/knowledge/search"
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=30) as reply:  # noqa: S310
        found: dict[str, object] = json.load(reply)
        return found


ARTICLE = """---
title: Question number {n} about the {word} badge
questions:
  - where is the {word} badge number {n}
  - how do i get {word} badge {n}
steps: [cart]
tags: [bench]
status: published
owner: bench
review_by: 2030-01-01
---
The {word} badge number {n} is kept on shelf {shelf}.
"""
WORDS = ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron", "islet", "juniper"]


def write_articles(folder: Path, number: int) -> None:
    for n in range(number):
        text = ARTICLE.format(n=n, word=WORDS[n % len(WORDS)], shelf=n * 7)
        (folder / f"bench-{n:04d}.md").write_text(text, encoding="utf-8")


def live_change(stack: Stack, total: int = 1000, rounds: int = 5) -> list[Figure]:
    """Seconds from saving an article to the first answer that uses it, with `total` articles."""
    articles = stack.shop / "articles" / "en"
    write_articles(articles, total - len(list(articles.glob("*.md"))))
    marker = "bench-0001"
    path = articles / f"{marker}.md"
    started = time.perf_counter()
    wait_for(stack, "where is the birch badge number 1", "shelf 7", 120)
    built = time.perf_counter() - started
    took: list[float] = []
    for n in range(rounds):
        text = ARTICLE.format(n=1, word="birch", shelf=f"{n} in room {n + 40}")
        started = time.perf_counter()
        path.write_text(text, encoding="utf-8")
        wait_for(stack, "where is the birch badge number 1", f"room {n + 40}", 30)
        took.append(time.perf_counter() - started)
    return [
        Figure(f"{total} articles found after they were written", f"{built:.1f} s"),
        against("article saved → next answer uses it, worst of five", max(took), 1.0, "s", 2),
    ]


def wait_for(stack: Stack, question: str, words: str, timeout_s: float) -> None:
    deadline = time.monotonic() + timeout_s
    while words not in json.dumps(search(stack, question)):
        if time.monotonic() > deadline:
            raise RuntimeError(f"{words!r} was not found within {timeout_s} s: {search(stack, question)}")
        time.sleep(0.02)
