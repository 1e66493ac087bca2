"""Vectors kept on disk by text and model, so that nothing is encoded twice."""

import hashlib
import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

log = logging.getLogger(__name__)

Vectors = NDArray[np.float32]
Progress = Callable[[int, int], None]

BATCH: Final = 64
SEAL_BYTES: Final = 8
# A wrong schema is an SQLITE_ERROR. Words of a damaged file in an error's text may be no text at all.
_DAMAGED: Final = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_ERROR")
_FAILED: Final = (sqlite3.Error, UnicodeDecodeError)
_SCHEMA: Final = "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID"


class Encodes(Protocol):
    """What turns texts into unit vectors."""

    fingerprint: str
    dimension: int
    backend: str

    def encode(self, texts: list[str]) -> Vectors:
        """One row for each text, the same whatever its neighbours are; several threads may call at once."""
        ...


class VectorCache:
    """A small database of vectors. Whatever is wrong with it only costs time.

    A damaged one is made again. Where none can be kept (no space, no right to write) vectors stay in memory.
    """

    def __init__(self, path: Path, encoder: Encodes) -> None:
        self._path, self._encoder = path, encoder
        self._lock = threading.Lock()
        self._db = self._opened()

    def vectors(self, texts: Iterable[str], progress: Progress | None = None) -> dict[str, Vectors]:
        """The vector of each text; `progress` hears (done, all) of those that had to be encoded."""
        wanted = {text: self._key(text) for text in texts}
        with self._lock:
            found = self._stored(wanted)
        missing = [text for text in wanted if text not in found]
        done = 0
        for batch, rows in self._encoded(missing):
            found.update(zip(batch, rows, strict=True))
            with self._lock:
                self._keep([(wanted[text], row) for text, row in zip(batch, rows, strict=True)])
            done += len(batch)
            if progress:
                progress(done, len(missing))
        return found

    def encode_question(self, text: str) -> Vectors:
        """The vector of one question, kept for the next time."""
        return self.vectors([text])[text]

    def close(self) -> None:
        """Gives the file back."""
        with self._lock:
            self._db.close()

    def _encoded(self, texts: Sequence[str]) -> Iterator[tuple[list[str], Vectors]]:
        """The texts in batches with their vectors, in order; many texts on all cores."""
        batches = [list(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)]
        if len(batches) < 2:
            yield from ((batch, self._encoder.encode(batch)) for batch in batches)
            return
        with ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="encode") as pool:
            yield from zip(batches, pool.map(self._encoder.encode, batches), strict=True)

    def _stored(self, wanted: dict[str, bytes]) -> dict[str, Vectors]:
        found: dict[str, Vectors] = {}
        size = self._encoder.dimension * 4 + SEAL_BYTES
        try:
            for text, key in wanted.items():
                row = self._db.execute("SELECT vector FROM vectors WHERE key = ?", (key,)).fetchone()
                # The database does not notice a changed byte, so each vector has a checksum of its own.
                if row and isinstance(row[0], bytes) and len(row[0]) == size:
                    data = row[0][:-SEAL_BYTES]
                    if _seal(key, data) == row[0][-SEAL_BYTES:]:
                        found[text] = np.frombuffer(data, dtype=np.float32)
        except _FAILED as error:
            self._lost(error)
        return found

    def _keep(self, rows: Sequence[tuple[bytes, Vectors]]) -> None:
        values = [(key, data + _seal(key, data)) for key, row in rows for data in (row.tobytes(),)]
        try:
            with self._db:
                self._db.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", values)
        except _FAILED as error:
            self._lost(error)

    def _opened(self) -> sqlite3.Connection:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            return _open(self._path)
        except (*_FAILED, OSError) as error:
            return self._instead(error)

    def _lost(self, error: Exception) -> None:
        self._db.close()
        self._db = self._instead(error)

    def _instead(self, error: Exception) -> sqlite3.Connection:
        """A new file for a damaged one; memory where none can be kept."""
        if _damaged(error):
            log.warning("The vector cache %s is damaged (%s) and is made again.", self._path, error)
            try:
                for ending in ("", "-wal", "-shm"):
                    self._path.with_name(self._path.name + ending).unlink(missing_ok=True)
                return _open(self._path)
            except (*_FAILED, OSError) as second:
                error = second
        log.warning(
            "The vector cache %s cannot be kept (%s): new vectors stay in memory until the next start. "
            "Free space or give the right to write there.",
            self._path,
            error,
        )
        return _open(":memory:")

    def _key(self, text: str) -> bytes:
        return hashlib.sha256(f"{self._encoder.fingerprint}\n{text}".encode()).digest()


def _damaged(error: Exception) -> bool:
    return isinstance(error, UnicodeDecodeError) or getattr(error, "sqlite_errorname", "").startswith(
        _DAMAGED
    )


def _seal(key: bytes, data: bytes) -> bytes:
    return hashlib.blake2b(data, key=key, digest_size=SEAL_BYTES).digest()


def _open(path: Path | str) -> sqlite3.Connection:
    db = sqlite3.connect(path, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        # A power cut may take the last vectors, which only costs time, and never harms the file.
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute(_SCHEMA)
        db.execute("SELECT count(*) FROM (SELECT key, vector FROM vectors LIMIT 1)").fetchone()
    except _FAILED:
        db.close()
        raise
    return db
