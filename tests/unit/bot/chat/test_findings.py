"""What an agent is told of an explanation: the little that helps, whatever comes."""

from typing import Any

import pytest

from bot.chat.findings import condensed

EXPLANATION = {
    "question": "how mutch is it",
    "band": "clarify",
    "confidence": 0.7,
    "answer_at": 0.92,
    "reach": 0.9,
    "reasons": ["It answers directly from .92 on; this is .70."],
    "unexplained": ["drone"] * 40,
    "words": [
        {"typed": "mutch", "read": "much", "held": True, "known": True},
        {"typed": "it", "read": "it", "held": True, "known": True},
    ],
    "candidates": [
        {"id": str(n), "title": "T", "confidence": 0.7, "phrasing": "how much", "cosine": 0.8, "signs": []}
        for n in range(9)
    ],
}


def test_an_agent_gets_words_articles_and_reasons() -> None:
    told = condensed(EXPLANATION)
    assert told["repaired"] == [{"typed": "mutch", "read": "much"}]
    assert told["articles"][0] == {
        "id": "0",
        "title": "T",
        "confidence": 0.7,
        "phrasing": "how much",
        "cosine": 0.8,
    }
    assert (len(told["articles"]), len(told["unexplained"])) == (3, 12)
    assert (told["reasons"], told["band"]) == (EXPLANATION["reasons"], "clarify")
    assert "reach" not in told


@pytest.mark.parametrize("given", [{}, {"words": None, "candidates": ["x"], "unexplained": None}])
def test_an_explanation_that_lacks_parts_is_told_without_them(given: dict[str, Any]) -> None:
    told = condensed(given)
    assert (told["repaired"], told["articles"], told["unexplained"]) == ([], [], [])
