"""The exported model: the fastest form is kept, older forms go, a foreign pooling is refused."""

import json
import logging
import shutil

import numpy as np
import pytest

from knowledge_base import onnx_export
from knowledge_base.embed import PACKAGED_MODEL, model_folder
from knowledge_base.lean_graph import ForeignGraphError
from knowledge_base.onnx_export import exported, fastest
from knowledge_base.onnx_model import BLOCKS, COLUMNS, FORM, FP32, SAMPLES, OnnxModel


def test_the_fastest_form_is_the_one_with_the_best_rounds_for_each_text():
    now = 0.0
    calls = {"mostly slow": 0, "steady": 0}

    def encoder(name: str, took: list[float]):
        def encode(_texts: object) -> None:
            nonlocal now
            now += took[calls[name] // len(SAMPLES) % len(took)]
            calls[name] += 1

        return encode

    encoders = {"mostly slow": encoder("mostly slow", [9, 9, 2]), "steady": encoder("steady", [3])}
    assert fastest(encoders, clock=lambda: now) == "mostly slow"


def test_an_export_is_made_once_and_replaces_older_forms_of_the_same_model_only(tmp_path):
    older, other = tmp_path / "abc-avx512_vnni", tmp_path / "def-avx512_vnni"
    older.mkdir()
    other.mkdir()
    folder = model_folder(PACKAGED_MODEL)
    first, kind = exported(folder, tmp_path, "abc", (COLUMNS,))
    assert kind == COLUMNS
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"abc-{FORM}-{COLUMNS}", "def-avx512_vnni"]
    again, kind = exported(tmp_path / "nothing is read here", tmp_path, "abc", (FP32, COLUMNS))
    assert kind == COLUMNS
    assert (first.encode(["where is it"]) == again.encode(["where is it"])).all()


def test_a_kept_form_with_other_vectors_on_this_processor_is_made_anew(tmp_path, caplog):
    folder = model_folder(PACKAGED_MODEL)
    exported(folder, tmp_path, "abc", (BLOCKS,))
    samples = tmp_path / f"abc-{FORM}-{BLOCKS}" / "samples.npy"
    expected = np.load(samples)
    np.save(samples, np.roll(expected, 1, axis=1))
    with caplog.at_level(logging.WARNING):
        exported(folder, tmp_path, "abc", (BLOCKS,))
    assert "gives other vectors on this processor" in caplog.text
    assert np.allclose(np.load(samples), expected, atol=1e-5)


def test_int8_that_loses_too_much_on_a_processor_is_left_out(monkeypatch, tmp_path):
    monkeypatch.setattr(
        onnx_export, "nearness", lambda _model, folder: 0.9 if folder.name.endswith(COLUMNS) else 1.0
    )
    _, kind = exported(model_folder(PACKAGED_MODEL), tmp_path, "abc", (COLUMNS, BLOCKS))
    assert kind == BLOCKS


def test_a_model_that_cannot_be_made_lean_runs_as_it_was_exported(monkeypatch, tmp_path):
    folder = model_folder(PACKAGED_MODEL)
    lean, _ = exported(folder, tmp_path / "lean", "abc", (FP32,))

    def is_foreign(_exported: object) -> None:
        raise ForeignGraphError("A BERT has no Relu once its layers are fused.")

    monkeypatch.setattr(onnx_export, "lean", is_foreign)
    plain, kind = exported(folder, tmp_path / "plain", "abc", (COLUMNS, FP32))
    assert kind == FP32
    texts = ["where is it", "my card was declined"]
    assert np.allclose(plain.encode(texts), lean.encode(texts), atol=1e-5)


def test_a_model_that_pools_in_another_way_is_refused(tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(model_folder(PACKAGED_MODEL), folder)
    pooling = folder / "1_Pooling" / "config.json"
    settings = json.loads(pooling.read_text(encoding="utf-8"))
    changed = {**settings, "pooling_mode_mean_tokens": False, "pooling_mode_cls_token": True}
    pooling.write_text(json.dumps(changed), encoding="utf-8")
    with pytest.raises(ValueError, match="not the model's"):
        exported(folder, tmp_path / "store", "abc", (FP32,))
    assert not list((tmp_path / "store").iterdir())


def test_no_texts_have_no_vectors(tmp_path):
    model, _ = exported(model_folder(PACKAGED_MODEL), tmp_path, "abc", (FP32,))
    assert isinstance(model, OnnxModel)
    assert len(model.encode([])) == 0
