"""Experiments by simulation: false alarms however often one looks, coverage, visitors that a lift needs.

The unit tests hold the same on fewer experiments. Here the truth is as hard to tell as a shop makes it: base
rates from 2 to 97 %, steady and drifting, and somebody who looks all the time.
"""

import time

import numpy as np

from bot.reports.uplift import DECIDES
from tests.bench.report import Figure
from tests.unit.bot.reports.shops import BASE_RATES, BaseRate, Experiments, experiments, steady

ALARM = np.log(DECIDES)
EXPERIMENTS = 1_000
AT_ONCE = 100
VISITORS = 10_000
LOOKS = list(range(399, VISITORS, 400))
LIFTS = ((0.60, 0.65), (0.60, 0.55), (0.60, 0.62), (0.30, 0.35), (0.03, 0.04))
MOST_VISITORS = 120_000


def measure() -> dict[str, list[Figure]]:
    """All figures by title."""
    began = time.perf_counter()
    quiet = [_false_alarms(name, base) for name, base in BASE_RATES.items()]
    held = [_coverage(name, base) for name, base in BASE_RATES.items()]
    needed = [_needed(base, lifted, share) for base, lifted in LIFTS for share in (0.1, 0.5)]
    spent = Figure("time this took", f"{time.perf_counter() - began:.0f} s")
    looks = f"{EXPERIMENTS:,} experiments of {VISITORS:,} visitors, 10 % control, a look after each visitor"
    return {
        f"uplift: false alarms where nothing works ({looks})": quiet,
        "uplift: intervals that ever miss the truth (the same, a look after each 400 visitors)": held,
        "uplift: visitors until a lift is found": [*needed, spent],
    }


def _batches(base: BaseRate, lift: float | BaseRate) -> list[Experiments]:
    return [experiments(seed, AT_ONCE, VISITORS, base, lift) for seed in range(EXPERIMENTS // AT_ONCE)]


def _false_alarms(name: str, base: BaseRate) -> Figure:
    alarmed = 0
    for made in _batches(base, 0.0):
        largest = np.maximum(made.evidence(1).max(axis=-1), made.evidence(-1).max(axis=-1))
        alarmed += int((largest >= ALARM).sum())
    return _at_most(f"orders {name}", alarmed / EXPERIMENTS)


def _coverage(name: str, base: BaseRate) -> Figure:
    missed = 0
    for made in _batches(base, lambda progress: 0.02 + 0.05 * np.sin(progress * 20)):
        low, high = made.interval(LOOKS)
        truth = made.mean_effect()[LOOKS]
        missed += int(((truth < low) | (truth > high)).any(axis=-1).sum())
    return _at_most(f"orders {name}, an effect that drifts too", missed / EXPERIMENTS)


def _needed(base: float, lifted: float, share: float) -> Figure:
    side = 1 if lifted > base else -1
    needed: list[int] = []
    for seed in range(20):
        made = experiments(1_000 + seed, 5, MOST_VISITORS, steady(base), lifted - base, share)
        found = made.evidence(side) >= ALARM
        needed += [int(row.argmax()) + 1 if row.any() else MOST_VISITORS for row in found]
    median, most = np.quantile(needed, [0.5, 0.9])
    within = sum(count < MOST_VISITORS for count in needed) / len(needed)
    told = (
        f"half by {_round(median)}, 90 % by {_round(most)}" if within > 0.9 else f"half by {_round(median)}"
    )
    what = f"{base:.0%} to {lifted:.0%}, {share:.0%} control ({within:.0%} found by {MOST_VISITORS:,})"
    return Figure(what, told)


def _round(count: float) -> str:
    return f"{round(count, -2):,.0f}"


def _at_most(what: str, share: float) -> Figure:
    return Figure(what, f"{share:.2%}", "≤ 5 %", share <= 0.05)
