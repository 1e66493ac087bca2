"""The questions behind the figures: articles mixed up, the worst misses, what changed since before."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Protocol

from knowledge_base.evaluate import Answered
from knowledge_base.index import Index, Vectors

MOST_CONFUSED: Final = 12
MISSES_EACH: Final = 5
SHOWN: Final = 4
MOST_CHANGES: Final = 20


class Encodes(Protocol):
    """What gives the vector of a question."""

    def encode_question(self, text: str) -> Vectors:
        """One unit row."""
        ...


def confused(answered: Iterable[Answered]) -> list[dict[str, Any]]:
    """Pairs of the article wanted and the one found first, most frequent first, with a question for each."""
    pairs: dict[tuple[str, str], list[str]] = {}
    for one in answered:
        wrong = one.question.labels and one.reply.found and not one.row.right
        if wrong and one.question.kind != "double":
            pair = (one.question.labels[0], one.reply.found[0].id)
            pairs.setdefault(pair, []).append(one.question.question)
    ranked = sorted(pairs.items(), key=lambda pair: (-len(pair[1]), pair[0]))[:MOST_CONFUSED]
    return [
        {"wanted": wanted, "found": found, "times": len(texts), "question": texts[0]}
        for (wanted, found), texts in ranked
    ]


def outcome(one: Answered) -> str:
    """What became of a question: `right`, `asked back`, `handed over`, or one of the ways to be wrong."""
    if one.direct:
        return "right" if one.question.labels and one.all_right else "wrong answer"
    if one.handed_over:
        return "not reached" if one.question.labels else "handed over"
    if not one.question.labels:
        return "asked back in vain"
    return "asked back" if one.reached else "wrong choices"


_SEVERITY: Final[Mapping[str, int]] = {
    "wrong answer": 0,
    "wrong choices": 1,
    "not reached": 2,
    "asked back in vain": 3,
}


def worst(answered: Sequence[Answered], index: Index, encoder: Encodes) -> dict[str, list[dict[str, Any]]]:
    """For each kind the worst misses: wrong answers first, and the surest of them first."""
    missed: dict[str, list[Answered]] = {}
    for one in answered:
        if outcome(one) in _SEVERITY:
            missed.setdefault(one.question.kind, []).append(one)
    found = {}
    for kind, ones in sorted(missed.items()):
        ones.sort(key=lambda one: (_SEVERITY[outcome(one)], -one.reply.confidence))
        found[kind or "-"] = [_miss(one, index, encoder) for one in ones[:MISSES_EACH]]
    return found


def _miss(one: Answered, index: Index, encoder: Encodes) -> dict[str, Any]:
    surest = max(one.parts, key=lambda part: part.confidence)
    matched = [
        {"id": found.id, "confidence": found.confidence, "similarity": found.similarity}
        for found in surest.found[:SHOWN]
    ]
    return {
        "question": one.question.question,
        "wanted": list(one.question.labels),
        "context": dict(one.question.context),
        "outcome": outcome(one),
        "confidence": one.reply.confidence,
        "matched": matched,
        "nearest": _nearest_phrasing(index, surest.found[0].id, encoder.encode_question(surest.question))
        if surest.found
        else "",
    }


def _nearest_phrasing(index: Index, article_id: str, vector: Vectors) -> str:
    row = index.rows[article_id]
    start = int(index.starts[row])
    questions = index.entries[row].questions
    return questions[int((index.questions[start : start + len(questions)] @ vector).argmax())]


def outcomes(answered: Iterable[Answered]) -> dict[str, list[str]]:
    """For each question what became of it and the article found first; kept to compare the next run with."""
    return {_key(one): [outcome(one), one.reply.found[0].id if one.reply.found else ""] for one in answered}


def changes(before: Mapping[str, Sequence[str]], now: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """How often one outcome became another, and the questions; only those asked in both runs."""
    moved = [
        {"question": key.split("\n")[0], "before": list(before[key]), "now": list(now[key])}
        for key in now
        if key in before and before[key][0] != now[key][0]
    ]
    counts = Counter((one["before"][0], one["now"][0]) for one in moved)
    moved.sort(key=lambda one: (_SEVERITY.get(one["now"][0], len(_SEVERITY)), one["question"]))
    return {
        "asked_in_both": sum(key in before for key in now),
        "counts": [
            {"before": then, "now": after, "times": times} for (then, after), times in counts.most_common()
        ],
        "questions": moved[:MOST_CHANGES],
    }


def _key(one: Answered) -> str:
    """The same words in another context are another question."""
    context = ";".join(f"{key}={value}" for key, value in sorted(one.question.context.items()))
    return f"{one.question.question}\n{context}"
