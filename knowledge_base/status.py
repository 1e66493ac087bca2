"""What is live, in numbers, and what keeps it from being what an editor expects."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from knowledge_base.article import Problem


@dataclass(frozen=True, slots=True)
class Held:
    """An earlier version is live because somebody went back to it, and since when."""

    version: int
    since: str
    until: str = "an article changes, or python -m knowledge_base build"


@dataclass(frozen=True, slots=True)
class Status:
    """What is live, in numbers; what was left out and why.

    `held` when somebody went back to an earlier version. `not_kept` says why the last version is not on disk.
    `past_their_day` are the facts that are not stated any more.
    """

    articles: int
    vectors: int
    model: str
    backend: str
    version: int
    left_out: tuple[Problem, ...]
    fitted_at: str | None
    fit_version: int
    answer_at: float
    clarify_at: float
    certified: bool
    calibration: Mapping[str, Any]
    held: Held | None = None
    not_kept: str | None = None
    past_their_day: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The JSON of `GET /knowledge/status`."""
        return {**asdict(self), "left_out": [problem.as_dict() for problem in self.left_out]}
