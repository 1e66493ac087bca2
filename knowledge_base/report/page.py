"""The page: every suite's figures as one HTML file that needs nothing else."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from knowledge_base.report.charts import latency_chart, reliability_chart, risk_chart

MEASURES: Final[Mapping[str, str]] = {
    "top1": "right article first",
    "r3": "right article among three",
    "mrr": "mean of 1 / its place",
    "auroc": "confidence tells right from wrong (AUROC)",
    "auroc_oos": "confidence tells answerable from not (AUROC)",
    "oos@95": "unanswerable left alone, answering 95 % of the others",
    "prec@80": "answers right, answering 80 %",
    "cov@p95": "answered while 95 % of answers are right",
}
BANDS: Final[Mapping[str, str]] = {
    "direct": "answerable: answered directly",
    "reached": "answerable: right answer, or right article among the buttons",
    "direct_right": "direct answers: right",
    "handed_over": "unanswerable: handed over",
    "doubles_answered": "two questions in one: both found",
}


def render(suites: Sequence[Mapping[str, Any]]) -> str:
    """The page for these suites, in this order."""
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters.update(share=_share, points=_points, ms=_ms)
    shown = [{"id": _id(suite["suite"]), "charts": _charts(suite), **suite} for suite in suites]
    return templates.get_template("page.html").render(suites=shown, measures=MEASURES, bands=BANDS)


def _charts(suite: Mapping[str, Any]) -> dict[str, Markup]:
    prefix, calibration = _id(suite["suite"]), suite["calibration"]
    drawn = {
        "reliability": reliability_chart(calibration, f"{prefix}-reliability"),
        "risk": risk_chart(calibration, suite["promises"][0]["promised"], f"{prefix}-risk"),
    }
    if suite["latency_ms"]["n"]:
        drawn["latency"] = latency_chart(suite["latency_ms"], f"{prefix}-latency")
    # Our own drawing, its words escaped.
    return {name: Markup(svg) for name, svg in drawn.items()}  # noqa: S704


def _id(name: str) -> str:
    return "suite-" + re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _points(value: float | None, before: float | None) -> str:
    """A difference with its sign."""
    return "–" if value is None or before is None else f"{value - before:+.3f}"


def _ms(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"
