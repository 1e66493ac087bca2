"""Vectors kept on disk by text and model, so that nothing is encoded twice."""

import hashlib
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

log = logging.getLogger(__name__)

Vectors = NDArray[np.float32]
Progress = Callable[[int, int], None]


class Encodes(Protocol):
    """What turns texts into unit vectors."""

    fingerprint: str
    dimension: int
    backend: str

    def encode(self, texts: list[str]) -> Vectors:
        """One row for each text."""
        ...


class VectorCache:
    """A small database of vectors. A damaged one is thrown away: it only costs time."""

    def __init__(self, path: Path, encoder: Encodes) -> None:
        self._encoder = encoder
        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._db = _open(path)
        except sqlite3.DatabaseError as error:
            log.warning("The vector cache %s is damaged (%s) and is made again.", path, error)
            path.unlink()
            self._db = _open(path)

    def vectors(self, texts: Iterable[str], progress: Progress | None = None) -> dict[str, Vectors]:
        """The vector of each text; `progress` hears (done, all) of those that had to be encoded."""
        wanted = {text: self._key(text) for text in texts}
        with self._lock:
            found = self._stored(wanted)
            missing = [text for text in wanted if text not in found]
            for at in range(0, len(missing), 64):
                batch = missing[at : at + 64]
                rows = self._encoder.encode(batch)
                found.update(zip(batch, rows, strict=True))
                self._db.executemany(
                    "INSERT OR REPLACE INTO vectors VALUES (?, ?)",
                    [(wanted[text], row.tobytes()) for text, row in zip(batch, rows, strict=True)],
                )
                self._db.commit()
                if progress:
                    progress(min(at + 64, len(missing)), len(missing))
        return found

    def encode_question(self, text: str) -> Vectors:
        """The vector of one question, kept for the next time."""
        return self.vectors([text])[text]

    def close(self) -> None:
        """Gives the file back."""
        with self._lock:
            self._db.close()

    def _stored(self, wanted: dict[str, bytes]) -> dict[str, Vectors]:
        found: dict[str, Vectors] = {}
        size = self._encoder.dimension * 4
        for text, key in wanted.items():
            row = self._db.execute("SELECT vector FROM vectors WHERE key = ?", (key,)).fetchone()
            if row and len(row[0]) == size:
                found[text] = np.frombuffer(row[0], dtype=np.float32)
        return found

    def _key(self, text: str) -> bytes:
        return hashlib.sha256(f"{self._encoder.fingerprint}\n{text}".encode()).digest()


def _open(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID")
        db.execute("SELECT count(*) FROM (SELECT 1 FROM vectors LIMIT 1)").fetchone()
    except sqlite3.DatabaseError:
        db.close()
        raise
    return db
