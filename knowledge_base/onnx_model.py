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
from onnx import GraphProto, NodeProto, TensorProto, helper, numpy_helper
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer

Vectors = NDArray[np.float32]

BLOCK: Final = 128
INT8: Final = f"int8-{BLOCK}"
FP32: Final = "fp32"
SAMPLES: Final = (
    "How long does delivery take?",
    "my card was declined but the money is gone",
    "can I send a gift to another address and have the bill sent to me",
)
NEAR_ENOUGH: Final = 0.99
_QUIET: Final = ("sentence_transformers", "optimum", "transformers", "optimum.exporters.onnx")


class OnnxModel:
    """An exported model. Any thread may call it, several at once."""

    def __init__(self, folder: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._wanted = {wanted.name for wanted in self._session.get_inputs()}
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit row for each text. One by one, so a text's vector does not depend on its neighbours."""
        return np.array([self._vector(text) for text in texts], dtype=np.float32)

    def tokens(self) -> Mapping[str, int]:
        """The tokens and their numbers."""
        found: dict[str, int] = self._tokenizer.get_vocab()
        return found

    def _vector(self, text: str) -> Vectors:
        ids = np.array([self._tokenizer.encode(text.strip()).ids], dtype=np.int64)
        known = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        given = {name: known[name] for name in self._wanted}
        mean: Vectors = self._session.run(None, given)[0][0].mean(axis=0)
        return mean / max(float(np.linalg.norm(mean)), 1e-12)


def exported(folder: Path, store_dir: Path, name: str, kinds: Sequence[str]) -> tuple[OnnxModel, str]:
    """The model in `folder` as one of `kinds`, and which: the one kept under `name`, else the fastest here.

    The fastest is kept in `store_dir`, other forms of the same model are removed. Raises `ValueError` when
    the vectors are not those of sentence-transformers, and whatever an export raises.
    """
    for kind in kinds:
        if (store_dir / f"{name}-{kind}" / "model.onnx").is_file():
            return OnnxModel(store_dir / f"{name}-{kind}"), kind
    store_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=store_dir) as scratch:
        models = _export(folder, Path(scratch), kinds)
        kind = fastest({kind: model.encode for kind, model in models.items()})
        for old in store_dir.glob(f"{name}-*"):
            shutil.rmtree(old, ignore_errors=True)
        (Path(scratch) / kind).rename(store_dir / f"{name}-{kind}")
    return models[kind], kind


def fastest(
    encoders: Mapping[str, Callable[[Sequence[str]], object]],
    clock: Callable[[], float] = time.perf_counter,
) -> str:
    """The name of the one that takes least for the same texts, each at its best of five rounds."""
    best = dict.fromkeys(encoders, float("inf"))
    for _ in range(5):
        for name, encode in encoders.items():
            started = clock()
            encode(SAMPLES)
            best[name] = min(best[name], clock() - started)
    return min(best, key=lambda name: best[name])


def in_int8_blocks(model: onnx.ModelProto, block: int = BLOCK) -> onnx.ModelProto:
    """The same model with the weights of its linear layers in int8, a scale for each `block` of inputs.

    Attention between words stays as it is: it costs little time, and much quality when coarse. Tables of
    words are kept in half precision.
    """
    small = onnx.ModelProto()
    small.CopyFrom(model)
    graph = small.graph
    tables = {
        tensor.name: tensor
        for tensor in graph.initializer
        if len(tensor.dims) == 2 and tensor.data_type == TensorProto.FLOAT
    }
    nodes = []
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1] in tables and not tables[node.input[1]].dims[0] % block:
            nodes.append(_in_blocks(graph, node, tables[node.input[1]], block))
        elif node.op_type == "Gather" and node.input[0] in tables:
            nodes += _in_halves(graph, node, tables[node.input[0]])
        else:
            nodes.append(node)
    del graph.node[:]
    graph.node.extend(nodes)
    small.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    return small


def _in_blocks(graph: GraphProto, node: NodeProto, weights: TensorProto, block: int) -> NodeProto:
    depth, width = weights.dims
    rows = numpy_helper.to_array(weights).T.reshape(width, depth // block, block)
    scales = np.maximum(np.abs(rows).max(axis=2) / 127, np.float32(1e-12))
    # Unsigned with 128 as zero, as the operator reads them.
    levels = (np.rint(rows / scales[:, :, None]) + 128).astype(np.uint8)
    names = (f"{weights.name}.levels", f"{weights.name}.scales")
    for name, values in zip(names, (levels, scales.ravel()), strict=True):
        graph.initializer.append(numpy_helper.from_array(values, name))
    graph.initializer.remove(weights)
    return helper.make_node(
        "MatMulNBits",
        [node.input[0], *names],
        list(node.output),
        name=node.name,
        domain="com.microsoft",
        K=depth,
        N=width,
        bits=8,
        block_size=block,
        accuracy_level=4,  # What comes in is made int8 too, in the same blocks.
    )


def _in_halves(graph: GraphProto, node: NodeProto, table: TensorProto) -> tuple[NodeProto, NodeProto]:
    half, found = f"{table.name}.half", f"{node.output[0]}.half"
    graph.initializer.append(numpy_helper.from_array(numpy_helper.to_array(table).astype(np.float16), half))
    graph.initializer.remove(table)
    gather = helper.make_node("Gather", [half, node.input[1]], [found], name=node.name)
    return gather, helper.make_node("Cast", [found], list(node.output), to=TensorProto.FLOAT)


def _export(folder: Path, scratch: Path, kinds: Sequence[str]) -> dict[str, OnnxModel]:
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
    plain = onnx.load(str(scratch / "full" / "onnx" / "model.onnx"))
    models = {}
    for kind in kinds:
        (scratch / kind).mkdir()
        onnx.save(in_int8_blocks(plain) if kind == INT8 else plain, str(scratch / kind / "model.onnx"))
        tokenizer.save(str(scratch / kind / "tokenizer.json"))
        models[kind] = OnnxModel(scratch / kind)
        cosines = (models[kind].encode(SAMPLES) * expected).sum(axis=1)
        if cosines.min() < NEAR_ENOUGH:
            raise ValueError(f"Vectors as {kind} are not the model's (cosine {cosines.min():.3f})")
    return models


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
