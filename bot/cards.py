"""The top questions of each step, rendered for the widget: asked of the knowledge base now and then."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot import markdown
from bot.clock import Clock
from bot.errors import AppError
from bot.knowledge import Knowledge, Steps

FRESH_S = 15.0
AGAIN_AFTER_S = 2.0
PATIENCE_S = 0.5
MOST_LOCALES = 32

Card = dict[str, Any]
ByStep = Mapping[str, Sequence[Card]]
_First = Mapping[str, Sequence[str]]


@dataclass
class _Known:
    """The cards of one locale. `seen_at` is when they were last asked for, in monotonic seconds."""

    cards: ByStep = field(default_factory=dict)
    of: tuple[int, object] | None = None
    seen_at: float | None = None
    asking: asyncio.Task[None] | None = None


class Cards:
    """Nobody waits long for them: what is known is given, and renewed meanwhile.

    With an empty memory the first asker waits half a second at most, then there are none yet.
    """

    def __init__(self, knowledge: Knowledge, clock: Clock) -> None:
        self._knowledge = knowledge
        self._clock = clock
        self._known: OrderedDict[str, _Known] = OrderedDict()

    async def of(self, locale: str, first: _First) -> ByStep:
        """The cards by step, `""` being any; `first` are the ids that lead at a step."""
        known = self._known.setdefault(locale, _Known())
        self._known.move_to_end(locale)
        while len(self._known) > MOST_LOCALES:
            self._forget(*self._known.popitem(last=False))
        good_for_s = FRESH_S if known.of else AGAIN_AFTER_S
        stale = known.seen_at is None or self._clock.monotonic() - known.seen_at >= good_for_s
        if stale and known.asking is None:
            known.asking = asyncio.create_task(self._renew(known, locale, first))
        if known.asking is not None and known.of is None:
            await asyncio.wait({known.asking}, timeout=PATIENCE_S)
        return known.cards

    async def at(self, step: str | None, locale: str, first: _First) -> Sequence[Card]:
        """The cards of one step; where it has none, those of any."""
        by_step = await self.of(locale, first)
        return by_step.get(step or "") or by_step.get("") or ()

    async def close(self) -> None:
        """Stop asking."""
        for known in self._known.values():
            if known.asking is not None:
                known.asking.cancel()
                await asyncio.wait({known.asking})

    async def _renew(self, known: _Known, locale: str, first: _First) -> None:
        try:
            found = await self._knowledge.steps(locale, first)
        except AppError:
            return  # what was known stays; the next asker tries again
        else:
            of = (found.version, tuple(sorted((step, tuple(ids)) for step, ids in first.items())))
            if of != known.of:
                known.cards, known.of = await asyncio.to_thread(_rendered, found), of
        finally:
            known.seen_at, known.asking = self._clock.monotonic(), None

    @staticmethod
    def _forget(_locale: str, known: _Known) -> None:
        if known.asking is not None:
            known.asking.cancel()


def _rendered(found: Steps) -> dict[str, list[Card]]:
    rendered: dict[str, Card] = {}
    by_step: dict[str, list[Card]] = {}
    for step, cards in found.steps.items():
        for card in cards:
            if card.id not in rendered:
                nodes = markdown.nodes(card.short_answer)
                rendered[card.id] = {"id": card.id, "title": card.title, "nodes": nodes}
        by_step[step] = [rendered[card.id] for card in cards]
    return {step: cards for step, cards in by_step.items() if cards}
