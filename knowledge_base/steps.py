"""The questions worth asking at each step of a checkout: those a shop chose, then those made for the step."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from knowledge_base.article import Article, RenderedArticle
from knowledge_base.context import Context

MOST_AT_A_STEP: Final = 5
MOST_STEPS: Final = 20
ANY_STEP: Final = ""


def top_articles(
    articles: Iterable[Article], locales: Sequence[str], first: Mapping[str, Sequence[str]]
) -> dict[str, tuple[RenderedArticle, ...]]:
    """At most five published articles for each step, `""` being any, each in the first locale that has it.

    Those named in `first` lead. The others follow by how few steps they belong to, then by how many phrasings
    they have.
    """
    known = _by_id(articles, locales)
    steps = dict.fromkeys([*first, *(step for article in known.values() for step in article.steps), ANY_STEP])
    return {
        step: tuple(_top(step, known, first.get(step, ()), locales[0])) for step in list(steps)[:MOST_STEPS]
    }


def _top(
    step: str, known: Mapping[str, Article], first: Sequence[str], locale: str
) -> Iterator[RenderedArticle]:
    chosen = [article_id for article_id in first if article_id in known]
    fitting = [article for article in known.values() if step in article.steps]
    fitting.sort(key=lambda article: (len(article.steps), -len(article.questions), article.id))
    ids = dict.fromkeys([*chosen, *(article.id for article in fitting)])
    here = Context(step=step or None, locale=locale)
    # One that can't say at present what it is about is no answer to put forward.
    found = (known[article_id].rendered(here) for article_id in ids)
    yield from islice((article for article in found if not article.outdated), MOST_AT_A_STEP)


def _by_id(articles: Iterable[Article], locales: Sequence[str]) -> dict[str, Article]:
    rank = {locale: place for place, locale in enumerate(locales)}
    found: dict[str, Article] = {}
    for article in sorted(articles, key=lambda article: rank.get(article.locale, len(rank))):
        if article.published:
            found.setdefault(article.id, article)
    return found
