"""The folder of attached files: each under a name nobody can guess, for this user alone, and whole."""

import asyncio
import os
from collections.abc import AsyncIterable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeVar

import structlog

from bot.clock import random_id
from bot.errors import AppError
from bot.file_kinds import Kind, kind_of

__all__ = ["FILE_BYTES", "Received", "Uploads", "too_large"]

FILE_BYTES: Final = 5 * 1024 * 1024
AT_ONCE: Final = 100
Result = TypeVar("Result")
log = structlog.get_logger("bot.uploads")


@dataclass(frozen=True, slots=True)
class Received:
    """A file that is on the disk, and in no message yet."""

    id: str
    bytes: int
    kind: Kind


def _write(file: BinaryIO, data: bytes) -> None:
    file.write(data)


class Uploads:
    """Files by id. What they take together never grows beyond `most_bytes`; `measure` counts it."""

    def __init__(
        self,
        folder: Path,
        most_bytes: int,
        new_id: Callable[[], str] = random_id,
        write: Callable[[BinaryIO, bytes], None] = _write,
    ) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._new_id = new_id
        self._write = write
        self._taken_bytes = 0
        self._coming = 0

    async def receive(self, chunks: AsyncIterable[bytes]) -> Received:
        """The file that the chunks make. However it fails, nothing of it is left.

        AppError `too_large`, `bad_value` for an empty file, `wrong_type`, `unavailable` for a full disk,
        `rate_limited` while `AT_ONCE` others are on their way.
        """
        if self._coming >= AT_ONCE:
            raise AppError("rate_limited", "Many files are coming in just now.", "Try again in a minute.")
        self._coming += 1
        try:
            return await self._receive(chunks)
        finally:
            self._coming -= 1

    def path(self, file_id: str) -> Path:
        """Where the file is, if it is there."""
        return self._folder / file_id

    async def remove(self, file_ids: Iterable[str]) -> None:
        """Delete files; those that are gone already are no mistake."""
        for file_id in file_ids:
            self._taken_bytes -= await asyncio.to_thread(self._remove, self.path(file_id))

    async def measure(self, before_s: float) -> list[str]:
        """The names of what was last written before then, in seconds since 1970; counts all that is there."""
        self._taken_bytes, old = await asyncio.to_thread(self._measure, before_s)
        return old

    async def _receive(self, chunks: AsyncIterable[bytes]) -> Received:
        arriving = _Arriving(self._folder, self._new_id())
        try:
            await self._on_disk(arriving.open)
            async for chunk in chunks:
                await self._add(arriving, chunk)
            if arriving.bytes == 0:
                raise AppError("bad_value", "This file is empty.", "Look whether it opens, or pick another.")
            return Received(arriving.id, arriving.bytes, await self._on_disk(arriving.finish))
        except BaseException:
            self._taken_bytes -= arriving.bytes
            await asyncio.shield(asyncio.to_thread(arriving.discard))
            raise

    async def _add(self, arriving: "_Arriving", chunk: bytes) -> None:
        if arriving.bytes + len(chunk) > FILE_BYTES:
            raise too_large()
        if self._taken_bytes + len(chunk) > self._most_bytes:
            raise self._no_room(f"{self._taken_bytes:,} of {self._most_bytes:,} bytes are taken")
        self._taken_bytes += len(chunk)
        arriving.bytes += len(chunk)
        await self._on_disk(self._write, arriving.file, chunk)

    async def _on_disk(self, work: Callable[..., Result], *args: Any) -> Result:
        try:
            return await asyncio.to_thread(work, *args)
        except OSError as error:
            raise self._no_room(error.strerror or type(error).__name__) from error

    def _no_room(self, why: str) -> AppError:
        log.error(
            "attached files cannot be kept",
            folder=str(self._folder),
            why=why,
            next_step="Free disk space, or raise BOT_UPLOADS_MB; docs/operations.md says what may go.",
        )
        return AppError(
            "unavailable", "Files can't be taken just now.", "Describe it in words, or try again later."
        )

    def _remove(self, path: Path) -> int:
        try:
            size = path.stat().st_size
            path.unlink()
        except FileNotFoundError:
            return 0
        except OSError as error:
            log.error("an attached file cannot be deleted", file=path.name, error=error.strerror)
            return 0
        return size

    def _measure(self, before_s: float) -> tuple[int, list[str]]:
        taken, old = 0, []
        with suppress(FileNotFoundError):
            for entry in os.scandir(self._folder):
                with suppress(FileNotFoundError):
                    found = entry.stat(follow_symlinks=False)
                    taken += found.st_size
                    if entry.is_file(follow_symlinks=False) and found.st_mtime < before_s:
                        old.append(entry.name)
        return taken, old


class _Arriving:
    """One file on its way, under a hidden name until it is whole. Its methods block."""

    file: BinaryIO

    def __init__(self, folder: Path, file_id: str) -> None:
        self.id = file_id
        self.bytes = 0
        self._folder = folder
        self._staged = folder / f".{file_id}"
        self._final = folder / file_id

    def open(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.file = os.fdopen(os.open(self._staged, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b")

    def finish(self) -> Kind:
        """Look at what it is, wait until it is on the disk, and give it its name. AppError `wrong_type`."""
        self.file.flush()
        with mmap(self.file.fileno(), 0, access=ACCESS_READ) as data:
            kind = kind_of(data)
        if kind is None:
            raise AppError(
                "wrong_type",
                "This is not a picture or a PDF that I can take.",
                "Pick a PNG, JPEG or WebP picture, or a PDF.",
            )
        os.fsync(self.file.fileno())
        self.file.close()
        self._staged.rename(self._final)
        handle = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        return kind

    def discard(self) -> None:
        """Leave nothing behind, wherever it broke off."""
        with suppress(AttributeError, OSError):  # not opened, or the disk is full and it cannot be flushed
            self.file.close()
        for path in (self._staged, self._final):
            with suppress(OSError):  # what cannot be deleted is swept later
                path.unlink()


def too_large() -> AppError:
    """A file of more than `FILE_BYTES`."""
    return AppError(
        "too_large",
        f"This file is larger than {FILE_BYTES // 2**20} MB.",
        "Send a smaller one, such as a screenshot of the part that matters.",
    )
