"""The running server silences a trigger that costs orders, without anybody looking."""

from bot.store.experiments import quieted
from tests.contract.server import StartBot, eventually
from tests.unit.bot.reports.conftest import fill


async def test_a_trigger_that_hurts_falls_silent_by_itself(start_bot: StartBot) -> None:
    bot = await start_bot(quieting_interval_s=0.05)
    store = bot.services.store
    await fill(store, "idle", 2_000, treated=0.3, control=0.6)

    async def is_silent() -> bool:
        return await quieted(store, "fernhill") == {"idle"}

    await eventually(is_silent)
