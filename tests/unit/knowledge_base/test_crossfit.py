"""Questions of the articles themselves, held out in turn."""

import numpy as np

from knowledge_base.crossfit import own_samples
from knowledge_base.index import Entry, Index

ARTICLES = 12
EACH = 4


def clouds() -> Index:
    """Articles whose questions lie close around centres of their own."""
    random = np.random.default_rng(6)
    entries, vectors = [], {}
    for article in range(ARTICLES):
        centre = random.normal(size=32)
        texts = tuple(f"word{article} way{number}" for number in range(EACH))
        for text in texts:
            vector = (centre + 0.3 * random.normal(size=32)).astype(np.float32)
            vectors[text] = vector / np.linalg.norm(vector)
        entries.append(Entry(str(article), texts))
    return Index(entries, vectors, 32)


def test_each_question_is_asked_of_a_base_without_it_and_of_one_without_its_article():
    samples = own_samples(clouds())
    held_out = [sample for sample in samples if sample.answerable]
    unanswered = [sample for sample in samples if not sample.answerable]
    assert len(held_out) == len(unanswered) == ARTICLES * EACH
    assert all(sample.right for sample in held_out)
    assert not any(sample.right for sample in unanswered)
    # No question stands in what it was asked of: its own cosine of 1 is nowhere.
    assert max(sample.signs.similarity for sample in held_out) < 0.999
    assert np.mean([sample.signs.centre for sample in unanswered]) < 0.6


def test_samples_are_the_same_every_time():
    first, second = (
        [(sample.rank, sample.signs.row.round(4).tolist()) for sample in own_samples(clouds())]
        for _ in range(2)
    )
    assert first == second
