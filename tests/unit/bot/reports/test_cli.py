"""`python -m bot uplift` and `let-speak`, from the command line, on a real database."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.__main__ import app
from bot.clock import SystemClock
from bot.experiment import Arm
from bot.hub import Hub
from bot.store.database import Store, open_store
from bot.store.experiments import expose, quiet, quieted
from tests.unit.bot.reports.conftest import fill


@pytest.fixture(autouse=True)
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BOT_VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path / "var"


def bot(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def prepared(var: Path, work: Callable[[Store], Awaitable[object]]) -> object:
    async def opened() -> object:
        store = await open_store(f"sqlite+aiosqlite:///{(var / 'bot.db').absolute()}", SystemClock(), Hub())
        try:
            return await work(store)
        finally:
            await store.close()

    return asyncio.run(opened())


async def two_triggers(store: Store) -> None:
    await fill(store, "declined-card", 3_000, treated=0.7, control=0.5)
    await fill(store, "exit", 3_000, treated=0.4, control=0.6)
    await expose(store, "fernhill", "just-now", "exit", Arm.TREATED, 0.1)
    await quiet(store, "fernhill", "exit", 57.0)


def test_without_visitors_there_is_nothing_to_print() -> None:
    assert bot("uplift").output == "No visitor has met a trigger yet.\n"


def test_each_trigger_is_printed_with_both_arms_the_difference_and_the_test(var: Path) -> None:
    prepared(var, two_triggers)
    printed = bot("uplift")
    assert printed.exit_code == 0
    for words in (
        "declined-card",
        "brings orders: for",
        "costs orders: for",
        "silent since",
        "python -m bot let-speak exit",
        "1 more visitors",
        "e-process",
        "Waudby-Smith & Ramdas",
    ):
        assert words in printed.output


def test_the_same_figures_as_json(var: Path) -> None:
    prepared(var, two_triggers)
    told = json.loads(bot("uplift", "--json").output)
    card, leaving = told["triggers"]
    assert card["trigger"] == "declined-card"
    assert card["treated"]["visitors"] + card["control"]["visitors"] == 3_000
    assert card["difference"]["low"] < card["difference"]["estimate"] < card["difference"]["high"]
    assert card["test"]["verdict"] == "helps"
    assert card["quieted"] is None
    assert leaving["test"]["verdict"] == "hurts"
    assert leaving["waiting"] == 1
    assert (leaving["quieted"]["evidence"], leaving["quieted"]["lifted_at"]) == (57.0, None)
    assert (told["method"]["decides"], told["window_s"]) == (40, 86_400)


def test_since_leaves_out_earlier_visitors(var: Path) -> None:
    prepared(var, two_triggers)
    told = json.loads(bot("uplift", "--json", "--since", "2099-01-01").output)
    assert {trigger["treated"]["visitors"] for trigger in told["triggers"]} == {0}


def test_a_silenced_trigger_is_let_speak_again(var: Path) -> None:
    prepared(var, two_triggers)
    assert "exit may speak again" in bot("let-speak", "exit").output
    assert prepared(var, lambda store: quieted(store, "fernhill")) == frozenset()
    assert "speaks again since" in bot("uplift").output


def test_a_trigger_that_is_not_silent_cannot_be_let_speak() -> None:
    refused = bot("let-speak", "exit")
    assert refused.exit_code == 1
    assert "No trigger 'exit'" in refused.output
