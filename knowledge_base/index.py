"""The index: what can be found, its vectors, and exact search over them."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache

import faiss
import numpy as np
from numpy.typing import NDArray

from knowledge_base.context import Conditions
from knowledge_base.manifest import BadIndexError

Vectors = NDArray[np.float32]


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
        answered = [(row, text) for row, entry in enumerate(entries) for text in entry.answers]
        self.answers = _stack([vectors[text] for _, text in answered], dimension)
        self.answer_owners = np.array([row for row, _ in answered], dtype=np.int64)
        self.faiss = faiss.IndexFlatIP(dimension)
        if texts:
            self.faiss.add(_stack([vectors[text] for text in texts], dimension))
        self.questions: Vectors = np.asarray(_Rows(self.faiss))
        self.sums = np.add.reduceat(self.questions, self.starts, axis=0) if entries else _stack([], dimension)
        self.rows = {entry.id: row for row, entry in enumerate(self.entries)}
        self.digest = content_digest(entries)

    def nearest(self, vector: Vectors, count: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Similarities and rows of the `count` nearest questions, exact inner product."""
        scores, rows = self.faiss.search(vector.reshape(1, -1), min(count, self.faiss.ntotal))
        return scores[0], rows[0]

    def cosines(self, vector: Vectors) -> Vectors:
        """The similarity of every question, by FAISS's own product over its vectors: exact as `nearest`.

        Where hundreds of neighbours are wanted this is faster by what keeping them in order costs: half of a
        search for 512 among 10,000; from 20,000 on both wait for memory.
        """
        asked, found = np.ascontiguousarray(vector), np.empty(len(self.owners), dtype=np.float32)
        if len(found):
            store, width = self.faiss.get_xb(), self.dimension
            faiss.fvec_inner_products_ny(  # type: ignore[attr-defined]
                faiss.swig_ptr(found), faiss.swig_ptr(asked), store, width, len(found)
            )
        return found


class _Rows:
    """The vectors inside a flat FAISS index as an array, so that they are not in memory twice.

    The array keeps this object, and so the index, for as long as anybody keeps the array.
    """

    def __init__(self, flat: faiss.IndexFlatIP) -> None:
        self._flat = flat
        self.__array_interface__ = {
            "version": 3,
            "shape": (flat.ntotal, flat.d),
            "typestr": "<f4",
            "data": (int(flat.get_xb()) if flat.ntotal else 0, True),
        }


def content_digest(entries: Sequence[Entry]) -> str:
    """One hash over everything the entries hold."""
    return hashlib.sha256("".join(entry.digest for entry in entries).encode()).hexdigest()


def texts_of(entries: Sequence[Entry]) -> list[str]:
    """Every text that needs a vector, once, in order."""
    return list(dict.fromkeys(text for entry in entries for text in (*entry.questions, *entry.answers)))


def _stack(rows: Sequence[Vectors], dimension: int) -> Vectors:
    if not rows:
        return np.zeros((0, dimension), dtype=np.float32)
    stacked = np.ascontiguousarray(np.stack(rows), dtype=np.float32)
    if stacked.shape[1] != dimension:
        raise BadIndexError(f"A vector has {stacked.shape[1]} dimensions, the model gives {dimension}.")
    return stacked
