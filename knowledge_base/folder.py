"""A shop's folder of articles: the good ones, and why the others were left out."""

import hashlib
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from knowledge_base.article import MAX_BYTES, Article, FormatError, Problem, parse
from knowledge_base.context import Conditions


@dataclass(frozen=True, slots=True)
class Folder:
    """What is live: each good article, or the last good version of one that is broken now.

    `texts` holds the bytes of each live article by file, so that a restart can keep a last good version.
    `files` is a hash of all article files as they are, the broken ones too; nothing while there is no folder.
    """

    articles: tuple[Article, ...] = ()
    problems: tuple[Problem, ...] = ()
    texts: tuple[tuple[str, bytes], ...] = ()
    files: str | None = None


@dataclass(frozen=True, slots=True)
class _Read:
    article: Article
    data: bytes


def read_folder(shop_dir: Path, last_good: Mapping[str, bytes] | None = None) -> Folder:
    """The articles under `shop_dir`/articles; `last_good` maps a file to its last good bytes.

    Nothing here raises for a bad file: it becomes a problem.
    """
    return FolderReader(last_good or {}).read(shop_dir)


def folder_of(texts: Mapping[str, bytes]) -> Folder:
    """The folder whose live articles were these texts; one that cannot be read any more is a problem."""
    live: dict[str, _Read] = {}
    problems = []
    for file, data in texts.items():
        try:
            live[file] = _parsed(file, data)
        except FormatError as error:
            problems.append(error.problem)
    return _folder(live, problems, None)


class FolderReader:
    """Reads a folder again and again, parsing only what changed and remembering the last good version."""

    def __init__(self, last_good: Mapping[str, bytes]) -> None:
        self._known: dict[str, _Read] = {}
        self._saved = dict(last_good)

    def read(self, shop_dir: Path) -> Folder:
        """What is live now. A missing folder keeps what was live and is reported."""
        root = shop_dir / "articles"
        problems: list[Problem] = []
        seen: list[str] = []
        try:
            root.stat()
            found = dict(self._read_files(shop_dir, root, problems, seen))
            files = _digest(seen)
        except OSError:
            problems = [Problem("articles", 1, "no such folder", f"articles in {root}")]
            names = sorted({*self._known, *self._saved})
            found = {file: read for file in names if (read := self._last_good(file))}
            files = None
        live = _without_clashes(found, self._last_good, problems)
        self._known, self._saved = live, {}
        return _folder(live, problems, files)

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
                data = _bytes(path, file)
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


def _folder(live: Mapping[str, _Read], problems: Iterable[Problem], files: str | None) -> Folder:
    return Folder(
        articles=tuple(read.article for read in live.values()),
        problems=tuple(sorted(problems, key=lambda problem: (problem.file, problem.line))),
        texts=tuple((file, read.data) for file, read in live.items()),
        files=files,
    )


def _digest(seen: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(seen).encode()).hexdigest()


def _parsed(file: str, data: bytes) -> _Read:
    """A file by its path from the shop's folder: articles/<locale>/<id>.md. Raises `FormatError`."""
    path = Path(file)
    locale = path.parts[1] if len(path.parts) > 2 else ""
    return _Read(parse(data, article_id=path.stem, locale=locale, file=file), data)


def _bytes(path: Path, file: str) -> bytes:
    try:
        info = path.stat()
        if not stat.S_ISREG(info.st_mode):
            raise FormatError(Problem(file, 1, "something that is not a file", "a file"))
        if info.st_size > MAX_BYTES:
            seen = f"a file of {info.st_size:,} bytes"
            raise FormatError(Problem(file, 1, seen, f"at most {MAX_BYTES:,}"))
        return path.read_bytes()
    except OSError as error:
        problem = Problem(file, 1, f"a file that cannot be read ({error.strerror})", "a readable file")
        raise FormatError(problem) from error


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
