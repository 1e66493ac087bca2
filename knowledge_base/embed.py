"""Sentence vectors from the packaged model, through the fastest backend this processor has."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from knowledge_base.model_files import PACKAGED_MODEL, fingerprint, model_folder
from knowledge_base.onnx_model import BLOCKS, COLUMNS, FP32, kept_model

__all__ = ["PACKAGED_MODEL", "Encoder", "Model", "load_encoder", "model_folder"]

log = logging.getLogger(__name__)

Vectors = NDArray[np.float32]

RECENT: Final = 2_048


class Model(Protocol):
    """What makes vectors of texts; any thread may call it."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit row for each text, in order, the same whatever its neighbours are."""
        ...

    def tokens(self) -> Mapping[str, int]:
        """The tokens and their numbers."""
        ...


class Encoder:
    """Turns texts into unit vectors, and remembers those of recent questions. Thread-safe.

    At most `recent` are remembered. `hits` and `misses` count the questions whose vectors were remembered and
    those that had to be encoded.
    """

    def __init__(self, model: Model, *, fingerprint: str, backend: str, recent: int = RECENT) -> None:
        self._model = model
        self._lock = threading.Lock()
        self._recent: OrderedDict[str, Vectors] = OrderedDict()
        self._most = recent
        self.hits = self.misses = 0
        self.fingerprint = fingerprint
        self.backend = backend
        self.dimension = int(self.encode(["a question"]).shape[1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row for each text, in order."""
        return self._model.encode(texts)

    def encode_question(self, text: str) -> Vectors:
        """The vector of one question; recent ones come from memory."""
        with self._lock:
            if text in self._recent:
                self.hits += 1
                self._recent.move_to_end(text)
                return self._recent[text]
            self.misses += 1
        vector: Vectors = self.encode([text])[0]
        with self._lock:
            self._recent[text] = vector
            while len(self._recent) > self._most:
                self._recent.popitem(last=False)
        return vector

    def vocabulary(self) -> frozenset[str]:
        """The words the model has a token of their own for: most usual English words, no typos."""
        return frozenset(token for token in self._model.tokens() if token.isalpha() and token.islower())


def load_encoder(model: str, store_dir: Path, *, backend: str = "auto", recent: int = RECENT) -> Encoder:
    """An encoder for `model`: an installed package or a folder in sentence-transformers' form.

    `backend` is `auto` (exported into `store_dir` the first time, as int8 of two kinds or fp32, whichever
    is fastest on this processor and near; torch where that fails), `int8` or `torch`. Raises
    `FileNotFoundError` when there is no such model here: nothing is downloaded.
    """
    folder = model_folder(model)
    # One thread for each pool of this process: for single questions more are slower, and they fight.
    threadpool_limits(limits=1)
    seal = fingerprint(folder)
    if backend != "torch":
        kinds = (COLUMNS, BLOCKS) if backend == "int8" else (COLUMNS, BLOCKS, FP32)
        try:
            where, name = store_dir / "models", seal[:16]
            model_found, kind = kept_model(where, name, kinds) or _exported(folder, where, name, kinds)
            return Encoder(model_found, fingerprint=f"{seal}-{kind}", backend=f"onnx-{kind}", recent=recent)
        # Exporting rests on five packages; whatever fails in them, torch still answers.
        except Exception as error:
            if backend == "int8":
                raise
            log.warning("No ONNX model (%s). Using torch, which is slower.", error)
    return Encoder(_torch_model(folder), fingerprint=seal, backend="torch", recent=recent)


def _exported(folder: Path, store_dir: Path, name: str, kinds: Sequence[str]) -> tuple[Model, str]:
    # torch takes seconds and some 300 MB to load, and is needed the first time only.
    from knowledge_base import onnx_export  # noqa: PLC0415

    return onnx_export.exported(folder, store_dir, name, kinds)


def _torch_model(folder: Path) -> Model:
    from knowledge_base.torch_model import TorchModel  # noqa: PLC0415 (as above)

    return TorchModel(folder)
