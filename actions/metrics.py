"""Figures of the action server, as Prometheus reads them."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from knowledge_base.library import Status
from knowledge_base.result import SearchResult

_BUCKETS_S = (0.002, 0.004, 0.006, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Metrics:
    """The counters and gauges of one server, in a registry of their own."""

    def __init__(self) -> None:
        """All at zero."""
        registry = self._registry = CollectorRegistry()
        self.searches = Counter("knowledge_searches", "Searches by band.", ["band"], registry=registry)
        self.search_seconds = Histogram(
            "knowledge_search_seconds", "Time of a search.", buckets=_BUCKETS_S, registry=registry
        )
        self.refused = Counter("knowledge_searches_refused", "Too many or too slow.", registry=registry)
        self.vectors = Gauge(
            "knowledge_question_vectors",
            "Vectors of questions since the start: remembered, or made by the model.",
            ["from"],
            registry=registry,
        )
        self.actions = Counter("actions_run", "Actions by name.", ["action"], registry=registry)
        self.failures = Counter("actions_failed", "Actions that raised.", ["action"], registry=registry)
        self.version = Gauge("knowledge_index_version", "Version of the live index.", registry=registry)
        self.articles = Gauge("knowledge_articles", "Articles that are live.", registry=registry)
        self.left_out = Gauge("knowledge_articles_left_out", "Articles with a problem.", registry=registry)

    def searched(self, found: SearchResult, took_s: float) -> None:
        """Counts one search."""
        self.searches.labels(found.band).inc()
        self.search_seconds.observe(took_s)

    def exposition(self, status: Status, remembered: tuple[int, int]) -> bytes:
        """All figures in Prometheus's text format; `remembered` as `Knowledge.remembered` tells."""
        for source, count in zip(("memory", "model"), remembered, strict=True):
            self.vectors.labels(source).set(count)
        self.version.set(status.version)
        self.articles.set(status.articles)
        self.left_out.set(len(status.left_out))
        return generate_latest(self._registry)
