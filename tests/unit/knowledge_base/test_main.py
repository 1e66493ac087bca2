"""The command line, as a shop would use it."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from knowledge_base.__main__ import app
from knowledge_base.embed import Encoder

LINES = [
    {"q": "how long till the parcel is here", "labels": ["delivery-time"], "split": "test", "kind": "plain"},
    {"q": "postage to vienna", "labels": ["delivery-cost"], "split": "test", "kind": "fragment"},
    {"q": "do you mend tents", "labels": [], "split": "test", "kind": "far"},
    {"q": "my card is refused", "labels": ["card-declined"], "split": "dev", "kind": "plain"},
]


@pytest.fixture
def store(tmp_path: Path, model_store: Path, encoder: Encoder) -> Path:
    """A store that has the exported model already."""
    shutil.copytree(model_store / "models", tmp_path / "store" / "models")
    return tmp_path / "store"


@pytest.fixture
def asked(shop: Path) -> Path:
    """The small shop with questions of its own."""
    (shop / "eval").mkdir()
    text = "".join(json.dumps(line) + "\n" for line in LINES)
    (shop / "eval" / "questions.jsonl").write_text(text, encoding="utf-8")
    return shop


def invoke(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def figures(reports: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((reports / "suites" / "shop.json").read_text(encoding="utf-8"))
    return found


def test_check_names_a_mistake_in_the_triggers_and_an_article_that_is_not_there(shop: Path) -> None:
    triggers = shop / "triggers.yml"
    triggers.write_text("rules:\n  - {id: a, on: payment.failed, show: gone}\n", encoding="utf-8")
    found = invoke("check", "--shop", shop)
    assert found.exit_code == 1
    assert "triggers.yml:2: Saw the article 'gone' in the rule 'a'" in found.output
    triggers.write_text("rules:\n  - {id: a, when: {moon: full}}\n", encoding="utf-8")
    assert "triggers.yml:2: Saw the unknown condition 'moon'" in invoke("check", "--shop", shop).output
    triggers.write_text("rules:\n  - {id: a, on: payment.failed}\n", encoding="utf-8")
    assert invoke("check", "--shop", shop).exit_code == 0


def test_building_and_evaluating_at_once_gives_what_evaluating_gives(
    asked: Path, store: Path, tmp_path: Path
) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    built = invoke("build", "--evaluate", "--shop", asked, "--store", store, "--reports", one)
    assert built.exit_code == 0, built.output
    assert built.output.splitlines()[-1].startswith("Version 1: 8 articles")
    assert invoke("evaluate", "--shop", asked, "--store", store, "--reports", other).exit_code == 0
    for name in ("measures", "bands", "outcomes"):
        assert figures(one)[name] == figures(other)[name]
    assert (one / "index.html").is_file()


def test_a_floor_is_set_by_one_command_and_says_what_it_lowers(
    asked: Path, store: Path, tmp_path: Path
) -> None:
    options = (
        "evaluate",
        "--shop",
        asked,
        "--store",
        store,
        "--reports",
        tmp_path / "reports",
        "--set-floor",
    )
    assert "Lowered" not in invoke(*options).output
    floor = asked / "eval" / "floor.json"
    high = json.loads(floor.read_text(encoding="utf-8"))
    high["figures"]["top1"].update(value=1.1, worst=1.05)
    floor.write_text(json.dumps(high), encoding="utf-8")
    assert "Lowered: top1" in invoke(*options).output
    assert json.loads(floor.read_text(encoding="utf-8"))["figures"]["top1"]["worst"] < 1.0


def test_no_test_lines_are_told_before_any_work(asked: Path, tmp_path: Path) -> None:
    (asked / "eval" / "questions.jsonl").write_text(json.dumps(LINES[-1]), encoding="utf-8")
    told = invoke(
        "evaluate", "--shop", asked, "--store", tmp_path / "none", "--reports", tmp_path / "reports"
    )
    assert told.exit_code == 2
    assert not (tmp_path / "none").exists()
