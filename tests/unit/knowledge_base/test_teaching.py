"""Labelled questions as phrasings, against the real model."""

import numpy as np

from knowledge_base.crossfit import Labelled
from knowledge_base.index import Entry
from knowledge_base.teaching import taught, taught_samples
from knowledge_base.vectors import VectorCache

ENTRIES = (
    Entry("returns", ("how do I send it back", "return my order", "give it back")),
    Entry("delivery", ("how long does delivery take", "when does my parcel arrive", "delivery time")),
    Entry("card", ("my card was refused", "payment failed", "card declined")),
)


def test_a_question_becomes_a_phrasing_of_the_one_article_that_answers_it():
    questions = (
        Labelled("  it pinches, money please ", ("returns",)),
        Labelled("return my order", ("returns",)),
        Labelled("either of the two", ("returns", "delivery")),
        Labelled("do you rent tents", ()),
    )
    returns, delivery, card = taught(ENTRIES, questions)
    assert returns.questions == (*ENTRIES[0].questions, "it pinches, money please")
    assert (delivery, card) == ENTRIES[1:]


def test_every_question_is_asked_once_of_a_base_that_lacks_it(encoder, tmp_path):
    strange = [Labelled(f"zorble {word}", ("card",)) for word in ("apple", "river", "stone", "cloud", "lamp")]
    cache = VectorCache(tmp_path / "vectors.sqlite", encoder)
    samples = taught_samples(ENTRIES, strange, cache, encoder.vocabulary())
    cache.close()
    assert len(samples) == len(strange)
    assert all(sample.answerable for sample in samples)
    # A question that its article already holds would be as near as a question can be.
    assert np.max([sample.signs.similarity for sample in samples]) < 0.95
