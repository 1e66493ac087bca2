"""The live knowledge: opened once, asked by many threads, renewed while questions keep coming."""

import asyncio
import contextlib
import datetime as dt
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from knowledge_base.article import RenderedArticle
from knowledge_base.builder import Builder, vectors_of
from knowledge_base.confidence import Budget
from knowledge_base.context import Context
from knowledge_base.embed import PACKAGED_MODEL, Encoder, load_encoder
from knowledge_base.facts import FILE as FACTS
from knowledge_base.folder import Folder, FolderReader
from knowledge_base.glossary import FILE as GLOSSARY
from knowledge_base.locales import DEFAULT_LOCALE, FallBack
from knowledge_base.model_files import chosen_model
from knowledge_base.result import SearchResult
from knowledge_base.search import Searcher
from knowledge_base.shelf import Shelf, fit_in, texts_in
from knowledge_base.snapshot import Snapshot
from knowledge_base.status import Held, Status
from knowledge_base.steps import top_articles
from knowledge_base.vectors import Progress, VectorCache
from knowledge_base.versions import POINTER, Hold, Stored
from knowledge_base.watcher import changes

__all__ = ["Library", "Status"]

log = logging.getLogger(__name__)

QUIET_BEFORE_REFIT_S: Final = 2.0


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
        fall_back: FallBack | None = None,
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        """Nothing is read before `open`. An `encoder` given is used instead of loading `model`."""
        self._shop_dir, self._store_dir = shop_dir, store_dir
        self._model, self._backend, self._given = model, backend, encoder
        self._budget, self._fall_back, self._clock = budget, fall_back or FallBack(), clock
        self._index_dir = store_dir / "index"
        self._renewing = threading.RLock()
        self._fitting = threading.Lock()
        self._live: Snapshot | None = None

    def open(self, progress: Progress | None = None, *, release: bool = False) -> "Library":
        """Loads the index, or builds it where it is missing, damaged, foreign or out of date.

        `release` ends a going back: the articles are live as they are on disk.
        """
        with self._renewing:
            self._encoder = self._given or self._load()
            self._cache = VectorCache(self._store_dir / "vectors.sqlite", self._encoder)
            self._builder = Builder(
                self._shop_dir, self._encoder, self._cache, self._clock, self._budget, self._fall_back
            )
            self._shelf = Shelf(self._index_dir, self._encoder, self._clock)
            stored, hold = self._shelf.load()
            self._reader = FolderReader(self._shelf.last_texts(stored), lambda: self._clock().date())
            folder = self._reader.read(self._shop_dir)
            if stored and hold and not release and _holds(hold, folder):
                self._live = self._builder.restored(stored, folder, hold)
            else:
                self._open_folder(folder, stored, hold, progress)
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
        self,
        question: str,
        context: Mapping[str, object] | None = None,
        limit: int = 5,
        *,
        explain: bool = False,
    ) -> SearchResult:
        """The articles for a question, with confidence and band. A few milliseconds; any thread.

        `explain` adds why, which takes several times as long.
        """
        return self._snapshot_now().search(question, context, limit, explain=explain)

    def article(
        self, article_id: str, locale: str = DEFAULT_LOCALE, context: Mapping[str, object] | None = None
    ) -> RenderedArticle | None:
        """A published article in the nearest locale there is, or None."""
        article = self._snapshot_now().article(article_id, locale)
        return article.rendered(Context.of(context)) if article else None

    def article_for_event(
        self, event: str, code: str | None = None, context: Mapping[str, object] | None = None
    ) -> RenderedArticle | None:
        """The article that answers a checkout event: the one for its code, else the one for any code.

        `code` may be in any known spelling. What the event says stands in the context, as
        `{"event": {"event", "code", "data"}}`.
        """
        return self._snapshot_now().article_for_event(event, code, context)

    def steps(
        self, locale: str = DEFAULT_LOCALE, first: Mapping[str, Sequence[str]] | None = None
    ) -> tuple[int, dict[str, tuple[RenderedArticle, ...]]]:
        """The version, and the top articles of each step; those in `first` lead."""
        live = self._snapshot_now()
        return live.version, top_articles(live.articles.values(), self._fall_back.of(locale), first or {})

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
            held=Held(live.version, live.hold.since) if live.hold else None,
            not_kept=self._shelf.not_kept,
            past_their_day=live.folder.facts.past_their_day(),
        )

    def remembered(self) -> tuple[int, int]:
        """For how many questions the vector was remembered, and for how many it had to be made."""
        return self._encoder.hits, self._encoder.misses

    def refresh(self) -> bool:
        """Reads folder and store again and swaps in what changed; says whether anything did."""
        with self._renewing:
            live = self._snapshot_now()
            folder = self._reader.read(self._shop_dir)
            if self._follow(folder):
                return True
            if live.hold and _holds(live.hold, folder):
                self._live = replace(live, folder=replace(live.folder, problems=folder.problems))
                return False
            if folder == live.folder:
                if self._shelf.not_kept:
                    self._renew(live)
                return False
            if live.hold:
                log.info("The articles changed, so version %d is no longer held.", live.version)
            index = self._builder.index(folder, vectors_of(live.index))
            version = self._shelf.next_version(live.version)
            self._renew(self._builder.snapshot(version, folder, index, live.fit))
            return True

    def stale(self) -> bool:
        """Whether a fit is due: it has not seen these articles, or not these labelled questions.

        Never while an earlier version is held: that one is to stay what it was.
        """
        live = self._snapshot_now()
        return live.hold is None and (live.stale() or live.fit.taught_by != self._builder.labelled_digest())

    def refit(self) -> None:
        """Learns anew from what is live and swaps it in. Takes seconds; questions keep being answered."""
        with self._fitting:
            before = self._snapshot_now()
            learned = self._builder.learn(before.index, before.fit.version + 1, before.folder.glossary)
            with self._renewing:
                live = self._snapshot_now()
                if live.hold:
                    return
                version = self._shelf.next_version(live.version)
                self._renew(self._builder.snapshot(version, live.folder, live.index, learned))

    async def watch(self) -> None:
        """Runs until cancelled: a changed article is live at once, the fit follows when it is quiet."""
        refit: asyncio.Task[None] | None = None
        await asyncio.to_thread(self.refresh)
        try:
            if self.stale():
                refit = asyncio.create_task(self._refit_when_quiet())
            async for _ in changes(*self._watched()):
                changed = await asyncio.to_thread(self.refresh)
                under_way = refit is not None and not refit.done()
                if not changed and (under_way or not self.stale()):
                    continue
                if refit:
                    refit.cancel()
                refit = asyncio.create_task(self._refit_when_quiet())
        finally:
            if refit:
                refit.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await refit

    def _watched(self) -> tuple[tuple[Path, ...], Callable[[Path], bool]]:
        """The folders to watch, and which of the paths in them are of interest."""
        shop, index = self._shop_dir.absolute(), self._index_dir.absolute()
        articles = shop / "articles"
        files = {index / POINTER, shop / GLOSSARY, shop / FACTS, self._builder.labelled_file.absolute()}
        return (shop, articles, index), lambda path: path in files or articles in path.parents

    async def _refit_when_quiet(self) -> None:
        await asyncio.sleep(QUIET_BEFORE_REFIT_S)
        if self.stale():
            await asyncio.to_thread(self.refit)

    def _snapshot_now(self) -> Snapshot:
        if self._live is None:
            raise RuntimeError("The library is not open. Call open() first.")
        return self._live

    def _load(self) -> Encoder:
        model = chosen_model(self._store_dir, self._model)
        return load_encoder(model, self._store_dir, backend=self._backend)

    def _open_folder(
        self, folder: Folder, stored: Stored | None, hold: Hold | None, progress: Progress | None
    ) -> None:
        index = self._builder.index_of(folder, stored, progress)
        kept = fit_in(stored)
        same = stored is not None and hold is None and texts_in(stored) == dict(folder.texts)
        if stored and kept and same and stored.manifest.content == index.digest:
            self._live = self._builder.snapshot(stored.manifest.version, folder, index, kept)
            return
        learned = kept or self._builder.learn(index, 1, folder.glossary)
        self._renew(self._builder.snapshot(self._shelf.next_version(), folder, index, learned))

    def _follow(self, folder: Folder) -> bool:
        """Takes over the version that somebody else made the live one; says whether that was so.

        One that was gone back to counts while the articles are what they were then. Any other has to hold the
        articles that are on disk.
        """
        found = self._shelf.moved()
        if found is None:
            return False
        stored, hold = found
        if not (_holds(hold, folder) if hold else texts_in(stored) == dict(folder.texts)):
            return False
        self._live = self._builder.restored(stored, folder, hold)
        if hold:
            log.info("Version %d is held since %s.", self._live.version, hold.since)
        return True

    def _renew(self, snapshot: Snapshot) -> None:
        """Live first, kept second: whether the disk is slow or full is nothing a shopper should notice."""
        self._live = snapshot
        self._live = self._shelf.keep(snapshot)


def _holds(hold: Hold, folder: Folder) -> bool:
    """Whether a going back still counts: the article files are what they were, or not there to be read."""
    return folder.files in {None, hold.files}
