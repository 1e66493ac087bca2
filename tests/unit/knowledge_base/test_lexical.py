"""Cleaning, typo repair and BM25."""

import numpy as np
import pytest

from knowledge_base.lexical import Bm25, Speller, clean, edits, stem, terms


@pytest.mark.parametrize(
    ("message", "cleaned"),
    [
        ("  where\tis\nmy order ", "where is my order"),
        ("<b>where</b> is <script>x</script> it", "where is it"),
        ("how lo<b>ng</b> does <span class='x'>it</span> take", "how long does it take"),
        ("<p>how long</p><p>does it<br>take</p>", "how long does it take"),
        ("<style>p { color: red }</style>how<STYLE\n>a</STYLE > long", "how long"),
        ("is <script> a word", "is a word"),
        ("wh\u200bere is\u0000 it", "where is it"),
        ("1 < 2 &amp; 3", "1 < 2 & 3"),
        ("ｆｒｅｅ shipping", "free shipping"),
        ("where is it " * 500, "where is it"),
        ("", ""),
    ],
)
def test_a_message_is_cleaned(message, cleaned):
    assert clean(message) == cleaned


def test_a_long_message_is_cut():
    assert len(clean(" ".join(f"w{n}" for n in range(5_000)))) <= 2_000


@pytest.fixture
def speller():
    return Speller({"delivery": 9, "coupon": 5, "gift": 3, "card": 8, "germany": 2}, {"deliver", "cord"})


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("delivrey to germny", "delivery to germany"),
        ("copuon", "coupon"),
        ("giftcard", "gift card"),
        ("deliver", "deliver"),
        ("cord", "cord"),
        ("xyzzy", "xyzzy"),
        ("FH-204817", "FH-204817"),
    ],
)
def test_only_unknown_words_are_repaired(speller, typed, meant):
    assert speller.repaired(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Shiping", "shipping"),
        ("retrun", "return"),
        ("parcels", "parcels"),
        ("Paypall", "Paypall"),
        ("postage", "postage"),
        ("wifi", "wifi"),
    ],
)
def test_a_typo_that_stands_in_an_article_is_repaired_where_it_is_rare(typed, meant):
    often = {"shipping": 40, "return": 30, "parcel": 30, "paypal": 30, "portage": 50, "wife": 30}
    rare = {"shiping": 2, "retrun": 3, "parcels": 1, "paypall": 4, "postage": 1, "wifi": 1}
    assert Speller(often | rare, {"postage"}).repaired(typed) == meant


def test_no_word_that_a_few_edits_reach_is_passed_over():
    random = np.random.default_rng(3)
    ours = {"".join(random.choice(list("abcdeé"), size)): 5 for size in random.integers(3, 8, 300)}
    for typed in ("".join(random.choice(list("abcdeé"), size)) for size in random.integers(4, 9, 60)):
        limit = 1 if len(typed) < 7 else 2
        near = [
            (edits(typed, word, limit), word)
            for word in ours
            if word[0] in typed[:2] and edits(typed, word, limit) <= limit
        ]
        if near and typed not in ours:
            assert Speller(ours, ()).repaired(typed) == min(near)[1]


def test_edits_count_a_swap_once():
    assert edits("copuon", "coupon", 2) == 1
    assert edits("a", "abcdef", 2) == 3


@pytest.mark.parametrize("word", ["delivery", "deliveries", "delivered"])
def test_forms_of_a_word_share_a_stem(word):
    assert stem(word) == stem("deliver") or stem(word) == stem("delivery")


def test_bm25_prefers_the_rarer_word():
    bags = [dict.fromkeys(terms(text), 1) for text in ("card payment", "card coupon", "card returns")]
    scores = Bm25(bags).scores(terms("coupon card"))
    assert scores.argmax() == 1


def test_bm25_without_articles_or_words_scores_nothing():
    assert len(Bm25([]).scores(["a"])) == 0
    assert Bm25([{"a": 1}]).scores([]).sum() == 0
