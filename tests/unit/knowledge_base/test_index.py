"""The index on disk: what is refused, and why."""

import json

import numpy as np
import pytest

from knowledge_base.index import BadIndexError, Entry, Index, open_index, save_index

ENTRIES = (Entry("a", ("one", "two"), ("first",)), Entry("b", ("three",), ()))
VECTORS = {text: np.eye(4, dtype=np.float32)[n] for n, text in enumerate(("one", "two", "three", "first"))}


@pytest.fixture
def index():
    return Index(ENTRIES, VECTORS, 4)


@pytest.fixture
def folder(tmp_path, index):
    save_index(tmp_path / "index", index, model="m", version=3, files={"fit.json": b"{}"})
    return tmp_path / "index"


def test_search_is_exact(index):
    scores, rows = index.nearest(VECTORS["two"], 5)
    assert rows[0] == 1
    assert scores[0] == pytest.approx(1.0)
    assert len(rows) == 3


def test_what_was_kept_comes_back(folder):
    stored = open_index(folder, model="m")
    assert stored.manifest["version"] == 3
    assert stored.read("fit.json") == b"{}"
    found = stored.vectors_for(ENTRIES)
    assert all(np.array_equal(found[text], vector) for text, vector in VECTORS.items())


def test_vectors_are_not_given_to_other_articles(folder):
    assert open_index(folder, model="m").vectors_for(ENTRIES[:1]) == {}


def test_an_index_of_another_model_is_refused(folder):
    with pytest.raises(BadIndexError, match="built with model m, now it is n"):
        open_index(folder, model="n")


def test_a_missing_index_names_the_command(tmp_path):
    with pytest.raises(BadIndexError, match="python -m knowledge_base build"):
        open_index(tmp_path, model="m")


@pytest.mark.parametrize("name", ["questions.faiss", "answers.npy", "fit.json"])
def test_a_damaged_file_is_refused_by_name(folder, name):
    path = folder / "00000003" / name
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(BadIndexError, match=name):
        open_index(folder, model="m")


def test_a_broken_manifest_is_refused(folder):
    (folder / "00000003" / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(BadIndexError, match="no readable manifest"):
        open_index(folder, model="m")


def test_another_format_is_refused(folder):
    path = folder / "00000003" / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8")) | {"format": 99}
    path.write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(BadIndexError, match="format 99"):
        open_index(folder, model="m")


def test_the_version_before_is_kept_and_older_ones_go(folder, index):
    for version in (4, 5):
        save_index(folder, index, model="m", version=version, files={})
    assert sorted(path.name for path in folder.iterdir() if path.is_dir()) == ["00000004", "00000005"]


def test_vectors_of_another_dimension_are_refused():
    with pytest.raises(BadIndexError, match="4 dimensions, the model gives 5"):
        Index(ENTRIES, VECTORS, 5)


def test_an_index_of_nothing_is_an_index():
    assert Index((), {}, 4).faiss.ntotal == 0
