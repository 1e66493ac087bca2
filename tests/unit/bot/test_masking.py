"""What people type keeps no card number, IBAN or security code."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.masking import mask

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "contract" / "masking.json").read_text(encoding="utf-8")
)
ORDER = r"FH-\d{6}"
TRICKY = st.text(
    st.one_of(
        st.sampled_from("0123456789"),
        st.sampled_from(" .-_\n\u200b•€/|:+cvCVdeDEat"),
        st.characters(categories=["Nd", "L", "P", "Cf"]),
    ),
    max_size=120,
)
SECRETS = st.sampled_from(
    [
        *("4242424242424242", "3782 822463 10005", "DE89370400440532013000", "•••• 4242", "[IBAN removed]"),
        *(
            "cvv 123",
            "cvv ",
            "123 is my cvv",
            "security code",
            "FH-204817",
            "€129.90",
            "12.11.2026",
            " 1234 ",
        ),
    ]
)
TEXTS = st.lists(st.one_of(TRICKY, SECRETS), max_size=6).map("".join)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["name"]))
def test_the_shared_vectors_hold(vector: dict[str, Any]) -> None:
    assert mask(vector["in"], vector.get("order_pattern")) == vector["out"]


def test_the_shared_vectors_are_many_on_both_sides_and_named_once() -> None:
    stay = [vector for vector in VECTORS if vector["in"] == vector["out"]]
    assert len(VECTORS) >= 80
    assert len(stay) >= 25
    assert len({vector["name"] for vector in VECTORS}) == len(VECTORS)


@given(TEXTS, st.sampled_from([None, ORDER]))
def test_masking_twice_is_masking_once(text: str, order_pattern: str | None) -> None:
    once = mask(text, order_pattern)
    assert mask(once, order_pattern) == once


def _with_check_digit(body: str) -> str:
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in body[::-2])
    return body + str(-(sum(doubled) + sum(int(digit) for digit in body[-2::-2])) % 10)


@given(
    st.from_regex(r"[1-9][0-9]{11,17}", fullmatch=True).map(_with_check_digit),
    st.lists(st.sampled_from(["", "", "", " ", "-", ".", "\n", "\u200b", " - "]), min_size=18, max_size=18),
)
def test_a_card_number_is_masked_however_it_is_grouped(digits: str, gaps: list[str]) -> None:
    typed = digits[0] + "".join(gap + digit for gap, digit in zip(gaps, digits[1:], strict=False))
    left = "".join(char for char in mask(f"see {typed} !") if char.isdigit())
    assert len(left) <= len(digits) - 9


@given(st.text(st.characters(exclude_categories=["Nd", "No"]), max_size=200))
def test_words_without_digits_are_left_alone(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "1 ",
        "4242 ",
        "a1",
        "de89",
        "at6 ",
        "cvv ",
        "1.1.2026",
        "1     ",
        "\u200b",
        "cvv12 ",
        "sicherheits-",
        "12 cvv",
    ],
)
def test_a_long_text_takes_time_by_its_length_only(piece: str) -> None:
    def seconds(length: int) -> float:
        text = (piece * length)[:length]
        started = time.perf_counter()
        mask(text, ORDER)
        return time.perf_counter() - started

    short, long = min(seconds(2_000) for _ in range(3)), min(seconds(32_000) for _ in range(2))
    assert long < 16 * short * 4 + 0.05
