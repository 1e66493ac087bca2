"""A small suite, asked and measured once."""

import datetime as dt

import pytest

from knowledge_base.crossfit import Labelled
from knowledge_base.embed import Encoder
from knowledge_base.evaluate import ask_all
from knowledge_base.library import Library
from knowledge_base.report.figures import Run

AT = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)
QUESTIONS = (
    Labelled("how many days does shipping take", ("delivery-time",), "test", "plain"),
    Labelled("is postage expensive", ("delivery-cost",), "test", "plain"),
    Labelled("whats the fastest <b>delivery</b>", ("express-delivery",), "test", "typo"),
    # Labelled wrongly on purpose, so that there is a miss with markup in its words.
    Labelled("my promo code <script>alert(1)</script> is refused", ("privacy",), "test", "typo"),
    Labelled(
        "it does not work", ("no-funds",), "test", "context", {"event": "payment.failed:insufficient_funds"}
    ),
    Labelled(
        "and how much is that",
        ("express-delivery",),
        "test",
        "context",
        {"last_question": "express shipping"},
    ),
    Labelled("do you sell bicycles", (), "test", "near_miss"),
    Labelled("what is the capital of France", (), "test", "far"),
    Labelled(
        "how long is delivery and how do I delete my data", ("delivery-time", "privacy"), "test", "double"
    ),
)


@pytest.fixture(scope="session")
def run(shared: Library, encoder: Encoder) -> Run:
    """The suite as it was answered."""
    return Run("small-suite", AT, shared.searcher(), encoder, ask_all(shared.searcher(), QUESTIONS))
