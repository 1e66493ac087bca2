"""A shop's folder: its good articles, its facts and glossary, and why others were left out."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from knowledge_base.article import Article, FormatError, Problem, parse
from knowledge_base.context import Conditions
from knowledge_base.facts import FILE as FACTS
from knowledge_base.facts import NO_FACTS, Facts, parse_facts, today_utc
from knowledge_base.glossary import EMPTY, Glossary, parse_glossary
from knowledge_base.glossary import FILE as GLOSSARY
from knowledge_base.side_file import SideFile, bytes_of

_SIDES: Final = frozenset({GLOSSARY, FACTS})


@dataclass(frozen=True, slots=True)
class Folder:
    """What is live: each good article, or the last good version of one that is broken now; so the others.

    `texts` holds the bytes of each live file by its name, so that a restart can keep a last good version.
    `files` is a hash of all article files as they are, the broken ones too; nothing while there is no folder.
    """

    articles: tuple[Article, ...] = ()
    problems: tuple[Problem, ...] = ()
    texts: tuple[tuple[str, bytes], ...] = ()
    files: str | None = None
    glossary: Glossary = EMPTY
    facts: Facts = NO_FACTS


@dataclass(frozen=True, slots=True)
class _Read:
    article: Article
    data: bytes


def read_folder(
    shop_dir: Path,
    last_good: Mapping[str, bytes] | None = None,
    today: Callable[[], dt.date] = today_utc,
) -> Folder:
    """The articles under `shop_dir`/articles; `last_good` maps a file to its last good bytes.

    Nothing here raises for a bad file: it becomes a problem.
    """
    return FolderReader(last_good or {}, today).read(shop_dir)


def folder_of(texts: Mapping[str, bytes], today: Callable[[], dt.date] = today_utc) -> Folder:
    """The folder whose live articles were these texts; one that cannot be read any more is a problem."""
    live: dict[str, _Read] = {}
    sides, problems = _Sides(texts, today), []
    for file, data in texts.items():
        if file in _SIDES:
            continue
        try:
            live[file] = _parsed(file, data)
        except FormatError as error:
            problems.append(error.problem)
    return _folder(_bound(live, sides.facts.held), sides, [*problems, *sides.problems()], None)


class _Sides:
    """The files beside the articles."""

    def __init__(self, saved: Mapping[str, bytes], today: Callable[[], dt.date]) -> None:
        self.glossary = SideFile(GLOSSARY, parse_glossary, EMPTY, saved.get(GLOSSARY, b""))
        self.facts = SideFile(FACTS, partial(parse_facts, today=today), NO_FACTS, saved.get(FACTS, b""))

    def read(self, shop_dir: Path, problems: list[Problem], seen: list[str]) -> None:
        self.glossary.read(shop_dir, problems, seen)
        self.facts.read(shop_dir, problems, seen)

    def problems(self) -> list[Problem]:
        return [side.problem for side in (self.glossary, self.facts) if side.problem]

    def texts(self) -> list[tuple[str, bytes]]:
        return [(side.file, side.data) for side in (self.glossary, self.facts) if side.data]


class FolderReader:
    """Reads a folder again and again, parsing only what changed and remembering the last good version."""

    def __init__(self, last_good: Mapping[str, bytes], today: Callable[[], dt.date] = today_utc) -> None:
        """`today` is asked whenever a fact is stated."""
        self._known: dict[str, _Read] = {}
        self._saved = {file: data for file, data in last_good.items() if file not in _SIDES}
        self._sides = _Sides(last_good, today)

    def read(self, shop_dir: Path) -> Folder:
        """What is live now. A missing folder keeps what was live and is reported."""
        root = shop_dir / "articles"
        problems: list[Problem] = []
        seen: list[str] = []
        try:
            root.stat()
            found = dict(self._read_files(shop_dir, root, problems, seen))
            self._sides.read(shop_dir, problems, seen)
            files = _digest(seen)
        except OSError:
            problems = [Problem("articles", 1, "no such folder", f"articles in {root}")]
            names = sorted({*self._known, *self._saved})
            found = {file: read for file in names if (read := self._last_good(file))}
            files = None
        live = _bound(_without_clashes(found, self._last_good, problems), self._sides.facts.held)
        self._known, self._saved = live, {}
        return _folder(live, self._sides, problems, files)

    def _read_files(
        self, shop_dir: Path, root: Path, problems: list[Problem], seen: list[str]
    ) -> Iterator[tuple[str, _Read]]:
        taken: dict[tuple[str, str], str] = {}
        for path in sorted(root.rglob("*.md")):
            if any(part.startswith(".") for part in path.relative_to(root).parts):
                continue
            file = path.relative_to(shop_dir).as_posix()
            locale = path.relative_to(root).parts[0] if path.parent != root else ""
            owner = taken.setdefault((locale, path.stem), file)
            if owner != file:
                expected = f"one file for each id (the other is {owner})"
                problems.append(Problem(file, 1, f"the id '{path.stem}' a second time", expected))
                continue
            try:
                data = bytes_of(path, file)
                seen.append(f"{file} {hashlib.sha256(data).hexdigest()}")
                yield file, self._read_file(file, data)
            except FormatError as error:
                seen.append(str(error.problem))
                problems.append(error.problem)
                if kept := self._last_good(file):
                    yield file, kept

    def _read_file(self, file: str, data: bytes) -> _Read:
        known = self._known.get(file)
        return known if known and known.data == data else _parsed(file, data)

    def _last_good(self, file: str) -> _Read | None:
        if file in self._known:
            return self._known[file]
        data = self._saved.get(file)
        try:
            return None if data is None else _parsed(file, data)
        except FormatError:
            return None


def _bound(live: Mapping[str, _Read], facts: Facts) -> dict[str, _Read]:
    """The articles with the shop's facts; one that has them already stays the same object."""
    return {
        file: read if read.article.facts is facts else _Read(replace(read.article, facts=facts), read.data)
        for file, read in live.items()
    }


