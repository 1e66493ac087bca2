"""Vectors: the same whatever their neighbours, and made by the backend asked for."""

import logging
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from knowledge_base import onnx_export
from knowledge_base.embed import PACKAGED_MODEL, RECENT, Encoder, load_encoder
from knowledge_base.onnx_model import BLOCKS, COLUMNS, FP32

TEXTS = [
    "pay",
    "How long does delivery take to Austria?",
    "",
    "I ordered two jackets and one has not come yet, and now the card was charged twice. What can I do?",
    "🙂",
    "how do I pay " * 200,
]


def test_a_text_has_the_same_vector_alone_and_among_others(encoder):
    together = encoder.encode(TEXTS)
    alone = [encoder.encode([text])[0] for text in TEXTS]
    assert np.array_equal(together, np.array(alone))
    assert np.allclose(np.linalg.norm(together, axis=1), 1)


def test_many_threads_at_once_get_the_same_vectors(encoder):
    with ThreadPoolExecutor(8) as threads:
        rows = list(threads.map(lambda text: encoder.encode([text])[0], TEXTS * 10))
    assert np.array_equal(np.array(rows), np.array([*encoder.encode(TEXTS)] * 10))


def test_the_exported_model_stays_near_the_model_it_came_from(encoder, tmp_path):
    plain = load_encoder(PACKAGED_MODEL, tmp_path, backend="torch")
    assert (encoder.encode(TEXTS) * plain.encode(TEXTS)).sum(axis=1).min() > 0.995
    assert encoder.fingerprint != plain.fingerprint
    assert encoder.vocabulary() == plain.vocabulary()


def test_a_recent_question_keeps_its_vector(encoder):
    hits, misses = encoder.hits, encoder.misses
    assert encoder.encode_question("where is my parcel") is encoder.encode_question("where is my parcel")
    assert (encoder.hits, encoder.misses) == (hits + 1, misses + 1)


def test_only_so_many_recent_questions_are_kept():
    class Counting:
        def encode(self, texts):
            return np.array([[len(text)] for text in texts], dtype=np.float32)

        def tokens(self):
            return {}

    small = Encoder(Counting(), fingerprint="counting", backend="none")
    for number in range(RECENT + 1):
        small.encode_question(str(number))
    small.encode_question("0")
    small.encode_question(str(RECENT))
    assert (small.hits, small.misses) == (1, RECENT + 2)


def test_the_backend_is_the_one_asked_for(encoder, tmp_path):
    assert load_encoder(PACKAGED_MODEL, tmp_path, backend="torch").backend == "torch"
    assert not list(tmp_path.iterdir())
    assert encoder.backend in {f"onnx-{kind}" for kind in (COLUMNS, BLOCKS, FP32)}


def test_an_export_that_fails_leaves_torch_unless_int8_is_demanded(monkeypatch, tmp_path, caplog):
    def fails(*_: object) -> None:
        raise ValueError("disk full")

    monkeypatch.setattr(onnx_export, "exported", fails)
    with caplog.at_level(logging.WARNING):
        assert load_encoder(PACKAGED_MODEL, tmp_path).backend == "torch"
    assert "disk full" in caplog.text
    with pytest.raises(ValueError, match="disk full"):
        load_encoder(PACKAGED_MODEL, tmp_path, backend="int8")


def test_an_unknown_model_is_refused_with_what_to_install(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=f"No model 'nowhere' here. Install the package {PACKAGED_MODEL}"
    ):
        load_encoder("nowhere", tmp_path)


def test_a_package_without_a_model_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"'numpy' holds no modules\.json"):
        load_encoder("numpy", tmp_path)
