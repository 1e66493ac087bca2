"""Measures of a retriever that may hand over: ranking, ranking of confidence, what a threshold buys."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

UNANSWERABLE_SHARE: Final = 0.2
FEWEST_ANSWERS: Final = 20.0


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


def measure(rows: Sequence[Row]) -> dict[str, float]:
    """The measures by name.

    `top1`, `r3`, `mrr` over answerable questions. `auroc`: confidence as detector of "answerable and first
    right"; `auroc_oos`: of "answerable". `oos@95`: share of unanswerable ones handed over while 95 % of
    answerable ones are answered. `prec@80`: share of right answers while 80 % of the answerable are answered,
    a fifth of the traffic being unanswerable. `cov@p95`: largest share of answerable ones answered with at
    least 95 % of answers right in that traffic, counting at least 20 answers.
    """
    inside = [row for row in rows if row.labels]
    outside = [row for row in rows if not row.labels]
    ranks = [row.rank for row in inside]
    all_in = [row.confidence for row in inside]
    right = [row.confidence for row in rows if row.right]
    keep95 = threshold_keeping(all_in, 0.95)
    return {
        "n_in": len(inside),
        "n_oos": len(outside),
        "top1": _share(rank == 1 for rank in ranks),
        "r3": _share(rank is not None and rank <= 3 for rank in ranks),
        "mrr": sum(1 / rank for rank in ranks if rank) / len(ranks) if ranks else math.nan,
        "auroc": auroc(right, [row.confidence for row in rows if not row.right]),
        "auroc_oos": auroc(all_in, [row.confidence for row in outside]),
        "oos@95": _share(row.confidence < keep95 for row in outside),
        "prec@80": _precision(rows, threshold_keeping(all_in, 0.8)),
        "cov@p95": _coverage(rows, 0.95),
    }


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """The chance that a positive scores above a negative, ties half (Mann-Whitney)."""
    if not positive or not negative:
        return math.nan
    values = sorted([(value, 1) for value in positive] + [(value, 0) for value in negative])
    total, at = 0.0, 0
    while at < len(values):
        end = at
        while end < len(values) and values[end][0] == values[at][0]:
            end += 1
        total += (at + end + 1) / 2 * sum(kind for _, kind in values[at:end])
        at = end
    count = len(positive)
    return (total - count * (count + 1) / 2) / (count * len(negative))


def threshold_keeping(values: Sequence[float], share: float) -> float:
    """The highest threshold at or above which at least `share` of the values lie."""
    ranked = sorted(values, reverse=True)
    if not ranked:
        return math.nan
    return ranked[max(0, min(len(ranked), math.ceil(round(share * len(ranked), 6))) - 1)]


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


def _outside_weight(rows: Sequence[Row]) -> float:
    inside = sum(bool(row.labels) for row in rows)
    outside = len(rows) - inside
    return inside * UNANSWERABLE_SHARE / (1 - UNANSWERABLE_SHARE) / outside if outside else 0.0


def _precision(rows: Sequence[Row], threshold: float) -> float:
    weight = _outside_weight(rows)
    given = [row for row in rows if row.confidence >= threshold]
    total = sum(1.0 if row.labels else weight for row in given)
    return sum(row.right for row in given) / total if total else 1.0


def _coverage(rows: Sequence[Row], precision: float) -> float:
    weight = _outside_weight(rows)
    ranked = sorted(rows, key=lambda row: -row.confidence)
    inside, total, right, best = 0, 0.0, 0, 0
    for at, row in enumerate(ranked):
        inside += bool(row.labels)
        total += 1.0 if row.labels else weight
        right += row.right
        tied = at + 1 < len(ranked) and ranked[at + 1].confidence == row.confidence
        if not tied and total >= FEWEST_ANSWERS and right / total >= precision:
            best = inside
    answerable = sum(bool(row.labels) for row in rows)
    return best / answerable if answerable else math.nan


def _share(found: Iterable[bool]) -> float:
    values = list(found)
    return sum(values) / len(values) if values else math.nan
