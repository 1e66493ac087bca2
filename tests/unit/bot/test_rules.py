"""The live triggers: changed on the spot, never taken down by a mistake, which is told once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.rules import Rules
from knowledge_base.triggers import DEFAULT
from tests.contract.server import eventually

RULE = "rules:\n  - id: {0}\n    on: payment.failed\n"


def write(shop: Path, text: str) -> None:
    """As an editor does: a new file in the place of the old one."""
    (shop / "triggers.tmp").write_text(text, encoding="utf-8")
    (shop / "triggers.tmp").replace(shop / "triggers.yml")


def ids(rules: Rules) -> list[str]:
    return [rule.id for rule in rules.live.rules]


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncIterator[Rules]:
    write(tmp_path, RULE.format("first"))
    rules = Rules(tmp_path, tmp_path / "var")
    rules.load()
    watching = asyncio.create_task(rules.watch())
    yield rules
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching


async def test_a_saved_file_is_live_without_a_restart(watched: Rules, tmp_path: Path) -> None:
    assert ids(watched) == ["first"]
    write(tmp_path, RULE.format("second"))
    await eventually(lambda: ids(watched) == ["second"])


def test_a_mistake_leaves_the_old_ones_live_and_is_told_once(tmp_path: Path) -> None:
    rules = Rules(tmp_path, tmp_path / "var")
    write(tmp_path, RULE.format("good"))
    assert rules.load()
    with capture_logs() as logs:
        write(tmp_path, "rules:\n  - id: bad\n    when: {moon: full}\n")
        for _ in range(3):
            assert not rules.load()
    assert ids(rules) == ["good"]
    assert len(logs) == 1
    told = logs[0]
    assert (told["line"], told["file"]) == (3, str(tmp_path / "triggers.yml"))
    assert "'moon'" in told["problem"]
    assert "python -m knowledge_base check" in told["next_step"]


def test_the_same_mistake_made_again_later_is_told_again(tmp_path: Path) -> None:
    rules = Rules(tmp_path, tmp_path / "var")
    with capture_logs() as logs:
        for _ in range(2):
            write(tmp_path, "rules: 3")
            rules.load()
            write(tmp_path, RULE.format("good"))
            rules.load()
    assert len([line for line in logs if line["log_level"] == "error"]) == 2


def test_without_a_file_or_with_one_that_was_never_right_events_are_answered(tmp_path: Path) -> None:
    rules = Rules(tmp_path, tmp_path / "var")
    assert not rules.load()
    assert rules.live == DEFAULT
    write(tmp_path, "rules: [")
    with capture_logs():
        rules.load()
    assert rules.live == DEFAULT
    (tmp_path / "triggers.yml").unlink()
    rules.load()
    assert rules.live == DEFAULT


def test_a_rule_whose_article_is_missing_is_told_of_and_the_others_live(tmp_path: Path) -> None:
    (tmp_path / "articles/en").mkdir(parents=True)
    (tmp_path / "articles/en/here.md").write_text("", encoding="utf-8")
    text = "rules:\n  - {id: a, on: x, show: here}\n  - {id: b, on: y, show: gone}\n"
    write(tmp_path, text)
    rules = Rules(tmp_path, tmp_path / "var")
    with capture_logs() as logs:
        rules.load()
        rules.load()
    assert ids(rules) == ["a", "b"]
    assert [line["line"] for line in logs if line["log_level"] == "error"] == [3]


def test_a_restart_with_a_mistake_in_the_file_takes_up_the_last_good_one(tmp_path: Path) -> None:
    write(tmp_path, RULE.format("good"))
    Rules(tmp_path, tmp_path / "var").load()
    write(tmp_path, "rules: [")
    restarted = Rules(tmp_path, tmp_path / "var")
    with capture_logs() as logs:
        restarted.load()
        restarted.load()
    assert ids(restarted) == ["good"]
    assert len(logs) == 1
    write(tmp_path, RULE.format("mended"))
    assert restarted.load()
    assert ids(restarted) == ["mended"]


def test_a_folder_that_cannot_be_written_takes_nothing_down(tmp_path: Path) -> None:
    write(tmp_path, RULE.format("good"))
    (tmp_path / "var").write_text("not a folder", encoding="utf-8")
    rules = Rules(tmp_path, tmp_path / "var")
    with capture_logs() as logs:
        assert rules.load()
    assert ids(rules) == ["good"]
    assert "could not be kept" in logs[0]["event"]
