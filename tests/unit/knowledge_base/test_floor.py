"""Quality on our own test lines does not fall below what is stored."""

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import pytest

from knowledge_base import evaluate as ev
from knowledge_base.embed import Encoder
from knowledge_base.floor import Floor, Mark, floor_of, read_floor, values, write_floor
from knowledge_base.glossary import read_glossary
from knowledge_base.report.figures import Run, figures
from knowledge_base.vectors import VectorCache

ROOT = Path(__file__).resolve().parents[3]
SHOP = ROOT / "knowledge_base"
AT = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def own(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Figures of our own test lines, answered now. Vectors that a training left are used again."""
    store = tmp_path_factory.mktemp("own")
    for file in (ROOT / "var" / "knowledge").glob("vectors.sqlite*"):
        shutil.copy(file, store)
    cache = VectorCache(store / "vectors.sqlite", encoder)
    labelled = ev.read_questions(SHOP / "eval" / "questions.jsonl")
    entries, glossary = ev.shop_entries(SHOP), read_glossary(SHOP)
    searcher = ev.searcher_for(entries, labelled, encoder, cache, AT, glossary=glossary)
    answered = ev.ask_all(searcher, ev.test_lines(labelled))
    cache.close()
    return figures(Run("own", AT, searcher, encoder, answered))


@pytest.mark.timeout(300)
def test_quality_on_our_own_test_lines_is_not_below_the_stored_floor(own: dict[str, Any]) -> None:
    falls = read_floor(SHOP / "eval" / "floor.json").falls(values(own))
    assert not falls, "\n".join(falls)


def test_a_floor_read_back_is_the_one_written_and_its_own_figures_do_not_fall(
    own: dict[str, Any], tmp_path: Path
) -> None:
    floor = floor_of(own, AT.date())
    write_floor(floor, tmp_path / "floor.json")
    assert read_floor(tmp_path / "floor.json") == floor
    assert floor.falls(values(own)) == []


def test_a_search_that_finds_half_as_much_falls_through_the_floor(own: dict[str, Any]) -> None:
    stored = floor_of(own, AT.date())
    half = {name: value / 2 for name, value in values(own).items()}
    assert {fall.split(" is ")[0] for fall in stored.falls(half)} >= {
        "top1",
        "r3",
        "auroc",
        "direct",
        "reached",
    }


def test_a_figure_within_its_interval_is_no_fall() -> None:
    floor = Floor(
        "2026-11-22", {"top1": Mark(0.9, 354, 0.86), "calibration_error": Mark(0.04, 436, 0.08, at_most=True)}
    )
    assert floor.falls({"top1": 0.861, "calibration_error": 0.079}) == []
    least, most = floor.falls({"top1": 0.859, "calibration_error": 0.081})
    assert (
        least
        == "top1 is 0.859; stored is 0.900, and 0.860 is the least that chance explains (354 questions)."
    )
    assert "0.080 is the most" in most


def test_a_missing_or_damaged_floor_says_how_to_set_one(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="evaluate --set-floor"):
        read_floor(tmp_path / "floor.json")
    (tmp_path / "floor.json").write_text('{"figures": []}', encoding="utf-8")
    with pytest.raises(ValueError, match="evaluate --set-floor"):
        read_floor(tmp_path / "floor.json")
