"""A sentence model as ONNX: exported once from its folder, then run with nothing around it."""

import gc
import logging
import shutil
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import ModelProto, TensorProto, helper
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer

from knowledge_base.int8 import BLOCK, in_int8_blocks, in_int8_columns, linear_inputs
from knowledge_base.lean_graph import ForeignGraphError, lean

log = logging.getLogger(__name__)

Vectors = NDArray[np.float32]

COLUMNS: Final = "int8-columns"
BLOCKS: Final = f"int8-{BLOCK}"
FP32: Final = "fp32"
# Raised when the exported forms change, so that the fastest is chosen anew.
FORM: Final = 2
SAMPLES: Final = (
    "How long does delivery take?",
    "my card was declined but the money is gone",
    "can I send a gift to another address and have the bill sent to me",
)
NEAR_ENOUGH: Final = 0.997
ROUNDS: Final = 15
_EXPECTED: Final = "samples.npy"
_QUIET: Final = ("sentence_transformers", "optimum", "transformers", "optimum.exporters.onnx", "onnxruntime")


class OnnxModel:
    """An exported model. Any thread may call it, several at once."""

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        self._session = _session(str(folder / "model.onnx"), threads)
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


def exported(folder: Path, store_dir: Path, name: str, kinds: Sequence[str]) -> tuple[OnnxModel, str]:
    """The model in `folder` as one of `kinds`, and which: the one kept under `name`, else the fastest here.

    The fastest is kept in `store_dir`, other forms of the same model are removed. One that was kept by
    another processor and gives other vectors on this one is made anew. Raises `ValueError` when no kind's
    vectors are those of sentence-transformers, and whatever an export raises.
    """
    for kind in kinds:
        kept = _kept(store_dir / f"{name}-{FORM}-{kind}")
        if kept:
            return kept, kind
    store_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=store_dir) as scratch:
        models = _near(export(folder, Path(scratch), kinds), Path(scratch))
        kind = fastest({kind: model.encode for kind, model in models.items()})
        for old in store_dir.glob(f"{name}-*"):
            shutil.rmtree(old, ignore_errors=True)
        (Path(scratch) / kind).rename(store_dir / f"{name}-{FORM}-{kind}")
    return models[kind], kind


def fastest(
    encoders: Mapping[str, Callable[[Sequence[str]], object]],
    clock: Callable[[], float] = time.perf_counter,
) -> str:
    """The name of the one that takes least for the same texts, each text at its best of many rounds.

    The best of many, text by text, so that what else the machine does meanwhile decides nothing.
    """
    best = {(name, text): float("inf") for name in encoders for text in SAMPLES}
    for _ in range(ROUNDS):
        for name, text in best:
            started = clock()
            encoders[name]([text])
            best[name, text] = min(best[name, text], clock() - started)
    return min(encoders, key=lambda name: sum(best[name, text] for text in SAMPLES))


def export(folder: Path, scratch: Path, kinds: Sequence[str]) -> dict[str, OnnxModel]:
    """The model in each of `kinds` it can be had in, each in `scratch`/<kind> with the vectors expected."""
    with quiet():
        full = SentenceTransformer(
            str(folder),
            backend="onnx",
            model_kwargs={"provider": "CPUExecutionProvider"},
            local_files_only=True,
        )
        full.save_pretrained(str(scratch / "full"))
        expected = full.encode(list(SAMPLES), normalize_embeddings=True, show_progress_bar=False)
        tokenizer = full.tokenizer.backend_tokenizer
        tokenizer.no_padding()
        tokenizer.enable_truncation(full.max_seq_length)
        # The export leaves its own scratch folder to the garbage collector, which complains of it.
        del full
        gc.collect()
        graphs = _graphs(onnx.load(str(scratch / "full" / "onnx" / "model.onnx")), tokenizer, kinds)
    models = {}
    for kind, graph in graphs.items():
        (scratch / kind).mkdir()
        onnx.save(graph, str(scratch / kind / "model.onnx"))
        tokenizer.save(str(scratch / kind / "tokenizer.json"))
        np.save(scratch / kind / _EXPECTED, expected)
        models[kind] = OnnxModel(scratch / kind)
    return models


def nearness(model: OnnxModel, folder: Path) -> float:
    """The least cosine of the samples' vectors to those the model had when it was exported to `folder`."""
    expected = np.load(folder / _EXPECTED)
    return float((model.encode(SAMPLES) * expected).sum(axis=1).min())


def _graphs(plain: ModelProto, tokenizer: Tokenizer, kinds: Sequence[str]) -> dict[str, ModelProto]:
    """The graph of each kind; int8 in columns only for a model that can be made lean."""
    try:
        whole, is_lean = lean(plain), True
    except ForeignGraphError as error:
        log.info("%s Running the model as it was exported.", error)
        whole, is_lean = plain, False
    makers: dict[str, Callable[[], ModelProto]] = {
        FP32: lambda: whole,
        BLOCKS: lambda: in_int8_blocks(whole),
    }
    if is_lean:
        makers[COLUMNS] = lambda: in_int8_columns(whole, _largest(whole, tokenizer))
    return {kind: makers[kind]() for kind in kinds if kind in makers}


def _largest(whole: ModelProto, tokenizer: Tokenizer) -> dict[str, Vectors]:
    """The largest value of each channel that goes into a linear layer, over the samples."""
    watched = ModelProto()
    watched.CopyFrom(whole)
    names = linear_inputs(whole)
    watched.graph.output.extend(
        helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names
    )
    session = _session(watched.SerializeToString(), 1)
    largest: dict[str, Vectors] = {}
    for text in SAMPLES:
        ids = np.array([tokenizer.encode(text).ids], dtype=np.int64)
        for name, values in zip(names, session.run(names, {"input_ids": ids}), strict=True):
            seen = np.abs(values).reshape(-1, values.shape[-1]).max(axis=0)
            largest[name] = np.maximum(largest.get(name, seen), seen)
    return largest


def _near(models: Mapping[str, OnnxModel], scratch: Path) -> dict[str, OnnxModel]:
    """Those whose vectors are the model's on this processor; some lose in int8 what others keep."""
    cosines = {kind: nearness(model, scratch / kind) for kind, model in models.items()}
    near = {kind: model for kind, model in models.items() if cosines[kind] >= NEAR_ENOUGH}
    if not near:
        found = ", ".join(f"{kind}: {cosine:.3f}" for kind, cosine in cosines.items())
        raise ValueError(f"The exported vectors are not the model's (cosine {found}).")
    return near


def _kept(folder: Path) -> OnnxModel | None:
    if not (folder / _EXPECTED).is_file():
        return None
    model = OnnxModel(folder)
    if nearness(model, folder) >= NEAR_ENOUGH:
        return model
    log.warning("The model at %s gives other vectors on this processor. Exporting it anew.", folder)
    return None


def _session(model: str | bytes, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


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
