"""A knowledge base whose findings a test writes down, and a real one over a small shop."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from actions.knowledge import BusyError, Knowledge
from actions.metrics import Metrics
from actions.reply import Message, Reply, Sentence
from actions.state import DialogueState
from actions.turn import Turn
from knowledge_base.article import RenderedArticle
from knowledge_base.library import Library
from knowledge_base.places import Ask
from knowledge_base.result import Match, SearchResult

SHOP = {
    "delivery-cost": ("What does delivery cost?", "how much is shipping", "Delivery costs 4.90 euros.", ""),
    "delivery-time": (
        "How long does delivery take?",
        "when will it arrive",
        "One to three working days.",
        "",
    ),
    "returns": ("How do I return something?", "send it back", "Send it back within 30 days.", ""),
    "card-declined": (
        "Why was my card declined?",
        "my payment failed",
        "Your bank declined the payment, so this order was not placed.",
        "events: [payment.failed]",
    ),
    "privacy": ("What do you do with my data?", "delete my data", "We keep what the order needs.", ""),
}


class WrittenKnowledge:
    """Gives the finding a test wrote for a question, and an article for every id but `gone`."""

    def __init__(self) -> None:
        self.findings: dict[str, SearchResult] = {}
        self.asked: list[tuple[str, Mapping[str, Any]]] = []
        self.words: dict[str, str] = {}
        self.asks: dict[str, Ask] = {}
        self.busy = False
        self.outdated: set[str] = set()
        self.told: list[object] = []

    async def search(self, question: str, context: Mapping[str, Any], limit: int = 5) -> SearchResult:
        if self.busy:
            raise BusyError("Too many are asking.")
        self.asked.append((question, context))
        return self.findings.get(question) or finding(question, "hand_over")

    async def suggestions(self, question: str, context: Mapping[str, Any]) -> SearchResult | None:
        return None if self.busy else await self.search(question, context, 3)

    def article(self, article_id: str, locale: str, context: Mapping[str, Any]) -> RenderedArticle | None:
        if article_id == "gone":
            return None
        words = self.words.get(article_id, f"About {article_id}.")
        country = context.get("country")
        if article_id in self.asks and country:
            words = f"{words} In {country}."
        ask = None if country else self.asks.get(article_id)
        lacks = article_id in self.outdated
        return RenderedArticle(article_id, "en", article_id.title(), words, "", ask, outdated=lacks)

    def article_for_event(
        self, event: str, code: str | None, context: Mapping[str, Any]
    ) -> RenderedArticle | None:
        self.told.append(context.get("event"))
        return self.article("declined", "en", context) if event == "payment.failed" else None


def finding(question: str, band: str, *ids: str, confidence: float = 0.9, **more: Any) -> SearchResult:
    """A finding whose matches have falling confidence and about the same similarity."""
    matches = tuple(
        Match(name, name.title(), f"About {name}.", confidence / (place + 1) ** 2, 0.8 - place / 100)
        for place, name in enumerate(ids)
    )
    return SearchResult(1, band, confidence, question, matches, near=bool(ids), **more)  # type: ignore[arg-type]


def kinds(reply: Reply) -> list[str]:
    """The parts of a reply by name."""
    return [part.name if isinstance(part, Sentence) else part.kind for part in reply.parts]


def body(reply: Reply, kind: str) -> Mapping[str, Any]:
    """The body of the first part of a kind."""
    return next(part.body for part in reply.parts if isinstance(part, Message) and part.kind == kind)


@pytest.fixture
def knowledge() -> WrittenKnowledge:
    return WrittenKnowledge()


@pytest.fixture
def turn() -> Callable[..., Turn]:
    """A turn from words; the state is given by its fields."""

    def make(text: str = "", *, state: DialogueState | None = None, **fields: Any) -> Turn:
        return Turn(text=text, state=state or DialogueState(), **fields)

    return make


@pytest.fixture
def written() -> Callable[..., SearchResult]:
    return finding


@pytest.fixture
def said() -> Callable[[Reply], list[str]]:
    return kinds


@pytest.fixture
def part() -> Callable[[Reply, str], Mapping[str, Any]]:
    return body


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """Five articles, live."""
    folder = tmp_path_factory.mktemp("shop")
    _write(folder / "articles" / "en")
    opened = Library(folder, tmp_path_factory.mktemp("store"), backend="torch").open()
    yield opened
    opened.close()


@pytest.fixture
def real_knowledge(library: Library) -> Knowledge:
    return Knowledge(library, Metrics())


def _write(folder: Path) -> None:
    folder.mkdir(parents=True)
    for name, (title, question, answer, extra) in SHOP.items():
        head = f"title: {title}\nquestions:\n  - {question}\n  - {title.lower()}\n{extra}".rstrip()
        (folder / f"{name}.md").write_text(f"---\n{head}\n---\n{answer}\n", encoding="utf-8")
