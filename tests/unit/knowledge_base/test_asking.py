"""A search says which fact its best article wants to know first."""

import pytest

from knowledge_base.library import Library

ARTICLE = """---
title: How much is gift wrap?
questions: [how much is gift wrapping, price of wrapping a present, gift paper cost]
{asks}variants:
  - when: {{country: [AT, DE]}}
    body: Gift wrap costs 4 euros.
  - when: {{country: GB, step: cart}}
    body: Gift wrap costs 4 pounds.
---
It depends on the country, 4 euros or pounds.
"""
QUESTION = "how much is gift wrapping"


@pytest.fixture
def asking(library: Library, write) -> Library:
    write("gift-wrap", ARTICLE.format(asks="asks: country\n"))
    library.refresh()
    return library


def test_the_countries_of_its_variants_are_the_choices(asking):
    found = asking.search(QUESTION)
    assert found.matches[0].id == "gift-wrap"
    assert found.as_dict()["ask"] == {"fact": "country", "choices": ["AT", "DE", "GB"], "more": False}


def test_a_variant_that_cannot_hold_is_no_choice(asking):
    ask = asking.search(QUESTION, {"step": "payment"}).ask
    assert ask is not None
    assert ask.choices == ("AT", "DE")


@pytest.mark.parametrize("country", ["AT", "US", "ZZ"])
def test_nothing_is_asked_once_the_country_is_known(asking, country):
    found = asking.search(QUESTION, {"country": country})
    assert found.ask is None
    assert "ask" not in found.as_dict()


def test_an_article_that_answers_everybody_asks_nothing(library, write):
    write("gift-wrap", ARTICLE.format(asks=""))
    library.refresh()
    assert library.search(QUESTION).ask is None
    assert library.search("how long does shipping take").ask is None


def test_what_is_handed_over_asks_nothing(asking):
    assert asking.search("who won the football match last night").ask is None
