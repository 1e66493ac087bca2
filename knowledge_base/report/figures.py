"""All figures of one suite as plain data: what the JSON holds and the page shows."""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import numpy as np

from knowledge_base import evaluate as ev
from knowledge_base import metrics
from knowledge_base.confidence import CHOICES, UNANSWERABLE_SHARE, Budget
from knowledge_base.embed import Encoder
from knowledge_base.reliability import area, reliability, risk_coverage, traffic
from knowledge_base.report.cases import changes, confused, outcomes, worst
from knowledge_base.report.contexts import context_figures
from knowledge_base.search import Searcher

FORMAT: Final = 1
OURS: Final = "this search"
COMPARED: Final = ("measures", "bands")


@dataclass(frozen=True, slots=True)
class Run:
    """A suite and how it was answered."""

    suite: str
    at: dt.datetime
    searcher: Searcher
    encoder: Encoder
    answered: Sequence[ev.Answered]
    budget: Budget = field(default_factory=Budget)

    @property
    def single(self) -> list[ev.Answered]:
        """Those that ask one thing."""
        return [one for one in self.answered if one.question.kind != "double"]


def figures(run: Run, before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The figures of a run, beside those of the one before that gave something else."""
    single = run.single
    bands = ev.bands(run.answered)
    found: dict[str, Any] = {
        "format": FORMAT,
        "suite": run.suite,
        "at": run.at.isoformat(timespec="seconds"),
        "articles": len(run.searcher.index.entries),
        "questions": {
            "answerable": bands.answerable,
            "unanswerable": bands.unanswerable,
            "double": bands.doubles,
        },
        "backend": run.encoder.backend,
        "measures": _measures(run),
        "bands": _bands(bands),
        "promises": _promises(run),
        "calibration": _calibration(single, run),
        "kinds": _kinds(run.answered),
        "contexts": context_figures(run.searcher, run.answered),
        "confused": confused(run.answered),
        "misses": worst(run.answered, run.searcher.index, run.encoder),
        "latency_ms": _latency([one.took_ms for one in run.answered]),
        "fit": run.searcher.fit.calibration.report,
        "outcomes": outcomes(run.answered),
    }
    whole: dict[str, Any] = _plain({**found, **_beside(found, before)})
    return whole


def _measures(run: Run) -> dict[str, dict[str, dict[str, Any]]]:
    single = [one.question for one in run.single]
    rankers = {
        "BM25": ev.bm25_ranker(run.searcher.index.entries),
        "MiniLM, nearest question": ev.nearest_ranker(run.searcher.index, run.encoder),
    }
    rows = {name: [rank(one) for one in single] for name, rank in rankers.items()}
    rows[OURS] = [one.row for one in run.single]
    return {name: _with_intervals(found) for name, found in rows.items()}


def _with_intervals(rows: Sequence[metrics.Row]) -> dict[str, dict[str, Any]]:
    values, ends = metrics.measure(rows), metrics.intervals(rows)
    outside_only = {"oos@95"}
    return {
        name: {
            "value": values[name],
            "low": ends[name][0],
            "high": ends[name][1],
            "n": int(values["n_oos"] if name in outside_only else values["n_in"])
            + (int(values["n_oos"]) if name.startswith(("auroc", "prec", "cov")) else 0),
            "interval": "Wilson" if name in metrics.WILSON else "bootstrap",
        }
        for name in ends
    }


def _bands(bands: ev.Bands) -> dict[str, dict[str, Any]]:
    counts = {
        "direct": bands.answerable,
        "reached": bands.answerable,
        "direct_right": bands.answers,
        "handed_over": bands.unanswerable,
        "doubles_answered": bands.doubles,
    }
    return {name: _share(getattr(bands, name), count) for name, count in counts.items()}


def _share(value: float, count: int) -> dict[str, Any]:
    low, high = metrics.interval(value, count)
    return {"value": value, "low": low, "high": high, "n": count, "interval": "Wilson"}


def _promises(run: Run) -> list[dict[str, Any]]:
    """What the budget promises, what the dev lines gave, and what held-out questions gave."""
    fitted = run.searcher.fit.calibration
    given = [one for one in run.single if one.direct]
    wrong = sum(not one.all_right for one in given)
    answerable = np.array([bool(one.question.labels) for one in run.single], dtype=bool)
    weights = traffic(answerable, UNANSWERABLE_SHARE)
    direct = np.array([one.direct for one in run.single], dtype=bool)
    mistaken = np.array([one.direct and not one.all_right for one in run.single], dtype=bool)
    among = [one for one in run.single if one.question.labels and (one.row.rank or math.inf) <= CHOICES]
    kept = sum(not one.handed_over for one in among)
    promised = float(fitted.report.get("promised_wrong_at_most", run.budget.wrong))
    share = UNANSWERABLE_SHARE
    return [
        {
            "what": f"wrong answers among those given, where a share of {share:g} has no answer",
            "promised": promised,
            "at_most": True,
            "certified": fitted.certified,
            "on_dev": fitted.report.get("achieved_wrong"),
            **_kept_promise(
                float(weights[mistaken].sum()), float(weights[direct].sum()), promised, at_most=True
            ),
        },
        {
            "what": "wrong answers among those given, in these questions as they are",
            "promised": None,
            "at_most": True,
            "on_dev": None,
            **_kept_promise(wrong, len(given), None, at_most=True),
        },
        {
            "what": f"answered or asked back, of those whose article is among the first {CHOICES}",
            "promised": run.budget.kept,
            "at_most": False,
            "on_dev": None,
            **_kept_promise(kept, len(among), run.budget.kept, at_most=False),
        },
    ]


def _kept_promise(count: float, total: float, promised: float | None, *, at_most: bool) -> dict[str, Any]:
    low, high = metrics.exact_interval(count, total)
    verdict = ""
    if promised is not None and total:
        over = (low > promised) if at_most else (high < promised)
        under = (high <= promised) if at_most else (low >= promised)
        verdict = "broken" if over else "kept" if under else "within its interval"
    return {
        "value": count / total if total else math.nan,
        "count": count,
        "n": total,
        "low": low,
        "high": high,
        "interval": "Clopper and Pearson",
        "verdict": verdict,
    }


def _calibration(single: Sequence[ev.Answered], run: Run) -> dict[str, Any]:
    confidence = np.array([one.reply.confidence for one in single], dtype=np.float64)
    right = np.array([one.row.right for one in single], dtype=bool)
    answerable = np.array([bool(one.question.labels) for one in single], dtype=bool)
    weights = traffic(answerable, UNANSWERABLE_SHARE)
    points = risk_coverage(confidence, right, weights)
    return {
        "bins": "ten of equal mass",
        "as_asked": asdict(reliability(confidence, right, np.ones(len(single)))),
        "in_traffic": asdict(reliability(confidence, right, weights)),
        "unanswerable_share": UNANSWERABLE_SHARE,
        "answer_at": run.searcher.fit.calibration.answer_at,
        "clarify_at": run.searcher.fit.calibration.clarify_at,
        "risk_coverage": [asdict(point) for point in points],
        "area": area(points),
    }


def _kinds(answered: Sequence[ev.Answered]) -> list[dict[str, Any]]:
    rows = []
    for kind in sorted({one.question.kind for one in answered}):
        ones = [one for one in answered if one.question.kind == kind]
        inside = [one for one in ones if one.question.labels]
        first = sum(one.row.right for one in inside) / len(inside) if inside else math.nan
        given = [one for one in ones if one.direct]
        rows.append(
            {
                "kind": kind or "-",
                "questions": len(ones),
                "first": _share(first, len(inside)),
                "direct": len(given),
                "wrong": sum(not one.all_right for one in given),
                "reached": sum(one.reached for one in inside),
                "handed_over": sum(one.handed_over for one in ones),
            }
        )
    return rows


def _latency(took_ms: Sequence[float]) -> dict[str, Any]:
    if not took_ms:
        return {"n": 0}
    values = np.array(took_ms)
    p50, p95, p99 = (float(value) for value in np.percentile(values, [50, 95, 99]))
    edges = np.histogram_bin_edges(values[values <= p99], bins=24)
    counts, _ = np.histogram(np.minimum(values, edges[-1]), edges)
    shape = {"edges": edges.tolist(), "counts": counts.tolist()}
    return {"n": len(values), "p50": p50, "p95": p95, "p99": p99, "most": float(values.max()), **shape}


def _beside(found: Mapping[str, Any], before: Mapping[str, Any] | None) -> dict[str, Any]:
    """What is kept of the run before. The same outcomes again say nothing: then the one before that stays."""
    if not before or before.get("format") != FORMAT:
        return {"before": None, "changed": None}
    if before["outcomes"] == found["outcomes"] and before.get("before"):
        then = before["before"]
    else:
        then = {
            "at": before["at"],
            "outcomes": before["outcomes"],
            "calibration": before["calibration"]["as_asked"],
        }
        then["measures"], then["bands"] = before["measures"][OURS], before["bands"]
    return {"before": then, "changed": changes(then["outcomes"], found["outcomes"])}


def _plain(value: Any) -> Any:
    """The same with `None` for what is not a number, which JSON does not know, and tuples as lists."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
