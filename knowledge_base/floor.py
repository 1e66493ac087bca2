"""The floor: figures that quality on our own test lines may not fall below by more than their interval."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

RULE: Final = (
    "A figure may rise whenever a run shows it. It may fall only with a change that is worth it, and the "
    "commit says so: a fairer set of questions, or another figure that gains more. Renew with: "
    "python -m knowledge_base evaluate --set-floor"
)
# Few questions stand behind doubles, and coverage hangs on a single threshold: their wide intervals say so.
MEASURES: Final = ("top1", "r3", "mrr", "auroc", "oos@95", "cov@p95")
BANDS: Final = ("direct", "reached", "direct_right", "handed_over", "doubles_answered")
CALIBRATION: Final = "calibration_error"


@dataclass(frozen=True, slots=True)
class Mark:
    """A stored figure, how many questions stand behind it, and the worst value that is not a fall."""

    value: float
    n: int
    worst: float
    at_most: bool = False

    def fallen(self, value: float) -> bool:
        """Whether a value is worse than chance explains."""
        return value > self.worst if self.at_most else value < self.worst


@dataclass(frozen=True, slots=True)
class Floor:
    """The marks by name, and the day they were set."""

    set_on: str
    marks: Mapping[str, Mark]

    def falls(self, found: Mapping[str, float]) -> list[str]:
        """A sentence for each figure that fell below its mark."""
        return [
            f"{name} is {found[name]:.3f}; stored is {mark.value:.3f}, and {mark.worst:.3f} is the "
            f"{'most' if mark.at_most else 'least'} that chance explains ({mark.n} questions)."
            for name, mark in self.marks.items()
            if name in found and mark.fallen(found[name])
        ]


def values(report: Mapping[str, Any]) -> dict[str, float]:
    """The figures of a suite's report that a floor holds."""
    return {name: float(one["value"]) for name, one in _figures(report).items()}


def floor_of(report: Mapping[str, Any], today: dt.date) -> Floor:
    """The floor that this report sets."""
    marks = {
        name: Mark(
            value=round(float(one["value"]), 4),
            n=int(one["n"]),
            worst=round(float(one["high"] if name == CALIBRATION else one["low"]), 4),
            at_most=name == CALIBRATION,
        )
        for name, one in _figures(report).items()
    }
    return Floor(today.isoformat(), marks)


def write_floor(floor: Floor, path: Path) -> None:
    """Writes the floor with its rule."""
    marks = {
        name: {"value": mark.value, "n": mark.n, "worst": mark.worst, "at_most": mark.at_most}
        for name, mark in floor.marks.items()
    }
    data = {"rule": RULE, "set_on": floor.set_on, "figures": marks}
    path.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")


def read_floor(path: Path) -> Floor:
    """The floor in a file. Raises `ValueError` where it is not one."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return Floor(str(data["set_on"]), {name: Mark(**mark) for name, mark in data["figures"].items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        hint = "Set it: python -m knowledge_base evaluate --set-floor"
        raise ValueError(f"No floor at {path} ({error}). {hint}") from error


def _figures(report: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    ours, bands = report["measures"]["this search"], report["bands"]
    error = report["calibration"]["as_asked"]
    asked = sum(report["questions"][name] for name in ("answerable", "unanswerable"))
    found = {
        **{name: ours[name] for name in MEASURES},
        **{name: bands[name] for name in BANDS},
        CALIBRATION: {"value": error["error"], "high": error["high"], "n": asked},
    }
    return {name: one for name, one in found.items() if one["value"] is not None}
