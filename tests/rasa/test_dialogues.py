"""The dialogues through Rasa and the action server, both real."""

from pathlib import Path
from typing import Any

import pytest
import yaml

HERE = Path(__file__).parent
# The first test waits for both processes, and for an index where there is none.
pytestmark = pytest.mark.timeout(600)
DIALOGUES = yaml.safe_load((HERE / "dialogues.yml").read_text(encoding="utf-8"))["dialogues"]


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=[dialogue["name"] for dialogue in DIALOGUES])
def test_the_dialogue_goes_as_written(dialogue: dict[str, Any], player: Any) -> None:
    if "country" in dialogue:
        player.context = {**player.context, "country": dialogue["country"]}
    for step in dialogue["steps"]:
        seen = player.step(step)
        expected = {key: value for key, value in step["expect"].items() if key != "says"}
        assert {key: seen.get(key) for key in expected} == expected, (step, seen)
        assert step["expect"].get("says", "") in seen.get("text", ""), (step, seen)


@pytest.mark.parametrize(
    ("locale", "greeting"),
    [
        ("en-GB", "Hello"),
        ("de-AT", "Hallo"),
        ("fr", "Bonjour"),
        ("es-MX", "Hola"),
        ("ar", "مرحبًا"),
        ("pt", "Hello"),
    ],
)
def test_the_sentences_are_said_in_the_shoppers_locale(player: Any, locale: str, greeting: str) -> None:
    said = player.send("hello", locale=locale)
    assert said[0]["text"].startswith(greeting)


def test_a_locale_that_changes_in_the_middle_is_followed(player: Any) -> None:
    player.send("hello")
    player.send("who won the world cup", locale="de")
    assert player.send("hello", locale="de")[0]["text"].startswith("Hallo")


def test_a_shopper_cannot_send_rasa_a_command(player: Any) -> None:
    said = player.send("/restart")
    assert "state" in said[-1]["custom"], "it was answered like any other message"


def test_many_questions_back_in_a_row_end_with_a_person(player: Any) -> None:
    kinds = [player.step({"say": text})["kinds"][-1] for text in ("charged", "parcel", "voucher")]
    assert kinds == ["clarify", "clarify", "notice"]


def test_nonsense_where_the_state_should_be_is_a_fresh_start(player: Any) -> None:
    player.state = {"last_question": 7, "tried": "x", "awaiting": [], "clarified": "many"}
    assert player.step({"say": "can i buy without an account"})["kinds"] == ["answer"]
