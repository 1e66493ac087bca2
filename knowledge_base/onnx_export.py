"""Exporting a sentence model to ONNX, in the form that is fastest on this processor."""

import gc
import logging
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import onnx
import torch
from onnx import ModelProto, TensorProto, helper
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer

from knowledge_base.int8 import in_int8_blocks, in_int8_columns, linear_inputs
from knowledge_base.lean_graph import ForeignGraphError, lean
from knowledge_base.onnx_model import (
    BLOCKS,
    COLUMNS,
    EXPECTED,
    FP32,
    NEAR_ENOUGH,
    SAMPLES,
    OnnxModel,
    Vectors,
    kept_folder,
    kept_model,
    nearness,
    quiet,
    session,
)

log = logging.getLogger(__name__)

ROUNDS: Final = 15


def exported(folder: Path, store_dir: Path, name: str, kinds: Sequence[str]) -> tuple[OnnxModel, str]:
    """The model in `folder` as one of `kinds`, and which: the one kept under `name`, else the fastest here.

    The fastest is kept in `store_dir`, other forms of the same model are removed. One that was kept by
    another processor and gives other vectors on this one is made anew. Raises `ValueError` when no kind's
    vectors are those of sentence-transformers, and whatever an export raises.
    """
    kept = kept_model(store_dir, name, kinds)
    if kept:
        return kept
    store_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=store_dir) as scratch:
        models = _near(export(folder, Path(scratch), kinds), Path(scratch))
        kind = fastest({kind: model.encode for kind, model in models.items()})
        for old in store_dir.glob(f"{name}-*"):
            shutil.rmtree(old, ignore_errors=True)
        (Path(scratch) / kind).rename(kept_folder(store_dir, name, kind))
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
    torch.set_num_threads(1)
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
        np.save(scratch / kind / EXPECTED, expected)
        models[kind] = OnnxModel(scratch / kind)
    return models


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
    run = session(watched.SerializeToString(), 1)
    largest: dict[str, Vectors] = {}
    for text in SAMPLES:
        ids = np.array([tokenizer.encode(text).ids], dtype=np.int64)
        for name, values in zip(names, run.run(names, {"input_ids": ids}), strict=True):
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
