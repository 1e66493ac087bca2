"""The index in memory: exact search over what it was given."""

import gc

import numpy as np
import pytest

from knowledge_base.index import Entry, Index
from knowledge_base.manifest import BadIndexError

ENTRIES = (Entry("a", ("one", "two"), ("first",)), Entry("b", ("three",), ()))
VECTORS = {text: np.eye(4, dtype=np.float32)[n] for n, text in enumerate(("one", "two", "three", "first"))}


@pytest.fixture
def index():
    return Index(ENTRIES, VECTORS, 4)


def test_search_is_exact(index):
    scores, rows = index.nearest(VECTORS["two"], 5)
    assert rows[0] == 1
    assert scores[0] == pytest.approx(1.0)
    assert len(rows) == 3


def test_the_vectors_are_those_inside_the_search_and_not_a_copy(index):
    assert np.array_equal(index.questions, [VECTORS[text] for text in ("one", "two", "three")])
    assert not index.questions.flags.writeable
    assert index.questions.ctypes.data == int(index.faiss.get_xb())


def test_a_vector_outlives_its_index():
    row = Index(ENTRIES, VECTORS, 4).questions[1]
    gc.collect()
    np.random.default_rng(1).random(1_000)
    assert np.array_equal(row, VECTORS["two"])


def test_vectors_of_another_dimension_are_refused():
    with pytest.raises(BadIndexError, match="4 dimensions, the model gives 5"):
        Index(ENTRIES, VECTORS, 5)


def test_an_index_of_nothing_is_an_index():
    empty = Index((), {}, 4)
    assert empty.faiss.ntotal == 0
    assert empty.questions.shape == (0, 4)
