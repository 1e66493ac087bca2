"""Shops made up: many experiments at once, whose truth is known."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bot.reports.uplift import Floats, interval, log_evidence

BaseRate = Callable[[Floats], Floats]
"""The share of orders without the trigger, by how far the experiment has come (0 to 1)."""


def steady(rate: float) -> BaseRate:
    return lambda progress: np.full(progress.shape, rate)


BASE_RATES: dict[str, BaseRate] = {
    "2 %": steady(0.02),
    "30 %": steady(0.3),
    "60 %": steady(0.6),
    "97 %": steady(0.97),
    "rising from 10 to 70 %": lambda progress: 0.1 + 0.6 * progress,
    "falling from 80 to 5 %": lambda progress: 0.8 - 0.75 * progress,
    "up and down each day": lambda progress: 0.5 + 0.35 * np.sin(progress * 2 * np.pi * 14),
    "gone for hours at a time": lambda progress: np.where((progress * 20) % 1 < 0.15, 0.0, 0.6),
}


@dataclass(frozen=True)
class Experiments:
    """Visitors in the order of their exposure, a row for each experiment; `effect` is the same in all."""

    ordered: Floats
    treated: Floats
    effect: Floats
    control_share: float

    def evidence(self, side: int) -> Floats:
        return log_evidence(self.ordered, self.treated, self.control_share, side)

    def interval(self, looks: Sequence[int]) -> tuple[Floats, Floats]:
        return interval(self.ordered, self.treated, self.control_share, looks)

    def mean_effect(self) -> Floats:
        """What the interval has to hold after each visitor."""
        mean: Floats = np.cumsum(self.effect) / np.arange(1, self.effect.size + 1)
        return mean


def experiments(
    seed: int, count: int, visitors: int, base: BaseRate, lift: float | BaseRate = 0.0, share: float = 0.1
) -> Experiments:
    """`count` experiments; treated visitors order more often by `lift`."""
    chance = np.random.default_rng(seed)
    progress = np.arange(visitors) / visitors
    rate = base(progress)
    helped = np.clip(rate + (lift(progress) if callable(lift) else lift), 0.0, 1.0)
    treated = chance.random((count, visitors)) >= share
    ordered = chance.random((count, visitors)) < np.where(treated, helped, rate)
    return Experiments(ordered.astype(float), treated.astype(float), helped - rate, share)
