"""The signs of an article: what is asked against what it holds and what lies around it."""

import numpy as np
import pytest

from knowledge_base.context import Context
from knowledge_base.curve import Signs
from knowledge_base.glossary import Glossary
from knowledge_base.index import Entry, Index
from knowledge_base.scoring import Scorer
from knowledge_base.signs import ELSEWHERE, SignReader
from knowledge_base.unanswered import USUAL, Unanswered

DIMENSION = 8
TEXTS = {
    "parcel late": (1.0, 0.1),
    "parcel lost": (1.0, 0.2),
    "parcel missing": (1.0, 0.3),
    "card refused": (0.0, 1.0),
    "card blocked": (0.1, 1.0),
    "coupon expired": (-1.0, 0.2),
}


def vector(*values: float) -> np.ndarray:
    """A unit vector that begins with the values."""
    made = np.zeros(DIMENSION, dtype=np.float32)
    made[: len(values)] = values
    return made / np.linalg.norm(made)


@pytest.fixture
def index() -> Index:
    """Three articles with three, two and one question."""
    texts = list(TEXTS)
    entries = [
        Entry("parcel", tuple(texts[:3])),
        Entry("card", tuple(texts[3:5])),
        Entry("coupon", tuple(texts[5:])),
    ]
    return Index(entries, {text: vector(*values) for text, values in TEXTS.items()}, DIMENSION)


def read(index: Index, text: str, asked: np.ndarray, **left_out: int) -> Signs:
    """The signs of the best article that is not hidden."""
    scorer = Scorer(index, None)
    scores = scorer.score(asked, text, Context(), without=left_out.get("without"))
    order = [row for row in scores.order(3) if row != left_out.get("hidden")]
    return SignReader(scorer).read(asked, text, scores, order, **left_out)[0]


def test_words_of_the_article_count_and_words_nobody_has_count_against(index):
    known = read(index, "parcel late", vector(1.0, 0.2))
    strange = read(index, "zalando parcel late", vector(1.0, 0.2))
    assert known.share == 1.0
    assert strange.share < known.share
    assert strange.words < known.words


def test_a_question_far_outside_an_article_is_further_apart_than_its_own_questions_are(index):
    inside = read(index, "parcel", vector(1.0, 0.15))
    outside = read(index, "parcel", vector(1.0, 0.2, 1.0))
    assert inside.apart < outside.apart
    assert outside.apart > 0
    assert outside.centre < inside.centre


def test_a_question_of_the_subject_has_a_crowd_around_it(index):
    among = read(index, "late", vector(1.0, 0.6))
    alone = read(index, "late", vector(1.0, -0.6))
    assert among.crowd > alone.crowd


def test_a_question_left_out_counts_for_nothing(index):
    asked = vector(*TEXTS["parcel missing"])
    whole = read(index, "parcel missing", asked)
    without = read(index, "parcel missing", asked, without=2)
    assert whole.apart < without.apart
    assert without.share < whole.share
    assert without.centre < whole.centre


def test_an_article_left_out_is_no_part_of_the_crowd(index):
    asked = vector(1.0, 0.2)
    hidden = read(index, "parcel late", asked, hidden=0)
    assert hidden.share == 0.0
    # Only the coupon's centre is left beside the card's.
    assert hidden.crowd == pytest.approx(float(vector(*TEXTS["coupon expired"]) @ asked), abs=1e-6)


def test_one_article_alone_has_no_gap_and_no_crowd():
    index = Index([Entry("only", ("parcel late",))], {"parcel late": vector(1.0)}, DIMENSION)
    signs = read(index, "parcel late", vector(1.0))
    assert (signs.gap, signs.crowd) == (0.0, 0.0)
    assert np.isfinite(signs.row).all()


def test_only_the_first_is_ahead_of_the_others(index):
    scorer = Scorer(index, None)
    asked = vector(1.0, 0.3)
    scores = scorer.score(asked, "parcel", Context())
    first, second, third = SignReader(scorer).read(asked, "parcel", scores, scores.order(3), limit=3)
    assert first.gap == pytest.approx(-second.gap)
    assert third.gap < second.gap < 0 < first.gap


def test_a_question_near_one_without_an_answer_is_beyond_what_the_articles_hold(index):
    known = Unanswered(("parcel by drone",), vector(1.0, 0.0, 1.0)[None, :])
    scorer = Scorer(index, None)

    def beyond(asked: np.ndarray, **left_out: tuple[int, ...]) -> float:
        scores = scorer.score(asked, "parcel", Context())
        return SignReader(scorer, known).read(asked, "parcel", scores, scores.order(3), **left_out)[0].beyond

    assert beyond(vector(1.0, 0.0, 1.0)) > 0 > beyond(vector(1.0, 0.2))
    assert beyond(vector(1.0, 0.0, 1.0), unknown=(0,)) == USUAL


def test_a_question_about_another_company_is_beyond_but_for_an_article_that_names_it(index):
    glossary = Glossary({}, frozenset({"zalando", "paypal"}))
    scorer = Scorer(index, None)

    def beyond(text: str) -> float:
        scores = scorer.score(vector(1.0, 0.2), text, Context())
        signs = SignReader(scorer, None, glossary).read(vector(1.0, 0.2), text, scores, scores.order(3))
        return signs[0].beyond

    assert beyond("my Zalando parcel is late") == ELSEWHERE
    assert beyond("my parcel is late") == USUAL
    entries = [Entry("parcel", (*list(TEXTS)[:3],), tags=("zalando",)), *index.entries[1:]]
    index = Index(entries, {text: vector(*values) for text, values in TEXTS.items()}, DIMENSION)
    scorer = Scorer(index, None)
    assert beyond("my Zalando parcel is late") == USUAL
