"""The scores of articles: their order, where the shopper is, and what is worked out together."""

from dataclasses import replace

import numpy as np
import pytest

from knowledge_base.classes import fit_classes
from knowledge_base.context import Context
from knowledge_base.index import Entry, Index
from knowledge_base.scoring import NEIGHBOURS, Scorer, Weights

DIMENSION = 16


def made(articles: int, each: int = 3, answered: int | None = None) -> Index:
    """Articles around centres of their own; the first `answered` of them have an answer."""
    random = np.random.default_rng(4)
    entries, vectors = [], {}
    for article in range(articles):
        centre = random.normal(size=DIMENSION)
        texts = [f"word{article} way{number}" for number in range(each)]
        answers = [f"answer {article}"] if answered is None or article < answered else []
        for text in (*texts, *answers):
            vector = (centre + 0.5 * random.normal(size=DIMENSION)).astype(np.float32)
            vectors[text] = vector / np.linalg.norm(vector)
        entries.append(Entry(f"article-{article}", tuple(texts), tuple(answers)))
    return Index(entries, vectors, DIMENSION)


def placed(index: Index, **places: tuple[str, ...]) -> Index:
    """The index with steps or events for its second article."""
    vectors = {
        text: row
        for entry, start in zip(index.entries, index.starts, strict=True)
        for text, row in zip(entry.questions, index.questions[start:], strict=False)
    }
    entries = [replace(entry, answers=()) for entry in index.entries]
    entries[1] = replace(entries[1], **places)
    return Index(entries, vectors, DIMENSION)


def test_equal_articles_keep_their_order_however_few_are_wanted():
    index = made(40)
    scores = Scorer(index, None).score(index.questions[0], "word0", Context())
    tied = replace(scores, total=np.round(scores.total, 1))
    whole = np.argsort(-tied.total, kind="stable")
    for limit in (1, 2, 10, 39, 40, 50):
        assert tied.order(limit).tolist() == whole[:limit].tolist()


def test_the_step_lifts_its_articles_and_lowers_those_of_other_steps():
    index = placed(made(5), steps=("payment",))
    scorer, weights = Scorer(index, None), Weights()
    asked = index.questions[0]

    def gains(step: str) -> np.ndarray:
        plain = scorer.score(asked, "word0 word1", Context()).total
        return scorer.score(asked, "word0 word1", Context(step=step)).total - plain

    assert gains("payment") == pytest.approx([0, weights.step, 0, 0, 0])
    assert gains("cart") == pytest.approx([0, -weights.other_step, 0, 0, 0])


def test_an_event_counts_half_without_its_code():
    index = placed(made(5), events=("payment.failed:no_funds", "payment.failed"))
    scorer, event = Scorer(index, None), Weights().event
    asked, text = index.questions[0], "word0 word1 word2 word3"

    def gain(code: str | None) -> float:
        known = Context(event="payment.failed", code=code)
        return scorer.score(asked, text, known).total[1] - scorer.score(asked, text, Context()).total[1]

    assert gain("no_funds") == pytest.approx(event)
    assert gain("expired") == gain(None) == pytest.approx(event / 2)


def test_an_article_without_an_answer_is_scored_by_its_centre():
    index = made(6, answered=3)
    scores = Scorer(index, None).score(index.questions[0], "", Context())
    weights = Weights()
    whole = weights.nearest + weights.centre + weights.answer
    expected = weights.nearest * scores.nearest + (weights.centre + weights.answer) * scores.centre
    assert scores.similarity[3:] == pytest.approx(expected[3:] / whole)
    assert scores.similarity[:3] != pytest.approx(expected[:3] / whole)


def test_the_centre_is_the_cosine_to_the_sum_of_an_articles_questions():
    index = made(7)
    asked = index.questions[4]
    centres = index.sums / np.linalg.norm(index.sums, axis=1, keepdims=True)
    scores = Scorer(index, None).score(asked, "", Context())
    assert scores.centre == pytest.approx(centres @ asked, abs=1e-6)


def test_what_lies_farther_than_the_nearest_hundreds_counts_no_less():
    index = made(NEIGHBOURS, each=2)
    scores = Scorer(index, None).score(index.questions[0], "", Context())
    floor = index.nearest(index.questions[0], NEIGHBOURS)[0][-1]
    assert scores.nearest.min() == pytest.approx(float(floor), abs=1e-6)
    assert (scores.nearest == scores.nearest.min()).sum() > 1


def test_cosines_worked_out_together_give_the_same_scores():
    index = made(12)
    scorer = Scorer(index, None).with_classes(fit_classes(index))
    together = index.questions @ index.questions.T
    for row in (0, 17, 35):
        asked = index.questions[row]
        alone = scorer.score(asked, "word1 way2", Context(), without=row)
        given = scorer.score(asked, "word1 way2", Context(), without=row, cosines=together[row])
        assert given.total == pytest.approx(alone.total, abs=1e-5)


def test_another_classifier_leaves_the_scorer_as_it_was():
    index = made(12)
    plain = Scorer(index, None)
    fitted = plain.with_classes(fit_classes(index))
    asked = index.questions[0]
    assert fitted.score(asked, "", Context()).chance[0] > 0.5
    assert not plain.score(asked, "", Context()).chance.any()
