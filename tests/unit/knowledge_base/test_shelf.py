"""A live library whose store is damaged, foreign, full or gone: it answers, and says what is wrong."""

import contextlib
import shutil

import numpy as np
import pytest

from knowledge_base.build import entries_of
from knowledge_base.embed import Encoder
from knowledge_base.folder import read_folder
from knowledge_base.library import Library
from knowledge_base.versions import Versions
from tests.unit.knowledge_base.conftest import SHOP, article_text
from tests.unit.knowledge_base.test_versions import full_disk

QUESTION = "return my order"


class SmallModel:
    """Another model with few dimensions: the letters of a text, counted."""

    def encode(self, texts):
        rows = np.array([[text.lower().count(letter) + 0.01 for letter in "aeinorst"] for text in texts])
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)

    def tokens(self):
        return {}


@pytest.fixture
def store(tmp_path, shared_store):
    shutil.copytree(shared_store / "index", tmp_path / "store" / "index")
    return tmp_path / "store"


@contextlib.contextmanager
def opened(shop, store, encoder):
    with contextlib.closing(Library(shop, store, encoder=encoder).open()) as library:
        yield library


def kept(store):
    """The version on disk that is live, checked byte for byte."""
    versions = Versions(store / "index")
    return versions.open(versions.pointer())


def right_vectors(shop, store, encoder):
    found = kept(store).vectors_for(entries_of(read_folder(shop).articles))
    return found and np.array_equal(list(found.values()), encoder.encode(list(found)))


@pytest.mark.parametrize("place", [0.02, 0.5, 0.97])
def test_a_byte_changed_in_any_file_is_seen_and_the_index_made_anew(shop, store, encoder, caplog, place):
    files = sorted(path.name for path in (store / "index").glob("0*/*"))
    assert {"questions.faiss", "answers.f32", "manifest.json", "fit.json", "texts.json"} <= set(files)
    for name in [*files, "CURRENT"]:
        current = max((store / "index").glob("0*"))
        path = current / name if name != "CURRENT" else store / "index" / name
        data = bytearray(path.read_bytes())
        data[int(place * len(data))] ^= 0x10
        path.write_bytes(data)
        caplog.clear()
        with opened(shop, store, encoder) as library:
            assert library.search(QUESTION).matches[0].id == "returns"
            assert right_vectors(shop, store, encoder)
            assert library.status().not_kept is None
        assert name in caplog.text
        assert "Build it: python -m knowledge_base build Doing that now." in caplog.text


def test_an_index_of_another_model_and_dimension_is_made_anew(shop, store, encoder, caplog):
    small = Encoder(SmallModel(), fingerprint="small", backend="small")
    with opened(shop, store, small) as library:
        assert library.search(QUESTION).band in {"answer", "clarify", "hand_over"}
        assert library.status().version == 2
    assert (kept(store).manifest.model, kept(store).manifest.dimension) == ("small", 8)
    assert "now it is small" in caplog.text


def test_a_model_of_the_same_name_and_another_dimension_is_seen(shop, store, encoder, caplog):
    same = Encoder(SmallModel(), fingerprint=encoder.fingerprint, backend="small")
    with opened(shop, store, same) as library:
        assert library.search(QUESTION).band in {"answer", "clarify", "hand_over"}
    assert kept(store).manifest.dimension == 8
    assert "has vectors of 384 dimensions, the model gives 8" in caplog.text


def test_a_damaged_index_loses_no_last_good_version_that_an_older_one_has(
    shop, store, encoder, write, caplog
):
    with opened(shop, store, encoder) as library:
        title, questions, _, extra = SHOP["coupon"]
        write("coupon", article_text(title, questions, "One code counts.", extra))
        library.refresh()
    write("returns", b"\xff")
    (max((store / "index").glob("0*")) / "texts.json").write_bytes(b"junk")
    with opened(shop, store, encoder) as library:
        assert library.search(QUESTION).matches[0].id == "returns"
        assert library.search("promo code").matches[0].short_answer == "One code counts."


def test_a_store_that_cannot_be_written_is_said_and_everything_is_answered(
    shop, tmp_path, encoder, write, caplog
):
    (tmp_path / "file").write_bytes(b"")
    with opened(shop, tmp_path / "file" / "store", encoder) as library:
        assert library.search(QUESTION).matches[0].id == "returns"
        reason = library.status().as_dict()["not_kept"]
        assert "could not be kept" in reason
        assert "Not a directory" in reason
        title, questions, _, extra = SHOP["returns"]
        write("returns", article_text(title, questions, "Only on Mondays.", extra))
        assert library.refresh()
        assert library.search(QUESTION).matches[0].short_answer == "Only on Mondays."
        assert library.status().version > 1
    assert caplog.text.count("could not be kept") == 1
    assert "free space" in caplog.text.lower()


def test_a_disk_that_fills_up_leaves_the_last_index_whole_and_is_tried_again(library, shop, tmp_path, write):
    before = library.status().version
    with full_disk(2_000):
        # The article itself is small enough.
        write("bitcoin", article_text("Can I pay with bitcoin?", ["do you take bitcoin"], "No."))
        assert library.refresh()
        assert library.search("do you take bitcoin").matches[0].id == "bitcoin"
        assert "File too large" in (library.status().not_kept or "")
        assert kept(tmp_path / "store").manifest.version == before
    assert not library.refresh()
    assert library.status().not_kept is None
    assert kept(tmp_path / "store").manifest.version == library.status().version == before + 1


def test_a_store_that_vanishes_while_it_runs_is_made_again(library, tmp_path, write):
    shutil.rmtree(tmp_path / "store")
    write("bitcoin", article_text("Can I pay with bitcoin?", ["do you take bitcoin"], "No."))
    assert library.refresh()
    assert library.search("do you take bitcoin").matches[0].id == "bitcoin"
    assert library.status().not_kept is None
    assert kept(tmp_path / "store").manifest.version == library.status().version


def test_only_what_changed_is_encoded(shop, tmp_path, encoder, write):
    class Counting:
        def __init__(self):
            self.texts = []

        def encode(self, texts):
            self.texts += texts
            return encoder.encode(texts)

        def tokens(self):
            return dict.fromkeys(encoder.vocabulary(), 0)

    model = Counting()
    counting = Encoder(model, fingerprint=encoder.fingerprint, backend="counting")
    with opened(shop, tmp_path / "store", counting) as library:
        model.texts.clear()
        title, questions, _, extra = SHOP["returns"]
        write("returns", article_text(title, [*questions, "one more way to ask"], "Only on Mondays.", extra))
        library.refresh()
        assert sorted(model.texts) == ["Only on Mondays.", "one more way to ask"]
