"""A sentence model as ONNX, exported before and kept: run with nothing around it."""

import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

log = logging.getLogger(__name__)

Vectors = NDArray[np.float32]

COLUMNS: Final = "int8-columns"
BLOCKS: Final = "int8-128"
FP32: Final = "fp32"
# Raised when the exported forms change, so that the fastest is chosen anew.
FORM: Final = 2
SAMPLES: Final = (
    "How long does delivery take?",
    "my card was declined but the money is gone",
    "can I send a gift to another address and have the bill sent to me",
)
NEAR_ENOUGH: Final = 0.997
EXPECTED: Final = "samples.npy"
_QUIET: Final = ("sentence_transformers", "optimum", "transformers", "optimum.exporters.onnx", "onnxruntime")


class OnnxModel:
    """An exported model. Any thread may call it, several at once."""

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        self._session = session(str(folder / "model.onnx"), threads)
        self._wanted = {wanted.name for wanted in self._session.get_inputs()}
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit row for each text. One by one, so a text's vector does not depend on its neighbours."""
        return np.array([self._vector(text) for text in texts], dtype=np.float32)

    def inputs(self, text: str) -> dict[str, NDArray[np.int64]]:
        """What the bare model is given for a text."""
        ids = np.array([self._tokenizer.encode(text.strip()).ids], dtype=np.int64)
        if len(self._wanted) == 1:
            return {"input_ids": ids}
        known = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        return {name: known[name] for name in self._wanted}

    def run(self, inputs: Mapping[str, NDArray[np.int64]]) -> Vectors:
        """What the bare model makes of `inputs`: the mean over the tokens, or a row for each token."""
        found: Vectors = self._session.run(None, inputs)[0][0]
        return found

    def tokens(self) -> Mapping[str, int]:
        """The tokens and their numbers."""
        found: dict[str, int] = self._tokenizer.get_vocab()
        return found

    def _vector(self, text: str) -> Vectors:
        found = self.run(self.inputs(text))
        mean: Vectors = found if found.ndim == 1 else found.mean(axis=0)
        return mean / max(float(np.linalg.norm(mean)), 1e-12)


def kept_model(store_dir: Path, name: str, kinds: Sequence[str]) -> tuple[OnnxModel, str] | None:
    """The model kept under `name` as one of `kinds`, and which; None where it has to be exported."""
    for kind in kinds:
        kept = _kept(kept_folder(store_dir, name, kind))
        if kept:
            return kept, kind
    return None


def kept_folder(store_dir: Path, name: str, kind: str) -> Path:
    """Where a form of a model is kept, there or not."""
    return store_dir / f"{name}-{FORM}-{kind}"


def nearness(model: OnnxModel, folder: Path) -> float:
    """The least cosine of the samples' vectors to those the model had when it was exported to `folder`."""
    expected = np.load(folder / EXPECTED)
    return float((model.encode(SAMPLES) * expected).sum(axis=1).min())


def session(model: str | bytes, threads: int) -> onnxruntime.InferenceSession:
    """A session on the processor with so many threads for each operator."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _kept(folder: Path) -> OnnxModel | None:
    if not (folder / EXPECTED).is_file():
        return None
    model = OnnxModel(folder)
    if nearness(model, folder) >= NEAR_ENOUGH:
        return model
    log.warning("The model at %s gives other vectors on this processor. Exporting it anew.", folder)
    return None


@contextmanager
def quiet() -> Iterator[None]:
    """Other people's progress notes and warnings are held back while a model loads."""
    levels = {name: logging.getLogger(name).level for name in _QUIET}
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
