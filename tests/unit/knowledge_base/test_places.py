"""Which country a question names."""

import pytest

from knowledge_base.places import ELSEWHERE, Ask, about_place, ask_for, country_named, country_told


@pytest.mark.parametrize(
    ("question", "country"),
    [
        ("how much is delivery to Germany", "DE"),
        ("and for the UK?", "GB"),
        ("do you ship to northern ireland", "GB"),
        ("what about new york", "US"),
        ("can you send it to us", None),
        ("from Austria to Germany", None),
        ("how much is delivery", None),
        ("is the Austrian bank the problem", None),
    ],
)
def test_a_question_names_one_country_or_none(question: str, country: str | None) -> None:
    assert country_named(question) == country


def test_the_country_named_takes_the_place_of_the_shoppers_own() -> None:
    assert about_place("delivery to france", {"country": "AT", "step": "cart"}) == {
        "country": "FR",
        "step": "cart",
    }
    assert about_place("delivery", {"country": "AT"}) == {"country": "AT"}


@pytest.mark.parametrize(
    ("message", "country"),
    [
        ("Germany", "DE"),
        ("it is for my mum in the UK please", None),
        ("to the uk", "GB"),
        ("deutschland", "DE"),
        ("us", "US"),
        ("EU", "EU"),
        ("to", None),
        ("Another country", ELSEWHERE),
        ("none of these", ELSEWHERE),
        ("Kenya", "KE"),
        ("is there another way to pay", None),
        ("how long does it take to get to Germany by express", None),
        ("", None),
    ],
)
def test_a_short_reply_tells_the_country(message: str, country: str | None) -> None:
    assert country_told(message) == country


def test_what_to_ask_has_a_button_for_each_kind_of_answer() -> None:
    whens = [
        (("country", ("AT", "DE")),),
        (("country", ("BE", "FR", "NL", "PL")),),
        (("country", ("UK",)),),
        (("step", ("cart",)),),
        (("country", ("US",)),),
    ]
    assert ask_for("country", whens) == Ask("country", ("AT", "DE", "BE", "FR", "GB", "US"), more=True)
    assert ask_for("country", whens[:1]) == Ask("country", ("AT", "DE"))
    assert ask_for("country", whens[3:4]) is None
