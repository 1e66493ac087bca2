"""Measures of a retriever that may hand over: ranking, ranking of confidence, what a threshold buys."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

Floats = NDArray[np.float64]

UNANSWERABLE_SHARE: Final = 0.2
FEWEST_ANSWERS: Final = 20.0
RESAMPLES: Final = 300
# Shares of one kind of question have an interval in closed form; the others are resampled.
WILSON: Final = ("top1", "r3")


@dataclass(frozen=True, slots=True)
class Row:
    """One question as it was answered. No labels: nothing answers it."""

    labels: tuple[str, ...]
    ids: tuple[str, ...]
    confidence: float

    @property
    def rank(self) -> int | None:
        """The place of the first right article, from 1."""
        return next((at for at, found in enumerate(self.ids, start=1) if found in self.labels), None)

    @property
    def right(self) -> bool:
        """The first article is right."""
        return self.rank == 1


@dataclass(frozen=True, slots=True)
class _Columns:
    """Rows as arrays; `rank` is infinite where no article found is right."""

    inside: NDArray[np.bool_]
    rank: Floats
    confidence: Floats

    @classmethod
    def of(cls, rows: Sequence[Row]) -> "_Columns":
        return cls(
            np.array([bool(row.labels) for row in rows], dtype=bool),
            np.array([row.rank or math.inf for row in rows], dtype=np.float64),
            np.array([row.confidence for row in rows], dtype=np.float64),
        )

    def take(self, rows: NDArray[np.int64]) -> "_Columns":
        return _Columns(self.inside[rows], self.rank[rows], self.confidence[rows])


def measure(rows: Sequence[Row]) -> dict[str, float]:
    """The measures by name.

    `top1`, `r3`, `mrr` over answerable questions. `auroc`: confidence as detector of "answerable and first
    right"; `auroc_oos`: of "answerable". `oos@95`: share of unanswerable ones handed over while 95 % of
    answerable ones are answered. `prec@80`: share of right answers while 80 % of the answerable are answered,
    a fifth of the traffic being unanswerable. `cov@p95`: largest share of answerable ones answered with at
    least 95 % of answers right in that traffic, counting at least 20 answers.
    """
    return _measured(_Columns.of(rows))


def intervals(rows: Sequence[Row], *, seed: int = 7) -> dict[str, tuple[float, float]]:
    """The 95 % interval of each measure.

    Wilson for `top1` and `r3`, else percentiles of a bootstrap that draws answerable and unanswerable
    questions apart (Efron and Tibshirani, 1993).
    """
    columns = _Columns.of(rows)
    seen = _measured(columns)
    random = np.random.default_rng(seed)
    inside, outside = np.flatnonzero(columns.inside), np.flatnonzero(~columns.inside)
    drawn: dict[str, list[float]] = {name: [] for name in seen}
    for _ in range(RESAMPLES):
        again = [part[random.integers(0, len(part), len(part))] for part in (inside, outside) if len(part)]
        for name, value in _measured(columns.take(np.concatenate(again))).items() if again else ():
            drawn[name].append(value)
    found = {name: percentiles(values) for name, values in drawn.items() if not name.startswith("n_")}
    return found | {name: interval(seen[name], int(seen["n_in"])) for name in WILSON}


def auroc(positive: Sequence[float] | Floats, negative: Sequence[float] | Floats) -> float:
    """The chance that a positive scores above a negative, ties half (Mann-Whitney)."""
    count, other = len(positive), len(negative)
    if not count or not other:
        return math.nan
    values = np.concatenate([positive, negative])
    _, which, times = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(times) - (times - 1) / 2)[which]
    return float((ranks[:count].sum() - count * (count + 1) / 2) / (count * other))


def threshold_keeping(values: Sequence[float] | Floats, share: float) -> float:
    """The highest threshold at or above which at least `share` of the values lie."""
    ranked = np.sort(values)[::-1]
    if not len(ranked):
        return math.nan
    return float(ranked[max(0, min(len(ranked), math.ceil(round(share * len(ranked), 6))) - 1)])


def interval(share: float, count: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson)."""
    if not count:
        return (math.nan, math.nan)
    z = 1.96
    centre = share + z * z / (2 * count)
    spread = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return (
        max(0.0, (centre - spread) / (1 + z * z / count)),
        min(1.0, (centre + spread) / (1 + z * z / count)),
    )


def exact_interval(count: float, total: float) -> tuple[float, float]:
    """The exact 95 % interval of a share (Clopper and Pearson, 1934); counts may be fractions."""
    if not total:
        return (math.nan, math.nan)
    rest = total - count
    low = float(betaincinv(count, rest + 1, 0.025)) if count > 0 else 0.0
    high = float(betaincinv(count + 1, rest, 0.975)) if rest > 0 else 1.0
    return (low, high)


def percentiles(values: Sequence[float]) -> tuple[float, float]:
    """The middle 95 % of resampled values; not numbers are left out."""
    known = np.array([value for value in values if not math.isnan(value)])
    if not len(known):
        return (math.nan, math.nan)
    low, high = np.percentile(known, [2.5, 97.5])
    return (float(low), float(high))


def _measured(rows: _Columns) -> dict[str, float]:
    first = rows.inside & (rows.rank == 1)
    ranks, all_in = rows.rank[rows.inside], rows.confidence[rows.inside]
    outside = rows.confidence[~rows.inside]
    return {
        "n_in": len(ranks),
        "n_oos": len(outside),
        "top1": _mean(ranks == 1),
        "r3": _mean(ranks <= 3),
        "mrr": _mean(1 / ranks),
        "auroc": auroc(rows.confidence[first], rows.confidence[~first]),
        "auroc_oos": auroc(all_in, outside),
        "oos@95": _mean(outside < threshold_keeping(all_in, 0.95)),
        "prec@80": _precision(rows, first, threshold_keeping(all_in, 0.8)),
        "cov@p95": _coverage(rows, first, 0.95),
    }


def _weights(rows: _Columns) -> Floats:
    inside = int(rows.inside.sum())
    outside = len(rows.inside) - inside
    weight = inside * UNANSWERABLE_SHARE / (1 - UNANSWERABLE_SHARE) / outside if outside else 0.0
    return np.where(rows.inside, 1.0, weight)


def _precision(rows: _Columns, first: NDArray[np.bool_], threshold: float) -> float:
    given = rows.confidence >= threshold
    total = float(_weights(rows)[given].sum())
    return float(first[given].sum()) / total if total else 1.0


def _coverage(rows: _Columns, first: NDArray[np.bool_], precision: float) -> float:
    if not rows.inside.any():
        return math.nan
    order = np.argsort(-rows.confidence, kind="stable")
    ranked = rows.confidence[order]
    total = np.cumsum(_weights(rows)[order])
    right, inside = np.cumsum(first[order]), np.cumsum(rows.inside[order])
    ends = np.append(ranked[1:] != ranked[:-1], True)
    good = np.flatnonzero(ends & (total >= FEWEST_ANSWERS) & (right >= precision * total))
    return float(inside[good[-1]] / inside[-1]) if len(good) else 0.0


def _mean(values: NDArray[np.bool_] | Floats) -> float:
    return float(values.mean()) if len(values) else math.nan
