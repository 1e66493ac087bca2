"""The index: what can be found, its vectors, exact search over them, and the folder it is kept in."""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import faiss
import numpy as np
from numpy.typing import NDArray

from knowledge_base.context import Conditions

Vectors = NDArray[np.float32]
FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One article as search sees it, all its locales together: phrasings, answers, where it applies."""

    id: str
    questions: tuple[str, ...]
    answers: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    when: tuple[Conditions, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def topic(self) -> str:
        """What it is about: its first tag."""
        return self.tags[0] if self.tags else ""

    @property
    def digest(self) -> str:
        """Changes when anything does that search depends on."""
        return _digest(self)

    @property
    def asked_digest(self) -> str:
        """Changes when the phrasings do: what is learned of which question belongs to which article."""
        return _asked_digest(self.questions)


@lru_cache(maxsize=50_000)
def _digest(entry: Entry) -> str:
    return hashlib.sha256(json.dumps(asdict(entry), sort_keys=True).encode()).hexdigest()


@lru_cache(maxsize=50_000)
def _asked_digest(questions: tuple[str, ...]) -> str:
    return hashlib.sha256(json.dumps(questions).encode()).hexdigest()


class BadIndexError(Exception):
    """An index folder that must not be used; the text says why."""


class Index:
    """Entries and the vectors of their questions and answers. Rows of one entry lie next to each other."""

    def __init__(self, entries: Sequence[Entry], vectors: Mapping[str, Vectors], dimension: int) -> None:
        self.entries = tuple(entries)
        self.dimension = dimension
        texts = [text for entry in entries for text in entry.questions]
        self.counts = np.array([len(entry.questions) for entry in entries], dtype=np.int64)
        self.starts = (
            np.concatenate([[0], np.cumsum(self.counts)[:-1]]).astype(np.int64) if entries else self.counts
        )
        self.owners = np.repeat(np.arange(len(entries)), self.counts)
        self.questions = _stack([vectors[text] for text in texts], dimension)
        answered = [(row, text) for row, entry in enumerate(entries) for text in entry.answers]
        self.answers = _stack([vectors[text] for _, text in answered], dimension)
        self.answer_owners = np.array([row for row, _ in answered], dtype=np.int64)
        self.sums = np.add.reduceat(self.questions, self.starts, axis=0) if entries else _stack([], dimension)
        self.faiss = faiss.IndexFlatIP(dimension)
        if texts:
            self.faiss.add(self.questions)
        self.rows = {entry.id: row for row, entry in enumerate(self.entries)}
        self.digest = content_digest(entries)

    def nearest(self, vector: Vectors, count: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Similarities and rows of the `count` nearest questions, exact inner product."""
        scores, rows = self.faiss.search(vector.reshape(1, -1), min(count, self.faiss.ntotal))
        return scores[0], rows[0]


def content_digest(entries: Sequence[Entry]) -> str:
    """One hash over everything the entries hold."""
    return hashlib.sha256("".join(entry.digest for entry in entries).encode()).hexdigest()


def texts_of(entries: Sequence[Entry]) -> list[str]:
    """Every text that needs a vector, once, in order."""
    return list(dict.fromkeys(text for entry in entries for text in (*entry.questions, *entry.answers)))


def save_index(folder: Path, index: Index, *, model: str, version: int, files: Mapping[str, bytes]) -> Path:
    """Writes `folder`/<version> whole, then points `folder`/CURRENT at it. Keeps the version before.

    `files` are further files to keep and check with the index, by name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{version:08d}"
    staged = folder / f".{target.name}.{os.getpid()}"
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir()
    faiss.write_index(index.faiss, str(staged / "questions.faiss"))
    np.save(staged / "answers.npy", index.answers)
    for name, data in files.items():
        (staged / name).write_bytes(data)
    manifest = {
        "format": FORMAT,
        "version": version,
        "model": model,
        "dimension": index.dimension,
        "content": index.digest,
        "articles": len(index.entries),
        "questions": int(index.counts.sum()),
        "checksums": {path.name: _checksum(path) for path in sorted(staged.iterdir())},
    }
    (staged / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    shutil.rmtree(target, ignore_errors=True)
    staged.rename(target)
    pointer = folder / f".CURRENT.{os.getpid()}"
    pointer.write_text(target.name, encoding="utf-8")
    pointer.replace(folder / "CURRENT")
    for old in sorted(path for path in folder.iterdir() if path.name.isdigit())[:-2]:
        shutil.rmtree(old, ignore_errors=True)
    return target


@dataclass(frozen=True, slots=True)
class Stored:
    """An index folder that passed every check."""

    folder: Path
    manifest: Mapping[str, Any]

    def read(self, name: str) -> bytes:
        """The bytes of one of its files; nothing when it has no such file."""
        path = self.folder / name
        return path.read_bytes() if path.is_file() else b""

    def vectors_for(self, entries: Sequence[Entry]) -> dict[str, Vectors]:
        """The vector of each text, when the entries are those it was built from; else nothing."""
        if content_digest(entries) != self.manifest["content"]:
            return {}
        flat = faiss.read_index(str(self.folder / "questions.faiss"))
        rows = flat.reconstruct_n(0, flat.ntotal) if flat.ntotal else np.zeros((0, flat.d), np.float32)
        answers = np.load(self.folder / "answers.npy")
        found = dict(zip((text for entry in entries for text in entry.answers), answers, strict=True))
        found.update(zip((text for entry in entries for text in entry.questions), rows, strict=True))
        return found


def open_index(folder: Path, *, model: str) -> Stored:
    """The current index under `folder`. Raises `BadIndexError` with the reason when it must not be used."""
    pointer = folder / "CURRENT"
    if not pointer.is_file():
        raise BadIndexError(f"No index at {folder}. Build it: python -m knowledge_base build")
    current = folder / pointer.read_text(encoding="utf-8").strip()
    try:
        manifest = json.loads((current / "manifest.json").read_text(encoding="utf-8"))
        checksums, wanted = dict(manifest["checksums"]), (manifest["format"], manifest["model"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadIndexError(f"The index at {current} has no readable manifest ({error}).") from error
    if wanted[0] != FORMAT:
        raise BadIndexError(f"The index at {current} has format {wanted[0]}, this program reads {FORMAT}.")
    if wanted[1] != model:
        raise BadIndexError(f"The index at {current} was built with model {wanted[1]}, now it is {model}.")
    for name, checksum in checksums.items():
        path = current / name
        if not path.is_file() or _checksum(path) != checksum:
            raise BadIndexError(f"The index at {current} is damaged: {name} is not what the manifest says.")
    return Stored(current, manifest)


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _stack(rows: Sequence[Vectors], dimension: int) -> Vectors:
    if not rows:
        return np.zeros((0, dimension), dtype=np.float32)
    stacked = np.ascontiguousarray(np.stack(rows), dtype=np.float32)
    if stacked.shape[1] != dimension:
        raise BadIndexError(f"A vector has {stacked.shape[1]} dimensions, the model gives {dimension}.")
    return stacked
