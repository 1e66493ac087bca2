"""What reads like a question of its own, and where a message may be cut in two."""

import pytest

from knowledge_base import questions


@pytest.mark.parametrize(
    "text",
    [
        "what does it cost",
        "What's the postage to Finland",
        "where’s apple pay",
        "couldn't you send it tomorrow",
        "can't I pay with PayPal",
        "won’t it fit",
        "and how long is the guarantee",
        "same for express?",
    ],
)
def test_what_opens_like_a_question_asks(text):
    assert questions.asks(text)


@pytest.mark.parametrize(
    "text",
    ["my card was declined", "I'd say so", "it's broken", "we're a company", "ordered yesterday", "!?"],
)
def test_what_opens_otherwise_does_not(text):
    assert not questions.asks(text)


def test_a_message_is_cut_at_joints_between_words_that_mean_something():
    assert questions.cuts("how much is shipping and where do I enter a coupon") == [
        ("how much is shipping", "where do I enter a coupon")
    ]
    assert questions.cuts("yes and no") == []
    assert questions.cuts("if it breaks, do I get a new one") == []
