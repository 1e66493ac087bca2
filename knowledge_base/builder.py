"""From a folder of articles to a snapshot that answers: vectors, index, fit."""

import datetime as dt
import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from knowledge_base.build import entries_of, read_labelled
from knowledge_base.confidence import Budget
from knowledge_base.embed import Encoder
from knowledge_base.fit import Fit, fit
from knowledge_base.folder import Folder, folder_of
from knowledge_base.glossary import Glossary
from knowledge_base.index import Index, Vectors, texts_of
from knowledge_base.language import Languages
from knowledge_base.lexical import Speller
from knowledge_base.locales import FallBack
from knowledge_base.matching import Matcher
from knowledge_base.scoring import Scorer
from knowledge_base.search import Searcher, Tongue, word_counts
from knowledge_base.shelf import fit_in, texts_in
from knowledge_base.snapshot import Snapshot
from knowledge_base.vectors import Progress, VectorCache
from knowledge_base.versions import Hold, Stored

log = logging.getLogger(__name__)


class Builder:
    """Builds snapshots of one shop's articles with one model."""

    def __init__(
        self,
        shop_dir: Path,
        encoder: Encoder,
        cache: VectorCache,
        clock: Callable[[], dt.datetime],
        budget: Budget | None = None,
        fall_back: FallBack | None = None,
    ) -> None:
        """Loads the language detector, which takes a moment."""
        self.labelled_file = shop_dir / "eval" / "questions.jsonl"
        self._encoder, self._cache = encoder, cache
        self._clock, self._budget = clock, budget
        self._fall_back = fall_back or FallBack()
        self._languages = Languages()
        self._languages.foreign("quanto costa la spedizione", (), ours=_nothing, common=_nothing)
        self._common = encoder.vocabulary()

    def index(self, folder: Folder, known: Mapping[str, Vectors], progress: Progress | None = None) -> Index:
        """The index of the live articles; only texts that are not `known` and in no cache are encoded."""
        entries = entries_of(folder.articles)
        vectors = dict(known)
        missing = [text for text in texts_of(entries) if text not in vectors]
        if missing:
            vectors.update(self._cache.vectors(missing, progress))
        return Index(entries, vectors, self._encoder.dimension)

    def index_of(self, folder: Folder, stored: Stored | None, progress: Progress | None = None) -> Index:
        """The same from what a version holds, where that is of the same articles."""
        known = stored.vectors_for(entries_of(folder.articles)) if stored else {}
        return self.index(folder, known, progress)

    def learn(self, index: Index, version: int, glossary: Glossary) -> Fit:
        """A fit on what is live and on the shop's labelled questions. Takes seconds."""
        taught_by = self.labelled_digest()
        try:
            labelled = read_labelled(self.labelled_file)
        except (OSError, ValueError) as error:
            log.warning("%s Fitting without it.", error)
            labelled = []
        learned = fit(
            index,
            version=version,
            at=self._clock(),
            encoder=self._cache,
            speller=self._speller(index, glossary),
            labelled=labelled,
            budget=self._budget,
        )
        return replace(learned, taught_by=taught_by)

    def labelled_digest(self) -> str:
        """A hash of the shop's labelled questions, empty where there are none."""
        try:
            return hashlib.sha256(self.labelled_file.read_bytes()).hexdigest()
        except OSError:
            return ""

    def snapshot(
        self, version: int, folder: Folder, index: Index, learned: Fit, hold: Hold | None = None
    ) -> Snapshot:
        """Everything together, ready to be asked."""
        articles = {(article.locale, article.id): article for article in folder.articles if article.published}
        written = frozenset(locale.split("-")[0] for locale, _ in articles)
        tongue = Tongue(self._languages, written, self._common) if articles else None
        matcher = Matcher(
            Scorer(index, learned.classes), self._encoder, self._speller(index, folder.glossary)
        )
        searcher = Searcher(matcher, learned, tongue=tongue)
        return Snapshot(version, folder, articles, index, learned, searcher, hold, self._fall_back)

    def restored(self, stored: Stored, folder: Folder, hold: Hold | None) -> Snapshot:
        """A version as it was, but for the problems: those are of the files as they are now."""
        then = folder_of(texts_in(stored), lambda: self._clock().date()) if hold else folder
        then = replace(then, problems=folder.problems)
        index = self.index_of(then, stored)
        learned = fit_in(stored) or self.learn(index, 1, then.glossary)
        return self.snapshot(stored.manifest.version, then, index, learned, hold)

    def _speller(self, index: Index, glossary: Glossary) -> Speller:
        return Speller(word_counts(index), self._common, glossary)


def vectors_of(index: Index) -> dict[str, Vectors]:
    """The vector of each text that an index holds."""
    answers = (text for entry in index.entries for text in entry.answers)
    found = dict(zip(answers, index.answers, strict=True))
    questions = (text for entry in index.entries for text in entry.questions)
    found.update(zip(questions, index.questions, strict=True))
    return found


def _nothing(word: str) -> bool:  # noqa: ARG001
    return False
