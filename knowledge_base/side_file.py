"""A file beside the articles, such as the glossary: what it holds now, or last held when it could be read."""

import hashlib
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from knowledge_base.article import MAX_BYTES
from knowledge_base.frontmatter import FormatError, Problem

T = TypeVar("T")


class SideFile(Generic[T]):
    """One such file, parsed only when it changed. `data` are the bytes of what it holds."""

    def __init__(self, file: str, parse: Callable[[bytes], T], empty: T, saved: bytes = b"") -> None:
        """Begins with what `saved` bytes hold, if they can be read."""
        self.file, self.held, self.data = file, empty, b""
        self.problem: Problem | None = None
        self._parse, self._empty = parse, empty
        if saved:
            try:
                self.take(saved)
            except FormatError as error:
                self.problem = error.problem

    def take(self, data: bytes) -> None:
        """Holds what these bytes hold. Raises `FormatError` and stays as it is where they can't be read."""
        if data != self.data:
            self.held, self.data = self._parse(data), data

    def read(self, shop_dir: Path, problems: list[Problem], seen: list[str]) -> None:
        """The file as it is now; what is wrong goes to `problems`, what tells versions apart to `seen`."""
        path = shop_dir / self.file
        if not path.exists():
            self.held, self.data = self._empty, b""
            return
        try:
            data = bytes_of(path, self.file)
            seen.append(f"{self.file} {hashlib.sha256(data).hexdigest()}")
            self.take(data)
        except FormatError as error:
            seen.append(str(error.problem))
            problems.append(error.problem)


def bytes_of(path: Path, file: str) -> bytes:
    """The bytes of a file that is one and not too large. Raises `FormatError`."""
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
