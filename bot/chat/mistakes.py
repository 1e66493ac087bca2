"""What a shop's pages report wrongly: told once, with the next step."""

from collections import OrderedDict
from collections.abc import Iterable

import structlog

MOST_REMEMBERED = 1_000
log = structlog.get_logger("bot.events")


class Mistakes:
    """Tells of the first mistake of each event of a site, and keeps quiet about the rest."""

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._most = most
        self._told: OrderedDict[tuple[str, str], None] = OrderedDict()

    def tell(self, site: str, event: str, problems: Iterable[str]) -> None:
        """Log what is wrong with an event's data, if anything is and nothing was told of it before."""
        found = list(problems)
        if not found or (site, event) in self._told:
            return
        self._told[site, event] = None
        while len(self._told) > self._most:
            self._told.popitem(last=False)
        log.warning(
            "an event is not as docs/events.md has it",
            site=site,
            trigger=event,
            problems=found[:5],
            next_step="Mend the call of track() in the shop's page; the rest of the event was used.",
        )
