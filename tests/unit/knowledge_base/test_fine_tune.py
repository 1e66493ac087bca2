"""When a model trained further on the articles is kept, and what is kept then."""

import json

import numpy as np
import pytest

from knowledge_base.embed import PACKAGED_MODEL, load_encoder, model_folder
from knowledge_base.fine_tune import Trial, Verdict, fine_tune
from knowledge_base.index import Entry
from knowledge_base.library import Library
from knowledge_base.model_files import NOTE, chosen_model, fine_tuned_folder

WORDS = ("delivery", "refund", "coupon", "card", "invoice", "account", "size", "gift")
ENTRIES = tuple(
    Entry(word, (f"{word}?", f"about my {word}", f"{word} does not work", f"where is the {word}"))
    for word in WORDS
)


def trial(right, wrong, apart=0.9, share=1.0):
    return Trial(share, (True,) * right + (False,) * wrong, (apart,) * (right + wrong))


def test_a_model_that_finds_more_is_better():
    assert trial(80, 20).beats(trial(70, 30))


def test_a_gain_that_chance_explains_is_none():
    assert not trial(71, 29).beats(trial(70, 30))
    mixed = Trial(1.0, (True,) * 12 + (False,) * 8, (0.9,) * 20)
    other = Trial(0.0, (False,) * 5 + (True,) * 7 + (True,) * 3 + (False,) * 5, (0.9,) * 20)
    assert not mixed.beats(other)


def test_a_model_that_finds_as_much_and_better_knows_when_it_has_no_answer_is_better():
    assert trial(70, 30, apart=0.93).beats(trial(70, 30, apart=0.9))


def test_a_model_that_no_longer_knows_when_it_has_no_answer_is_not_better():
    assert not trial(80, 20, apart=0.85).beats(trial(70, 30, apart=0.9))


def test_one_question_less_is_chance_where_many_are_told_apart():
    assert trial(69, 31, apart=0.97).beats(trial(70, 30, apart=0.9))


def test_a_model_that_finds_less_is_not_better_however_well_it_tells_apart():
    assert not trial(68, 32, apart=0.99).beats(trial(70, 30, apart=0.9))


@pytest.mark.parametrize(
    "entries",
    [(), ENTRIES[:3], tuple(Entry(word, (word, f"my {word}")) for word in WORDS)],
    ids=["no articles", "three articles", "two questions each"],
)
def test_with_too_little_to_learn_from_nothing_is_trained(tmp_path, entries):
    assert fine_tune(entries, PACKAGED_MODEL, tmp_path / "tuned") == Verdict(0.0, ())
    assert not (tmp_path / "tuned").exists()


def test_training_asks_questions_it_has_not_seen_and_leaves_a_model_only_if_that_helped(tmp_path):
    target = tmp_path / "tuned"
    target.mkdir()
    (target / NOTE).write_text("{}")
    heard = []
    verdict = fine_tune(ENTRIES, PACKAGED_MODEL, target, steps=2, progress=lambda *at: heard.append(at))
    assert [one.share for one in verdict.trials] == [0.0, 0.5, 1.0]
    assert {len(one.right) for one in verdict.trials} == {len(ENTRIES)}
    assert all(0 <= one.separation <= 1 for one in verdict.trials)
    assert heard[:2] == [(1, 4), (2, 4)]
    assert (target / NOTE).is_file() == bool(verdict.share)


def test_the_kept_model_is_another_one_and_is_used(tmp_path, monkeypatch):
    monkeypatch.setattr(Trial, "beats", lambda one, _other: one.share == 0.5)
    target = fine_tuned_folder(tmp_path, PACKAGED_MODEL)
    assert chosen_model(tmp_path, PACKAGED_MODEL) == PACKAGED_MODEL
    assert fine_tune(ENTRIES, PACKAGED_MODEL, target, steps=3).share == 0.5
    assert json.loads((target / NOTE).read_text())["share"] == 0.5
    assert chosen_model(tmp_path, PACKAGED_MODEL) == str(target)
    assert chosen_model(tmp_path, PACKAGED_MODEL, "another shop") == PACKAGED_MODEL
    tuned = load_encoder(str(target), tmp_path, backend="torch")
    plain = load_encoder(str(model_folder(PACKAGED_MODEL)), tmp_path, backend="torch")
    assert tuned.fingerprint != plain.fingerprint
    texts = ["where is my refund", "my coupon"]
    near = np.sum(tuned.encode(texts) * plain.encode(texts), axis=1)
    assert np.all(near > 0.9)
    assert np.all(near < 0.999999)


def test_the_library_searches_with_the_trained_model(tmp_path, monkeypatch, shop):
    monkeypatch.setattr(Trial, "beats", lambda one, _other: one.share == 1.0)
    store = tmp_path / "store"
    fine_tune(ENTRIES, PACKAGED_MODEL, fine_tuned_folder(store, PACKAGED_MODEL), steps=1)
    library = Library(shop, store, backend="torch").open()
    tuned = load_encoder(str(fine_tuned_folder(store, PACKAGED_MODEL)), store, backend="torch").fingerprint
    manifest = next((store / "index").glob("*/manifest.json"))
    library.close()
    assert json.loads(manifest.read_text())["model"] == tuned
