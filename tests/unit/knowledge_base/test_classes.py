"""The classifier over question vectors."""

import numpy as np
import pytest

from knowledge_base.classes import fit_classes
from knowledge_base.index import Entry, Index


def clouds(articles, each, *, spread=0.6, dimension=32, seed=1):
    """An index of articles whose question vectors lie around one centre each."""
    random = np.random.default_rng(seed)
    entries, vectors = [], {}
    for article in range(articles):
        centre = random.normal(size=dimension)
        texts = tuple(f"{article} {number}" for number in range(each))
        for text in texts:
            vector = (centre + spread * random.normal(size=dimension)).astype(np.float32)
            vectors[text] = vector / np.linalg.norm(vector)
        entries.append(Entry(str(article), texts))
    return Index(entries, vectors, dimension)


@pytest.mark.parametrize(("articles", "each"), [(4, 5), (140, 17), (400, 4)])
def test_the_right_article_is_likely_however_many_there_are(articles, each):
    index = clouds(articles, each)
    classes = fit_classes(index)
    chances = np.array([classes.chances(vector) for vector in index.questions])
    right = chances[np.arange(len(index.owners)), index.owners]
    assert (chances.argmax(axis=1) == index.owners).mean() > 0.98
    assert np.median(right) > 0.5


def test_chances_sum_to_one_and_name_the_articles_they_are_of():
    index = clouds(5, 4)
    classes = fit_classes(index)
    assert classes.ids == ("0", "1", "2", "3", "4")
    assert classes.digests == tuple(entry.asked_digest for entry in index.entries)
    assert classes.chances(index.questions[0]).sum() == pytest.approx(1.0)


def test_an_article_left_out_is_no_class():
    index = clouds(5, 4)
    assert fit_classes(index, index.owners != 2).ids == ("0", "1", "3", "4")


def test_an_article_with_many_questions_does_not_draw_what_lies_between():
    index = clouds(6, 12, spread=0.3)
    few = np.isin(np.arange(len(index.owners)) % 12, [0, 1, 2]) | (index.owners == 0)
    classes = fit_classes(index, few)
    centres = np.array([index.sums[row] / np.linalg.norm(index.sums[row]) for row in range(6)])
    between = [(centres[0] + centre) / 2 for centre in centres[1:]]
    drawn = np.mean([classes.chances(vector.astype(np.float32))[0] for vector in between])
    assert drawn < 0.7


@pytest.mark.parametrize(("articles", "each"), [(2, 9), (9, 2)])
def test_too_few_articles_or_questions_give_no_classifier(articles, each):
    assert fit_classes(clouds(articles, each)) is None


def test_articles_alike_in_everything_are_equally_likely_wherever_they_stand():
    index = clouds(9, 5)
    vectors = dict(
        zip((text for entry in index.entries for text in entry.questions), index.questions, strict=True)
    )
    alike = Entry("alike", index.entries[4].questions[::-1])
    index = Index([*index.entries[:7], alike, *index.entries[7:]], vectors, index.dimension)
    classes = fit_classes(index)
    chances = np.array([classes.chances(vector) for vector in index.questions])
    assert np.abs(chances[:, 4] - chances[:, 7]).max() < 1e-5
    assert chances[index.owners == 4, 4] == pytest.approx(0.5, abs=0.1)