def _folder(
    live: Mapping[str, _Read], sides: _Sides, problems: Iterable[Problem], files: str | None
) -> Folder:
    return Folder(
        articles=tuple(read.article for read in live.values()),
        problems=tuple(sorted(problems, key=lambda problem: (problem.file, problem.line))),
        texts=(*((file, read.data) for file, read in live.items()), *sides.texts()),
        files=files,
        glossary=sides.glossary.held,
        facts=sides.facts.held,
    )


def _digest(seen: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(seen).encode()).hexdigest()


def _parsed(file: str, data: bytes) -> _Read:
    """A file by its path from the shop's folder: articles/<locale>/<id>.md. Raises `FormatError`."""
    path = Path(file)
    locale = path.parts[1] if len(path.parts) > 2 else ""
    return _Read(parse(data, article_id=path.stem, locale=locale, file=file), data)


def _without_clashes(
    found: dict[str, _Read], last_good: Callable[[str], _Read | None], problems: list[Problem]
) -> dict[str, _Read]:
    """Leaves out the second of two articles that answer one event under the same conditions."""
    owners: dict[tuple[str, str, str | None, Conditions], str] = {}
    live: dict[str, _Read] = {}
    for file, read in found.items():
        clash = _clash(read.article, owners)
        if clash:
            problems.append(clash)
            kept = last_good(file)
            if kept is None or kept.article == read.article or _clash(kept.article, owners):
                continue
            read = kept  # noqa: PLW2901
        live[file] = read
        if read.article.published:
            owners.update(dict.fromkeys(_event_keys(read.article), file))
    return live


def _event_keys(article: Article) -> list[tuple[str, str, str | None, Conditions]]:
    return [(article.locale, event.name, event.code, event.when) for event in article.events]


def _clash(article: Article, owners: Mapping[tuple[str, str, str | None, Conditions], str]) -> Problem | None:
    if not article.published:
        return None
    for event, key in zip(article.events, _event_keys(article), strict=True):
        if key in owners:
            expected = f"one article for an event, code and 'when' (the other is {owners[key]})"
            return Problem(article.file, 1, f"the event '{event}'", expected)
    return None
