"""What a notice must hold, and its words by locale."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.errors import AppError
from bot.notices import TEXT_LIMIT, Announcement, checked, text_for

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def announcement(**fields: Any) -> Announcement:
    return Announcement(**({"texts": {"en": "PayPal is not answering."}, "starts_at": NOW} | fields))


def test_a_notice_is_tidied() -> None:
    found = checked(
        announcement(
            texts={"en": "  two\n lines ", "de": " "},
            steps=[" payment ", "payment"],
            countries=["at"],
            methods=["PayPal"],
        )
    )
    assert found.texts == {"en": "two lines"}
    assert (found.steps, found.countries, found.methods) == (("payment",), ("AT",), ("paypal",))


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"texts": {}}, "no text"),
        ({"texts": {"en": "  "}}, "no text"),
        ({"texts": {"english": "x"}}, "'english'"),
        ({"texts": {"en": "x" * (TEXT_LIMIT + 1)}}, str(TEXT_LIMIT)),
        ({"ends_at": NOW}, "2026-03-01 09:00"),
        ({"ends_at": NOW - timedelta(hours=1)}, "08:00"),
        ({"countries": ["Austria"]}, "'AUSTRIA'"),
        ({"steps": ["<b>"]}, "'<b>'"),
        ({"methods": ["x"] * 21}, "21"),
        ({"over": {"??": "x"}}, "'??'"),
    ],
)
def test_what_is_wrong_is_named(fields: dict[str, Any], named: str) -> None:
    with pytest.raises(AppError) as refused:
        checked(announcement(**fields))
    assert refused.value.code == "bad_value"
    assert named in refused.value.message
    assert refused.value.hint


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("de-AT", "österreichisch"),
        ("de", "deutsch"),
        ("DE_ch", "deutsch"),
        ("fr", "english"),
        ("", "english"),
    ],
)
def test_the_nearest_language_is_taken(locale: str, text: str) -> None:
    assert text_for({"en": "english", "de": "deutsch", "de-AT": "österreichisch"}, locale) == text


def test_without_english_any_language_is_better_than_none() -> None:
    assert text_for({"de": "deutsch"}, "fr") == "deutsch"
    assert text_for({}, "fr") == ""
