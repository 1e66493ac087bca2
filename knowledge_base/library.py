"""The live knowledge: opened once, asked by many threads, renewed while questions keep coming."""

import asyncio
import base64
import contextlib
import datetime as dt
import json
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from watchfiles import Change, awatch

from knowledge_base.article import Article, Problem, RenderedArticle
from knowledge_base.build import entries_of, read_labelled
from knowledge_base.confidence import Budget
from knowledge_base.context import Context
from knowledge_base.embed import PACKAGED_MODEL, Encoder, load_encoder
from knowledge_base.fine_tune import chosen_model
from knowledge_base.fit import Fit, fit
from knowledge_base.folder import Folder, FolderReader
from knowledge_base.index import BadIndexError, Index, Stored, Vectors, open_index, save_index, texts_of
from knowledge_base.language import Languages
from knowledge_base.lexical import Speller
from knowledge_base.matching import Matcher
from knowledge_base.result import Match, Part, SearchResult
from knowledge_base.scoring import Scorer
from knowledge_base.search import Reply, Searcher, Tongue, word_counts
from knowledge_base.vectors import Progress, VectorCache

log = logging.getLogger(__name__)

DEFAULT_LOCALE: Final = "en"
QUIET_BEFORE_REFIT_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Status:
    """What is live, in numbers, and what was left out and why."""

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

    def as_dict(self) -> dict[str, Any]:
        """The JSON of `GET /knowledge/status`."""
        return {**asdict(self), "left_out": [problem.as_dict() for problem in self.left_out]}


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """One version of everything. Replaced as a whole, never changed."""

    version: int
    folder: Folder
    articles: Mapping[tuple[str, str], Article]
    index: Index
    fit: Fit
    searcher: Searcher


