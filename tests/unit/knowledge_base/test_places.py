"""Which country a question names."""

import pytest

from knowledge_base.places import about_place, country_named


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
