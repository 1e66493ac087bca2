"""Questions known to have no answer, against the real model."""

import datetime as dt

import pytest

from knowledge_base.crossfit import Labelled
from knowledge_base.embed import Encoder
from knowledge_base.fit import Fit, fit
from knowledge_base.index import Entry, Index
from knowledge_base.lexical import Speller
from knowledge_base.matching import Matcher
from knowledge_base.scoring import Scorer
from knowledge_base.search import Searcher, word_counts
from knowledge_base.unanswered import USUAL, Unanswered

ENTRIES = (
    Entry("returns", ("how do I send it back", "return my order", "can I return shoes I wore once")),
    Entry("delivery", ("how long does delivery take", "when does my parcel arrive", "delivery time")),
    Entry("card", ("my card was refused", "payment failed", "card declined at checkout")),
    Entry("coupon", ("my code does not work", "coupon refused", "discount code not accepted")),
)
RENTING = "can I rent a tent for a weekend"


def learned(encoder: Encoder, *labelled: Labelled) -> tuple[Index, Speller, Fit]:
    """What is learned of four articles and the labelled questions."""
    texts = [text for entry in ENTRIES for text in entry.questions]
    index = Index(ENTRIES, {text: encoder.encode_question(text) for text in texts}, encoder.dimension)
    speller = Speller(word_counts(index), encoder.vocabulary())
    at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    return index, speller, fit(index, version=1, at=at, encoder=encoder, speller=speller, labelled=labelled)


def test_a_question_like_one_without_an_answer_is_surer_to_have_none(encoder):
    asked = "is it possible to rent tents"

    def confidence(*labelled: Labelled) -> float:
        index, speller, fitted = learned(encoder, *labelled)
        fitted = Fit(classes=fitted.classes, unanswered=fitted.unanswered, asked=fitted.asked)
        return (
            Searcher(Matcher(Scorer(index, fitted.classes), encoder, speller), fitted).ask(asked).confidence
        )

    assert confidence(Labelled(RENTING, ())) < confidence()


def test_what_an_article_holds_by_now_has_an_answer(encoder):
    *_, fitted = learned(encoder, Labelled("how do I send it back", ()), Labelled(RENTING, ()))
    assert fitted.unanswered.questions == (RENTING,)


def test_test_lines_teach_nothing(encoder):
    *_, fitted = learned(encoder, Labelled(RENTING, (), split="test"))
    assert fitted.unanswered.questions == ()


def test_they_are_kept_with_the_fit(encoder):
    *_, fitted = learned(encoder, Labelled(RENTING, ()))
    files = fitted.dump()
    again = Fit.load(files["fit.json"], files.get("classes.npz", b""), files["unanswered.npy"])
    assert again.unanswered.nearest(encoder.encode_question(RENTING)) == (
        RENTING,
        pytest.approx(1.0, abs=1e-5),
    )


def test_where_none_is_known_nothing_speaks_for_or_against(encoder):
    assert Unanswered().beyond(encoder.encode_question("anything"), 0.9) == USUAL
    assert Unanswered().nearest(encoder.encode_question("anything")) is None
