"""What an explanation holds: why a message got its articles and its band, as values and as JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from knowledge_base.confidence import Band

DIGITS: Final = 3
LABELS: Final[Mapping[str, str]] = {
    "similarity": "the likeness to the article as a whole",
    "gap": "the lead over the next article",
    "words": "how much of the question's words the article holds",
    "share": "the share of the question's words in the article",
    "centre": "the likeness to what the article is asked",
    "crowd": "the likeness to what the shop is asked",
    "apart": "the distance to the nearest phrasing",
    "beyond": "the nearness to questions known to have no answer",
}


@dataclass(frozen=True, slots=True)
class Word:
    """A word with a meaning: as typed, as read, and whether the best article or any article holds it."""

    typed: str
    read: str
    held: bool
    known: bool

    @property
    def repaired(self) -> bool:
        """Whether it was taken for a typo."""
        return self.typed != self.read


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign: its value, the usual one of a right answer, and how far that moved the confidence."""

    name: str
    value: float
    usual: float
    moved: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that was weighed. `views` is what each view of the question gave it."""

    id: str
    title: str
    confidence: float
    phrasing: str
    cosine: float
    views: Mapping[str, float]
    signs: tuple[Sign, ...]


@dataclass(frozen=True, slots=True)
class Unanswerable:
    """The nearest question known to have no answer."""

    question: str
    cosine: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a message, or one part of it, got its band. `reasons` are sentences for people, most telling first.

    `read` is the message as it was weighed: typos repaired, a follow-up joined to the question before it.
    `reach` is the chance that the right article is among four buttons.
    """

    question: str
    read: str
    band: Band
    confidence: float
    reach: float
    answer_at: float
    clarify_at: float
    words: tuple[Word, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    reasons: tuple[str, ...] = ()
    unanswered: Unanswerable | None = None

    @property
    def unexplained(self) -> tuple[str, ...]:
        """Words of the question that no article holds."""
        return tuple(word.read for word in self.words if not word.known)

    def as_dict(self) -> dict[str, Any]:
        """The JSON of one explanation; shares have three digits."""
        given = {**asdict(self), "unexplained": list(self.unexplained)}
        rounded: dict[str, Any] = _rounded(given)
        return rounded


def short(share: float, digits: int = 2) -> str:
    """A share or a sign with few digits, as people read it: ".87"."""
    shown = f"{share:.{digits}f}"
    return shown.replace("0.", ".", 1) if shown.startswith(("0.", "-0.")) else shown


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, Mapping):
        return {key: _rounded(item) for key, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, list | tuple) else value