class Library:
    """The live knowledge of one shop folder."""

    def __init__(
        self,
        shop_dir: Path,
        store_dir: Path,
        *,
        model: str = PACKAGED_MODEL,
        backend: str = "auto",
        encoder: Encoder | None = None,
        budget: Budget | None = None,
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        """Nothing is read before `open`. An `encoder` given is used instead of loading `model`."""
        self._shop_dir, self._store_dir = shop_dir, store_dir
        self._model, self._backend, self._given = model, backend, encoder
        self._budget, self._clock = budget, clock
        self._renewing = threading.RLock()
        self._live: _Snapshot | None = None

    def open(self, progress: Progress | None = None) -> "Library":
        """Loads the index, or builds it where it is missing, damaged, foreign or out of date."""
        with self._renewing:
            self._encoder = self._given or self._load()
            self._cache = VectorCache(self._store_dir / "vectors.sqlite", self._encoder)
            self._languages = Languages()
            self._languages.foreign("quanto costa la spedizione", (), ours=_nothing, common=_nothing)
            self._common = self._encoder.vocabulary()
            stored = self._stored()
            self._reader = FolderReader(_last_good(stored))
            folder = self._reader.read(self._shop_dir)
            index = self._index(folder, {}, progress, stored)
            kept = _stored_fit(stored)
            version = int(stored.manifest["version"]) if stored else 0
            learned = kept or self._learn(index, 1)
            if stored is None or kept is None or stored.manifest["content"] != index.digest:
                version += 1
            self._swap(self._snapshot(version, folder, index, learned))
            if stored is None or version != stored.manifest["version"]:
                self._save()
        return self

    def close(self) -> None:
        """Gives files back. Searching is over."""
        with self._renewing:
            if self._live is not None:
                self._cache.close()
                self._live = None

    def searcher(self) -> Searcher:
        """What answers questions at this moment, to be measured."""
        return self._snapshot_now().searcher

    def search(
        self, question: str, context: Mapping[str, object] | None = None, limit: int = 5
    ) -> SearchResult:
        """The articles for a question, with confidence and band. A few milliseconds; any thread."""
        live = self._snapshot_now()
        known = Context.of(context)
        reply = live.searcher.ask(question, known, max(1, min(limit, 20)))
        return SearchResult(
            version=live.version,
            band=reply.band,
            confidence=reply.confidence,
            question=reply.question,
            matches=_matches(live, reply, known),
            parts=tuple(
                Part(part.question, part.band, part.confidence, _matches(live, part, known))
                for part in reply.parts
            ),
            language=reply.language,
            near=reply.near,
        )

    def article(
        self, article_id: str, locale: str = DEFAULT_LOCALE, context: Mapping[str, object] | None = None
    ) -> RenderedArticle | None:
        """A published article in the nearest locale there is, or None."""
        article = _localised(self._snapshot_now(), article_id, locale)
        return article.rendered(Context.of(context)) if article else None

    def article_for_event(
        self, event: str, code: str | None = None, context: Mapping[str, object] | None = None
    ) -> RenderedArticle | None:
        """The article that answers a checkout event: the one for its code, else the one for any code."""
        live = self._snapshot_now()
        known = Context.of({**(context or {}), "event": event, "code": code})
        fitting = [
            (named.code is not None, len(named.when), article.id)
            for article in live.articles.values()
            for named in article.events
            if named.name == known.event and named.code in {None, known.code} and known.meets(named.when)
        ]
        if not fitting:
            return None
        best = max(fitting, key=lambda found: found[:2])
        article = _localised(live, best[2], known.locale or DEFAULT_LOCALE)
        return article.rendered(known) if article else None

    def status(self) -> Status:
        """What is live."""
        live = self._snapshot_now()
        calibration = live.fit.calibration
        return Status(
            articles=len(live.index.entries),
            vectors=len(live.index.questions) + len(live.index.answers),
            model=self._model,
            backend=self._encoder.backend,
            version=live.version,
            left_out=live.folder.problems,
            fitted_at=live.fit.fitted_at,
            fit_version=live.fit.version,
            answer_at=calibration.answer_at,
            clarify_at=calibration.clarify_at,
            certified=calibration.certified,
            calibration=calibration.report,
        )

    def refresh(self) -> bool:
        """Reads the folder again and swaps in what changed; says whether anything did."""
        with self._renewing:
            live = self._snapshot_now()
            folder = self._reader.read(self._shop_dir)
            if folder == live.folder:
                return False
            index = self._index(folder, _vectors_of(live.index))
            self._swap(self._snapshot(live.version + 1, folder, index, live.fit))
            self._save()
            return True

    def stale(self) -> bool:
        """Whether articles are live that the fit has not seen, or the fit knows articles that are gone."""
        live = self._snapshot_now()
        return dict(live.fit.seen) != {entry.id: entry.digest for entry in live.index.entries}

    def refit(self) -> None:
        """Learns anew from what is live and swaps it in. Takes seconds; questions keep being answered."""
        before = self._snapshot_now()
        learned = self._learn(before.index, before.fit.version + 1)
        with self._renewing:
            live = self._snapshot_now()
            self._swap(self._snapshot(live.version + 1, live.folder, live.index, learned))
            self._save()

    async def watch(self) -> None:
        """Runs until cancelled: a changed article is live at once, the fit follows when it is quiet."""
        refit: asyncio.Task[None] | None = None
        await asyncio.to_thread(self.refresh)
        try:
            if self.stale():
                refit = asyncio.create_task(self._refit_when_quiet())
            async for _ in awatch(self._shop_dir, watch_filter=_is_article, debounce=100, step=20):
                if not await asyncio.to_thread(self.refresh):
                    continue
                if refit:
                    refit.cancel()
                refit = asyncio.create_task(self._refit_when_quiet())
        finally:
            if refit:
                refit.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await refit

    async def _refit_when_quiet(self) -> None:
        await asyncio.sleep(QUIET_BEFORE_REFIT_S)
        await asyncio.to_thread(self.refit)

    def _snapshot_now(self) -> _Snapshot:
        if self._live is None:
            raise RuntimeError("The library is not open. Call open() first.")
        return self._live

    def _load(self) -> Encoder:
        model = chosen_model(self._store_dir, self._model)
        return load_encoder(model, self._store_dir, backend=self._backend)

    def _swap(self, snapshot: _Snapshot) -> None:
        self._live = snapshot

    def _stored(self) -> Stored | None:
        try:
            return open_index(self._store_dir / "index", model=self._encoder.fingerprint)
        except BadIndexError as error:
            log.info("%s Building it anew.", error)
            return None

    def _index(
        self,
        folder: Folder,
        vectors: Mapping[str, Vectors],
        progress: Progress | None = None,
        stored: Stored | None = None,
    ) -> Index:
        entries = entries_of(folder.articles)
        known = dict(vectors)
        if stored:
            known.update(stored.vectors_for(entries))
        missing = [text for text in texts_of(entries) if text not in known]
        if missing:
            known.update(self._cache.vectors(missing, progress))
        return Index(entries, known, self._encoder.dimension)

    def _snapshot(self, version: int, folder: Folder, index: Index, learned: Fit) -> _Snapshot:
        articles = {(article.locale, article.id): article for article in folder.articles if article.published}
        written = frozenset(locale.split("-")[0] for locale, _ in articles)
        tongue = Tongue(self._languages, written, self._common) if articles else None
        matcher = Matcher(Scorer(index, learned.classes), self._encoder, self._speller(index))
        searcher = Searcher(matcher, learned, tongue=tongue)
        return _Snapshot(version, folder, articles, index, learned, searcher)

    def _speller(self, index: Index) -> Speller:
        return Speller(word_counts(index), self._common)

    def _learn(self, index: Index, version: int) -> Fit:
        try:
            labelled = read_labelled(self._shop_dir / "eval" / "questions.jsonl")
        except (OSError, ValueError) as error:
            log.warning("%s Fitting without it.", error)
            labelled = []
        return fit(
            index,
            version=version,
            at=self._clock(),
            encoder=self._cache,
            speller=self._speller(index),
            labelled=labelled,
            budget=self._budget,
        )

    def _save(self) -> None:
        live = self._snapshot_now()
        texts = {file: base64.b64encode(data).decode() for file, data in live.folder.texts}
        files = {"texts.json": json.dumps(texts).encode(), **live.fit.dump()}
        try:
            save_index(
                self._store_dir / "index",
                live.index,
                model=self._encoder.fingerprint,
                version=live.version,
                files=files,
            )
        except OSError as error:
            log.warning("The index could not be kept (%s). Search goes on from memory.", error)


def _last_good(stored: Stored | None) -> dict[str, bytes]:
    if stored is None:
        return {}
    try:
        texts = json.loads(stored.read("texts.json") or b"{}")
        return {file: base64.b64decode(data) for file, data in texts.items()}
    except ValueError:
        return {}


def _stored_fit(stored: Stored | None) -> Fit | None:
    if stored is None:
        return None
    try:
        return Fit.load(stored.read("fit.json"), stored.read("classes.npz"), stored.read("unanswered.npy"))
    except (ValueError, KeyError, TypeError) as error:
        log.info("The fit at %s cannot be used (%s). Fitting anew.", stored.folder, error)
        return None


def _vectors_of(index: Index) -> dict[str, Vectors]:
    texts = [text for entry in index.entries for text in entry.answers]
    found = dict(zip(texts, index.answers, strict=True))
    texts = [text for entry in index.entries for text in entry.questions]
    found.update(zip(texts, index.questions, strict=True))
    return found


def _localised(live: _Snapshot, article_id: str, locale: str) -> Article | None:
    for wanted in (locale, locale.split("-")[0], DEFAULT_LOCALE):
        if (wanted, article_id) in live.articles:
            return live.articles[wanted, article_id]
    return next((article for key, article in live.articles.items() if key[1] == article_id), None)


def _matches(live: _Snapshot, reply: Reply, context: Context) -> tuple[Match, ...]:
    matches = []
    for found in reply.found:
        article = _localised(live, found.id, context.locale or DEFAULT_LOCALE)
        if article:
            seen = article.rendered(context)
            matches.append(Match(found.id, seen.title, seen.short_answer, found.confidence, found.similarity))
    return tuple(matches)


def _nothing(word: str) -> bool:  # noqa: ARG001
    return False


def _is_article(change: Change, path: str) -> bool:  # noqa: ARG001
    return "articles" in Path(path).parts
