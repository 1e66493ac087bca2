"""A shop's folder of articles: the good ones, and why the others were left out."""

import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from knowledge_base.article import MAX_BYTES, Article, FormatError, Problem, parse
from knowledge_base.context import Conditions


@dataclass(frozen=True, slots=True)
class Folder:
    """What is live: each good article, or the last good version of one that is broken now.

    `texts` holds the bytes of each live article by file, so that a restart can keep a last good version.
    """

    articles: tuple[Article, ...] = ()
    problems: tuple[Problem, ...] = ()
    texts: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class _Read:
    article: Article
    data: bytes


def read_folder(shop_dir: Path, last_good: Mapping[str, bytes] | None = None) -> Folder:
    """The articles under `shop_dir`/articles; `last_good` maps a file to its last good bytes.

    Nothing here raises for a bad file: it becomes a problem.
    """
    return FolderReader(last_good or {}).read(shop_dir)


class FolderReader:
    """Reads a folder again and again, parsing only what changed and remembering the last good version."""

    def __init__(self, last_good: Mapping[str, bytes]) -> None:
        self._known: dict[str, _Read] = {}
        self._saved = dict(last_good)

    def read(self, shop_dir: Path) -> Folder:
        """What is live now. A missing folder keeps what was live and is reported."""
        root = shop_dir / "articles"
        problems: list[Problem] = []
        if not root.is_dir():
            problems.append(Problem("articles", 1, "no such folder", f"articles in {root}"))
            files = sorted({*self._known, *self._saved})
            found = {file: read for file in files if (read := self._last_good(file))}
        else:
            found = dict(self._read_files(shop_dir, root, problems))
        live = _without_clashes(found, self._last_good, problems)
        self._known, self._saved = live, {}
        return Folder(
            articles=tuple(read.article for read in live.values()),
            problems=tuple(sorted(problems, key=lambda problem: (problem.file, problem.line))),
            texts=tuple((file, read.data) for file, read in live.items()),
        )

    def _read_files(self, shop_dir: Path, root: Path, problems: list[Problem]) -> Iterator[tuple[str, _Read]]:
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
                yield file, self._read_file(path, file, locale)
            except FormatError as error:
                problems.append(error.problem)
                if kept := self._last_good(file):
                    yield file, kept

    def _read_file(self, path: Path, file: str, locale: str) -> _Read:
        data = _bytes(path, file)
        known = self._known.get(file)
        if known and known.data == data:
            return known
        return _Read(parse(data, article_id=path.stem, locale=locale, file=file), data)

    def _last_good(self, file: str) -> _Read | None:
        if file in self._known:
            return self._known[file]
        data, path = self._saved.get(file), Path(file)
        if data is None:
            return None
        try:
            return _Read(parse(data, article_id=path.stem, locale=path.parts[1], file=file), data)
        except (FormatError, IndexError):
            return None


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
