"""Vectors kept by text: whatever happens to their file, a wrong one is never given."""

import hashlib
import sqlite3
import threading

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge_base.vectors import BATCH, VectorCache
from tests.unit.knowledge_base.test_versions import full_disk

TEXTS = [f"question {number}" for number in range(40)]


class HashEncoder:
    """A vector that is a hash of the text, and a count of the texts that were encoded."""

    def __init__(self, fingerprint="hash", dimension=8):
        self.fingerprint, self.dimension, self.backend = fingerprint, dimension, "hash"
        self.encoded = []
        self.threads = set()

    def encode(self, texts):
        self.encoded += texts
        self.threads.add(threading.get_ident())
        return np.array([self.vector(text) for text in texts], dtype=np.float32)

    def vector(self, text):
        seed = int.from_bytes(hashlib.sha256(f"{self.fingerprint}{text}".encode()).digest()[:8], "big")
        return np.random.default_rng(seed).random(self.dimension, dtype=np.float32)


def right(encoder, found, texts=TEXTS):
    return found.keys() == set(texts) and all(
        np.array_equal(found[text], encoder.vector(text)) for text in texts
    )


@pytest.fixture
def path(tmp_path):
    return tmp_path / "vectors.sqlite"


@pytest.fixture
def filled(path):
    cache = VectorCache(path, HashEncoder())
    cache.vectors(TEXTS)
    cache.close()
    return path.read_bytes()


def asked_again(path, encoder=None):
    encoder = encoder or HashEncoder()
    cache = VectorCache(path, encoder)
    found = cache.vectors(TEXTS)
    again = cache.vectors(TEXTS)
    cache.close()
    assert right(encoder, again)
    return encoder, found


def test_nothing_is_encoded_twice(path, filled):
    encoder, found = asked_again(path)
    assert encoder.encoded == []
    assert right(encoder, found)


def test_only_what_is_new_is_encoded(path, filled):
    encoder = HashEncoder()
    cache = VectorCache(path, encoder)
    cache.vectors([*TEXTS, "new"])
    cache.close()
    assert encoder.encoded == ["new"]


def test_another_model_has_vectors_of_its_own(path, filled):
    encoder, found = asked_again(path, HashEncoder("other"))
    assert len(encoder.encoded) == len(TEXTS)
    assert right(encoder, found)


def test_a_model_of_the_same_name_and_another_dimension_is_encoded_anew(path, filled):
    encoder, found = asked_again(path, HashEncoder(dimension=16))
    assert right(encoder, found)


def test_many_texts_are_encoded_by_several_threads_and_come_out_in_order(path):
    encoder, heard = HashEncoder(), []
    texts = [f"text {number}" for number in range(5 * BATCH + 3)]
    cache = VectorCache(path, encoder)
    found = cache.vectors(texts, lambda done, total: heard.append((done, total)))
    cache.close()
    assert right(encoder, found, texts)
    assert list(found) == texts
    assert heard == [(min(n * BATCH, len(texts)), len(texts)) for n in range(1, 7)]
    assert threading.get_ident() not in encoder.threads


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_a_changed_byte_never_gives_a_wrong_vector(path, filled, place, flip):
    at = int(place * len(filled))
    path.write_bytes(filled[:at] + bytes([filled[at] ^ flip]) + filled[at + 1 :])
    encoder, found = asked_again(path)
    assert right(encoder, found)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True))
def test_a_file_cut_short_never_gives_a_wrong_vector(path, filled, place):
    path.write_bytes(filled[: int(place * len(filled))])
    encoder, found = asked_again(path)
    assert right(encoder, found)


def test_a_schema_that_is_no_text_any_more_is_made_again(path, filled, caplog):
    at = filled.index(b"CREATE TABLE") + 50
    path.write_bytes(filled[:at] + bytes([filled[at] ^ 0x80]) + filled[at + 1 :])
    asked_again(path)
    assert "is damaged" in caplog.text
    encoder, _ = asked_again(path)
    assert encoder.encoded == []


def test_a_file_that_is_no_database_is_made_again(path, filled, caplog):
    path.write_bytes(b"junk" * 2_000)
    asked_again(path)
    assert "is damaged" in caplog.text
    encoder, _ = asked_again(path)
    assert encoder.encoded == []


def test_a_full_disk_costs_only_time(path, caplog):
    encoder = HashEncoder()
    cache = VectorCache(path, encoder)
    with full_disk(8_192):
        assert right(encoder, cache.vectors(TEXTS))
    assert right(encoder, cache.vectors(TEXTS))
    cache.close()
    assert caplog.text.count("cannot be kept") == 1
    assert "Free space" in caplog.text


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path, caplog):
    (tmp_path / "file").write_bytes(b"")
    encoder, found = asked_again(tmp_path / "file" / "vectors.sqlite")
    assert right(encoder, found)
    assert len(encoder.encoded) == len(TEXTS)
    assert "cannot be kept" in caplog.text


def test_a_table_of_another_shape_is_no_reason_to_stop(path):
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE vectors (a, b, c)")
    other.close()
    encoder, found = asked_again(path)
    assert right(encoder, found)
