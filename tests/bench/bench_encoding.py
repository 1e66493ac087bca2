"""Encoding a question in every way there is, in one run, beside the bare int8 model with tokens ready."""

import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from sentence_transformers import SentenceTransformer, export_dynamic_quantized_onnx_model

from knowledge_base import evaluate as ev
from knowledge_base.embed import PACKAGED_MODEL, model_folder
from knowledge_base.onnx_export import export
from knowledge_base.onnx_model import BLOCKS, COLUMNS, FP32, OnnxModel, quiet
from scripts.steps import ROOT
from tests.bench.report import Figure, against

Encode = Callable[[Sequence[str]], object]

ROUNDS = 3
LENGTHS = {"6 to 8 words": (6, 8), "about 20 words": (18, 23)}
BATCHES = (8, 32)
BARE = "bare dynamic int8 model"
OURS = {FP32: "ours, fp32", BLOCKS: "ours, int8 in blocks", COLUMNS: "ours, int8 in columns"}


def measure() -> dict[str, list[Figure]]:
    """Figures by title: single questions by length and threads, then batches."""
    everything = [one.question for one in ev.read_questions(ROOT / "knowledge_base/eval/questions.jsonl")]
    found: dict[str, list[Figure]] = {}
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        export(model_folder(PACKAGED_MODEL), scratch, list(OURS))
        for threads in (1, 2):
            torch.set_num_threads(threads)
            ways = _ways(scratch, threads)
            for words, (least, most) in LENGTHS.items():
                questions = [text for text in everything if least <= len(text.split()) <= most][:20]
                title = f"encode one question of {words}, {threads} thread{'s' * (threads > 1)}"
                found[title] = _single(ways, questions, threads)
            if threads == 1:
                found["batches, for each text"] = _batches(ways, everything)
                found["cosine to full precision"] = _nearness(scratch, everything[::3])
        torch.set_num_threads(1)
    return found


def _ways(scratch: Path, threads: int) -> dict[str, Encode]:
    """What encodes texts, by name; the last two are given tokens that are ready."""
    ways: dict[str, Encode] = {}
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    settings = {"provider": "CPUExecutionProvider", "session_options": options}
    with quiet():
        torch_model = SentenceTransformer(str(model_folder(PACKAGED_MODEL)), device="cpu")
        full = SentenceTransformer(str(scratch / "full"), backend="onnx", model_kwargs=settings)
        kind = "arm64" if platform.machine() in {"arm64", "aarch64"} else "avx512_vnni"
        file = scratch / "full" / "onnx" / f"model_qint8_{kind}.onnx"
        if not file.is_file():
            export_dynamic_quantized_onnx_model(full, kind, str(scratch / "full"))
        small = SentenceTransformer(
            str(scratch / "full"), backend="onnx", model_kwargs={**settings, "file_name": f"onnx/{file.name}"}
        )
    ways["sentence-transformers, torch"] = _through(torch_model)
    ways["sentence-transformers, ONNX fp32"] = _through(full)
    ways["sentence-transformers, dynamic int8"] = _through(small)
    for kind, name in OURS.items():
        ways[name] = OnnxModel(scratch / kind, threads=threads).encode
    ways[BARE] = _Bare(onnxruntime.InferenceSession(str(file), options), OnnxModel(scratch / FP32))
    columns = OnnxModel(scratch / COLUMNS, threads=threads)
    ways["bare model of ours, int8 in columns"] = _BareOurs(columns)
    return ways


def _through(model: SentenceTransformer) -> Encode:
    return lambda texts: model.encode(
        list(texts), batch_size=len(texts), normalize_embeddings=True, show_progress_bar=False
    )


class _Bare:
    """A session alone: tokens are made ready the first time a text is seen."""

    def __init__(self, session: onnxruntime.InferenceSession, tokens: OnnxModel) -> None:
        self._session, self._tokens = session, tokens
        self._ready: dict[str, dict[str, object]] = {}

    def prepare(self, text: str) -> None:
        ids = self._tokens.inputs(text)["input_ids"]
        self._ready[text] = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }

    def __call__(self, texts: Sequence[str]) -> None:
        for text in texts:
            self._session.run(None, self._ready[text])


class _BareOurs:
    def __init__(self, model: OnnxModel) -> None:
        self._model = model
        self._ready: dict[str, dict[str, np.ndarray]] = {}

    def prepare(self, text: str) -> None:
        self._ready[text] = self._model.inputs(text)

    def __call__(self, texts: Sequence[str]) -> None:
        for text in texts:
            self._model.run(self._ready[text])


def _single(ways: Mapping[str, Encode], questions: Sequence[str], threads: int) -> list[Figure]:
    _prepare(ways, questions)
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for text in questions:
            for name, encode in ways.items():
                times[name].append(_ms(encode, [text]))
    bare = statistics.median(times[BARE])
    figures = [
        Figure(
            f"{name}: p50 / p95 / times {BARE}",
            f"{statistics.median(took):.2f} / {np.quantile(took, 0.95):.2f} ms"
            f" / {statistics.median(took) / bare:.2f}",
        )
        for name, took in times.items()
    ]
    if threads == 1:
        figures.append(
            against(
                "the used one, p50", min(statistics.median(times[name]) for name in OURS.values()), 3, "ms"
            )
        )
    return figures


def _batches(ways: Mapping[str, Encode], everything: Sequence[str]) -> list[Figure]:
    figures = []
    for size in BATCHES:
        texts = everything[7 : 7 + size]
        _prepare(ways, texts)
        times: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(ROUNDS):
            for name, encode in ways.items():
                times[name].append(_ms(encode, texts) / size)
        bare = statistics.median(times[BARE])
        figures += [
            Figure(
                f"{size} at once, {name}: ms a text / times {BARE}, one by one",
                f"{statistics.median(took):.2f} / {statistics.median(took) / bare:.2f}",
            )
            for name, took in times.items()
        ]
    return figures


def _nearness(scratch: Path, texts: Sequence[str]) -> list[Figure]:
    expected = OnnxModel(scratch / FP32).encode(texts)
    figures = []
    for kind in (BLOCKS, COLUMNS):
        cosines = (OnnxModel(scratch / kind).encode(texts) * expected).sum(axis=1)
        value = f"{cosines.mean():.4f} / {cosines.min():.4f}"
        figures.append(Figure(f"{OURS[kind]}: mean / least", value))
    return figures


def _prepare(ways: Mapping[str, Encode], texts: Sequence[str]) -> None:
    for encode in ways.values():
        if isinstance(encode, _Bare | _BareOurs):
            for text in texts:
                encode.prepare(text)
        encode(texts[:1])


def _ms(encode: Encode, texts: Sequence[str]) -> float:
    started = time.perf_counter()
    encode(texts)
    return (time.perf_counter() - started) * 1e3
