"""What the shopper's context is worth: the same questions with it, without it, without each part."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scipy.special import betainc

from knowledge_base.context import Context
from knowledge_base.evaluate import Answered
from knowledge_base.metrics import interval
from knowledge_base.search import Searcher

# What a part of the context is called in the report.
PARTS: Mapping[str, tuple[str, ...]] = {
    "all of it": (),
    "checkout step": ("step",),
    "event": ("event", "code"),
    "question before": ("last_question",),
}


def context_figures(searcher: Searcher, answered: Iterable[Answered]) -> list[dict[str, Any]]:
    """A row for each part: first right with it and without it, over the questions that have it."""
    with_any = [one for one in answered if one.question.context and one.question.labels]
    rows = []
    for name, keys in PARTS.items():
        asked = [one for one in with_any if not keys or set(keys) & set(one.question.context)]
        if asked:
            rows.append({"part": name, **_row(asked, [_first_right(searcher, one, keys) for one in asked])})
    return rows


def _first_right(searcher: Searcher, one: Answered, without: Sequence[str]) -> bool:
    """Whether the first article is right when these parts are not known, or none where none is named."""
    left = {key: value for key, value in one.question.context.items() if without and key not in without}
    reply = searcher.ask(one.question.question, Context.of(left))
    return bool(reply.found) and reply.found[0].id in one.question.labels


def _row(asked: Sequence[Answered], without: Sequence[bool]) -> dict[str, Any]:
    with_it = [one.row.right for one in asked]
    gained = sum(now and not then for now, then in zip(with_it, without, strict=True))
    lost = sum(then and not now for now, then in zip(with_it, without, strict=True))
    count = len(asked)
    return {
        "questions": count,
        "with": sum(with_it) / count,
        "with_interval": interval(sum(with_it) / count, count),
        "without": sum(without) / count,
        "without_interval": interval(sum(without) / count, count),
        "gained": gained,
        "lost": lost,
        "p": mcnemar(gained, lost),
    }


def mcnemar(gained: int, lost: int) -> float:
    """The chance of a split at least as uneven if context made no difference (exact, two-sided)."""
    total = gained + lost
    if not total:
        return 1.0
    fewer = min(gained, lost)
    # P(at most `fewer` of `total`) at one half, as a regularised incomplete beta function.
    return float(min(1.0, 2 * betainc(total - fewer, fewer + 1, 0.5)))
