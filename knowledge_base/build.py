"""From articles to what search needs: entries, and labelled questions to learn from."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from knowledge_base.article import Article, plain
from knowledge_base.crossfit import Labelled
from knowledge_base.index import Entry


def entries_of(articles: Iterable[Article]) -> tuple[Entry, ...]:
    """One entry for each published id, all its locales together, sorted by id."""
    groups: dict[str, list[Article]] = {}
    for article in articles:
        if article.published:
            groups.setdefault(article.id, []).append(article)
    return tuple(_entry(article_id, groups[article_id]) for article_id in sorted(groups))


def read_labelled(path: Path) -> list[Labelled]:
    """The questions of a `questions.jsonl` or `queries.jsonl`; none when there is no such file.

    Raises `ValueError` with the line that cannot be read.
    """
    if not path.is_file():
        return []
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
            found.append(
                Labelled(
                    question=str(data["q"]),
                    labels=tuple(str(label) for label in data["labels"]),
                    split=str(data.get("split", "test")),
                    kind=str(data.get("kind") or ""),
                    context=dict(data.get("context") or {}),
                )
            )
        except (ValueError, KeyError, TypeError) as error:
            wanted = 'a line such as {"q": "…", "labels": ["id"], "split": "dev"}'
            raise ValueError(f"{path}:{number}: saw {line[:80]!r} ({error}); expected {wanted}.") from error
    return found


def _entry(article_id: str, articles: Sequence[Article]) -> Entry:
    answers = [text for article in articles for text in _answers(article)]
    events = [event for article in articles for event in article.events]
    return Entry(
        id=article_id,
        questions=_once(text for article in articles for text in (article.title, *article.questions)),
        answers=_once(answers),
        steps=_once(step for article in articles for step in article.steps),
        events=_once(str(event) for event in events),
        when=tuple(variant.when for article in articles for variant in article.variants),
        tags=_once(tag for article in articles for tag in article.tags),
    )


def _answers(article: Article) -> list[str]:
    return [plain(answer) for answer in article.answers()]


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
