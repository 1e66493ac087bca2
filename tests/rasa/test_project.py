"""The Rasa project as Rasa's own commands see it."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

HERE = Path(__file__).parent
AVOIDED = re.compile(r"!|unfortunately|please note|oops|invalid", re.IGNORECASE)
ROOT = HERE.parents[1]
RunRasa = Callable[..., "subprocess.CompletedProcess[str]"]
# A first training or a first index may be made on the way.
pytestmark = pytest.mark.timeout(600)

SPOKEN = (
    "ask_question",
    "ask_human",
    "complain",
    "helpful",
    "not_helpful",
    "greet",
    "goodbye",
    "thank",
    "affirm",
    "deny",
    "ask_if_bot",
    "out_of_scope",
)


def _examples() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for file in (ROOT / "data" / "nlu").glob("*.yml"):
        for item in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            if "intent" in item:
                lines = [line.removeprefix("- ") for line in item["examples"].splitlines()]
                found.setdefault(item["intent"], []).extend(lines)
    return found


def _lines(name: str) -> list[str]:
    return (HERE / name).read_text(encoding="utf-8").splitlines()


def _bare(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower()).strip()


def test_the_project_validates_without_a_warning(run_rasa: RunRasa) -> None:
    seen = run_rasa("rasa", "data", "validate", "--fail-on-warnings")
    assert seen.returncode == 0, seen.stderr[-2_000:]
    assert "UserWarning" not in seen.stderr + seen.stdout


def test_rasa_predicts_every_step_of_every_story(run_rasa: RunRasa, model: Path, tmp_path: Path) -> None:
    command = ["test", "core", "--stories", "tests/rasa", "--e2e", "--fail-on-prediction-errors"]
    seen = run_rasa("rasa", *command, "--model", str(model), "--out", str(tmp_path))
    assert seen.returncode == 0, (seen.stdout + seen.stderr)[-2_000:]


def test_each_dialogue_is_also_a_story() -> None:
    dialogues = yaml.safe_load((HERE / "dialogues.yml").read_text(encoding="utf-8"))["dialogues"]
    stories = yaml.safe_load((HERE / "test_stories.yml").read_text(encoding="utf-8"))["stories"]
    assert [dialogue["name"] for dialogue in dialogues] == [story["story"] for story in stories]
    assert len(dialogues) >= 25


@pytest.mark.parametrize("intent", SPOKEN)
def test_each_spoken_intent_has_thirty_examples(intent: str) -> None:
    assert len(_examples()[intent]) >= 30


def test_no_phrasing_of_the_tests_is_an_example() -> None:
    learned = {_bare(text) for texts in _examples().values() for text in texts}
    asked = {_bare(text) for text in [*_lines("ask_human.txt"), *_lines("not_ask_human.txt")]}
    assert not learned & asked


def _intents(run_rasa: RunRasa, model: Path, messages: list[str]) -> list[str]:
    seen = run_rasa("python", str(HERE / "classify.py"), str(model), given="\n".join(messages))
    assert seen.returncode == 0, seen.stderr[-2_000:]
    found: list[str] = json.loads(seen.stdout.splitlines()[-1])
    return found


def test_who_asks_for_a_person_is_heard(run_rasa: RunRasa, model: Path) -> None:
    asked = _lines("ask_human.txt")
    assert len(asked) == 100
    found = _intents(run_rasa, model, asked)
    missed = [text for text, intent in zip(asked, found, strict=True) if intent != "ask_human"]
    assert len(missed) <= 2, missed


def test_who_asks_about_people_and_phones_does_not_get_a_person(run_rasa: RunRasa, model: Path) -> None:
    asked = _lines("not_ask_human.txt")
    assert len(asked) == 60
    found = _intents(run_rasa, model, asked)
    wrong = [text for text, intent in zip(asked, found, strict=True) if intent == "ask_human"]
    assert len(wrong) <= 3, wrong


def test_the_intents_are_told_apart(run_rasa: RunRasa) -> None:
    seen = run_rasa("python", "-m", "rasa_side.evaluate", "--folds", "5")
    assert seen.returncode == 0, seen.stderr[-2_000:]
    assert json.loads(seen.stdout.splitlines()[-1])["macro_f1"] >= 0.90


def test_every_sentence_is_there_in_every_locale() -> None:
    responses = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["responses"]
    for name, variations in responses.items():
        conditions = [variation.get("condition", [{}])[0].get("value") for variation in variations]
        assert conditions == [None, "de", "fr", "es", "ar"], name


def test_the_assistant_keeps_its_tone() -> None:
    responses = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["responses"]
    for variations in responses.values():
        for variation in variations:
            assert not re.search(
                r"[!¡]|unfortunately|please note|oops|invalid|malheureusement|veuillez noter|lamentablemente",
                variation["text"],
                re.IGNORECASE,
            )
