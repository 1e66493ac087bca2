"""One version of the knowledge: what it answers. Never changed, so any thread may ask it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from knowledge_base.article import Article, RenderedArticle
from knowledge_base.context import Context
from knowledge_base.explain import Explainer
from knowledge_base.explanation import Explanation
from knowledge_base.fit import Fit
from knowledge_base.folder import Folder
from knowledge_base.index import Index
from knowledge_base.locales import DEFAULT_LOCALE, FallBack
from knowledge_base.places import Ask
from knowledge_base.result import Match, Part, SearchResult
from knowledge_base.search import Reply, Searcher
from knowledge_base.versions import Hold

MOST_MATCHES: Final = 20


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Articles, index, fit and search of one version; `hold` when somebody went back to it."""

    version: int
    folder: Folder
    articles: Mapping[tuple[str, str], Article]
    index: Index
    fit: Fit
    searcher: Searcher
    hold: Hold | None = None
    fall_back: FallBack = field(default_factory=FallBack)
    explainer: Explainer = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """The explainer costs nothing until it is asked."""
        object.__setattr__(self, "explainer", Explainer(self.searcher))

    def search(
        self, question: str, context: Mapping[str, object] | None, limit: int, *, explain: bool = False
    ) -> SearchResult:
        """The articles for a question, with confidence and band; with `explain` also why."""
        known = Context.of(context)
        reply = self.searcher.ask(question, known, max(1, min(limit, MOST_MATCHES)))
        return SearchResult(
            version=self.version,
            band=reply.band,
            confidence=reply.confidence,
            question=reply.question,
            matches=self._matches(reply, known),
            parts=tuple(
                Part(part.question, part.band, part.confidence, self._matches(part, known))
                for part in reply.parts
            ),
            language=reply.language,
            near=reply.near,
            ask=self._ask(reply, known),
            explanations=self._explanations(reply, known) if explain else (),
        )

    def article(self, article_id: str, locale: str) -> Article | None:
        """A published article in the first locale of the chain that has it, or None."""
        for wanted in self.fall_back.of(locale):
            if (wanted, article_id) in self.articles:
                return self.articles[wanted, article_id]
        return next((article for key, article in self.articles.items() if key[1] == article_id), None)

    def article_for_event(
        self, event: str, code: str | None, context: Mapping[str, object] | None
    ) -> RenderedArticle | None:
        """The article that answers a checkout event: the one for its code, else the one for any code."""
        known = Context.of({**(context or {}), "event": _event(event, code, context or {})})
        fitting = [
            (named.code is not None, len(named.when), article.id)
            for article in self.articles.values()
            for named in article.events
            if named.name == known.event
            and named.code in {None, known.code}
            and known.meets(named.when, article.facts)
        ]
        if not fitting:
            return None
        best = max(fitting, key=lambda found: found[:2])
        article = self.article(best[2], known.locale or DEFAULT_LOCALE)
        return article.rendered(known) if article else None

    def stale(self) -> bool:
        """Whether articles are live that the fit has not seen, or the fit knows articles that are gone."""
        return dict(self.fit.seen) != {entry.id: entry.digest for entry in self.index.entries}

    def _ask(self, reply: Reply, context: Context) -> Ask | None:
        """What the best article wants to know before it answers."""
        if reply.band == "hand_over" or not reply.found:
            return None
        article = self.article(reply.found[0].id, context.locale or DEFAULT_LOCALE)
        return article.rendered(context).ask if article else None

    def _explanations(self, reply: Reply, context: Context) -> tuple[Explanation, ...]:
        known = replace(context, last_question=None) if reply.parts else context

        def title(article_id: str) -> str:
            article = self.article(article_id, context.locale or DEFAULT_LOCALE)
            return article.title if article else article_id

        return tuple(self.explainer.explain(one, known, title) for one in reply.parts or (reply,))

    def _matches(self, reply: Reply, context: Context) -> tuple[Match, ...]:
        matches = []
        for found in reply.found:
            article = self.article(found.id, context.locale or DEFAULT_LOCALE)
            if article:
                seen = article.rendered(context)
                matches.append(
                    Match(
                        found.id,
                        seen.title,
                        seen.short_answer,
                        found.confidence,
                        found.similarity,
                        seen.locale,
                    )
                )
        return tuple(matches)


def _event(event: str, code: str | None, context: Mapping[str, object]) -> dict[str, object]:
    """The event with the data that the context has of it."""
    given = context.get("event")
    data = given.get("data") if isinstance(given, Mapping) and given.get("event") == event else None
    return {"event": event, "code": code, "data": data}
