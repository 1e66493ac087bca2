"""Charts as SVG to stand inside a page: text stays text, and colours follow the page, light or dark."""

import io
import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final
from xml.sax.saxutils import escape

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

# Drawn in these, then named: the page says what each is in light and in dark.
INK: Final = "#010101"
LINE: Final = "#020202"
ACCENT: Final = "#030303"
BAD: Final = "#040404"
SOFT: Final = "#050505"
_NAMES: Final[Mapping[str, str]] = {INK: "ink", LINE: "line", ACCENT: "accent", BAD: "bad", SOFT: "soft"}
_SIZE_INCHES: Final = (4.7, 3.5)


def reliability_chart(calibration: Mapping[str, Any], prefix: str) -> str:
    """How often it was right at each confidence; on the dotted line confidence is exactly right."""
    bins = calibration["in_traffic"]["bins"]
    figure, axes = _blank("confidence", "share right")
    axes.plot([0, 1], [0, 1], color=INK, linestyle=":", linewidth=1)
    sure, right = [one["confidence"] for one in bins], [one["right"] for one in bins]
    below = [max(0.0, one["right"] - one["low"]) for one in bins]
    above = [max(0.0, one["high"] - one["right"]) for one in bins]
    axes.errorbar(sure, right, yerr=[below, above], color=ACCENT, marker="o", markersize=5, capsize=3)
    _percent(axes, x=True, y=True)
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02))
    error = calibration["in_traffic"]["error"]
    text = "; ".join(f"{one['confidence']:.2f} sure, {one['right']:.2f} right" for one in bins)
    return _svg(figure, prefix, f"Reliability, calibration error {_three(error)}", text)


def risk_chart(calibration: Mapping[str, Any], promised: float | None, prefix: str) -> str:
    """The share of wrong answers, the more questions are answered."""
    points = calibration["risk_coverage"]
    figure, axes = _blank("share of questions answered", "share of answers wrong")
    axes.plot([one["coverage"] for one in points], [one["risk"] for one in points], color=ACCENT)
    given = [one for one in points if one["confidence"] >= calibration["answer_at"]]
    if given:
        axes.plot(given[-1]["coverage"], given[-1]["risk"], color=ACCENT, marker="o", markersize=7)
    if promised is not None:
        axes.axhline(promised, color=BAD, linestyle="--", linewidth=1)
        axes.annotate(f"promised {promised:.0%}", (0.01, promised), color=BAD, va="bottom")
    _percent(axes, x=True, y=True)
    axes.set(xlim=(0, 1.02), ylim=(0, None))
    said = [_at(points, share) for share in (0.25, 0.5, 0.75, 1.0)] if points else []
    text = "; ".join(f"{one['coverage']:.0%} answered, {one['risk']:.1%} wrong" for one in said)
    return _svg(figure, prefix, "Wrong answers by share answered", text)


def latency_chart(latency: Mapping[str, Any], prefix: str) -> str:
    """How many questions took how long; what took longer than the 99th percentile stands in the last bar."""
    figure, axes = _blank("milliseconds", "questions")
    edges, counts = latency["edges"], latency["counts"]
    axes.stairs(counts, edges, fill=True, color=SOFT, edgecolor=ACCENT)
    for name in ("p50", "p95"):
        axes.axvline(latency[name], color=INK, linestyle=":", linewidth=1)
        axes.annotate(
            name, (latency[name], max(counts)), color=INK, xytext=(3, 0), textcoords="offset points"
        )
    axes.set(xlim=(0, edges[-1]))
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    text = ", ".join(f"{name} {latency[name]:.1f} ms" for name in ("p50", "p95", "p99"))
    return _svg(figure, prefix, "Time for an answer", text)


def _styled() -> AbstractContextManager[None]:
    return mpl.rc_context(
        {
            "svg.fonttype": "none",
            "svg.hashsalt": "report",
            "font.size": 11,
            "text.color": INK,
            "axes.edgecolor": LINE,
            "axes.labelcolor": INK,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.facecolor": "none",
            "figure.facecolor": "none",
            "xtick.color": INK,
            "ytick.color": INK,
            "grid.color": LINE,
            "axes.grid": True,
            "grid.linewidth": 0.6,
        }
    )


def _at(points: Sequence[Mapping[str, float]], coverage: float) -> Mapping[str, float]:
    return min(points, key=lambda one: abs(one["coverage"] - coverage))


def _blank(across: str, up: str) -> tuple[Figure, Axes]:
    with _styled():
        figure = Figure(figsize=_SIZE_INCHES, layout="constrained")
        axes = figure.subplots()
        axes.set(xlabel=across, ylabel=up)
    return figure, axes


def _percent(axes: Axes, *, x: bool, y: bool) -> None:
    for axis, wanted in ((axes.xaxis, x), (axes.yaxis, y)):
        if wanted:
            axis.set_major_locator(MaxNLocator(5))
            axis.set_major_formatter(PercentFormatter(1, decimals=0))


def _svg(figure: Figure, prefix: str, title: str, text: str) -> str:
    """The drawing with a title and a description, its ids under `prefix` as several stand in one page."""
    stream = io.StringIO()
    with _styled():
        figure.savefig(
            stream, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
        )
    drawn = stream.getvalue()
    body = drawn[drawn.index(">", drawn.index("<svg")) + 1 :]
    for colour, name in _NAMES.items():
        body = body.replace(colour, f"var(--{name})")
    body = re.sub(r'\bid="', f'id="{prefix}-', body)
    body = re.sub(r'xlink:href="#', f'href="#{prefix}-', body)
    body = body.replace("url(#", f"url(#{prefix}-")
    # Fonts are the page's.
    body = re.sub(r"font: ([\d.]+)px [^;\"]*", r"font-size: \1px", body)
    body = re.sub(r"<style.*?</style>", "", body, flags=re.DOTALL)
    wide, high = (72 * side for side in _SIZE_INCHES)
    return (
        f'<svg viewBox="0 0 {wide:g} {high:g}" role="img" '
        f'aria-labelledby="{prefix}-title {prefix}-desc">'
        f'<title id="{prefix}-title">{escape(title)}</title>'
        f'<desc id="{prefix}-desc">{escape(text)}</desc>{body}'
    )


def _three(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.3f}"
