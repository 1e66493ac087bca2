"""A trigger that costs orders silences itself, says so, and can be let speak again."""

from datetime import timedelta
from typing import Any

from structlog.testing import capture_logs

from bot.reports.quieting import quiet_the_harmful
from bot.store.database import Store
from bot.store.experiments import let_speak, quieted
from tests.unit.bot.reports.conftest import fill

DAY = timedelta(hours=24)


async def test_only_a_trigger_that_hurts_beyond_doubt_is_silenced_and_it_is_logged(store: Store) -> None:
    await fill(store, "harmful", 3_000, treated=0.4, control=0.6)
    await fill(store, "useless", 3_000, treated=0.5, control=0.5)
    await fill(store, "helpful", 3_000, treated=0.7, control=0.5)
    with capture_logs() as told:
        assert await quiet_the_harmful(store, DAY) == [("fernhill", "harmful")]
    assert await quieted(store, "fernhill") == {"harmful"}
    assert [(line["log_level"], line["trigger"]) for line in told] == [("warning", "harmful")]
    assert "python -m bot let-speak harmful" in told[0]["undo"]
    assert await quiet_the_harmful(store, DAY) == []


async def test_a_trigger_let_speak_again_is_judged_by_new_visitors_alone(store: Store, clock: Any) -> None:
    await fill(store, "idle", 3_000, treated=0.4, control=0.6)
    await quiet_the_harmful(store, DAY)
    await let_speak(store, "fernhill", "idle")
    clock.pass_time(hours=26)
    assert await quiet_the_harmful(store, DAY) == []
    await fill(store, "idle", 3_000, treated=0.4, control=0.6, seed=2)
    assert await quiet_the_harmful(store, DAY) == [("fernhill", "idle")]
