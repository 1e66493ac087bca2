"""Step cards: rendered once for each version, and nobody waits long for them."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from bot.cards import AGAIN_AFTER_S, FRESH_S, MOST_LOCALES, Cards
from bot.errors import unavailable
from bot.knowledge import Card, Steps
from tests.contract.server import eventually
from tests.unit.bot.clock import HandClock


class Shelf:
    """A knowledge base that answers as a test wants it to."""

    def __init__(self) -> None:
        self.version = 1
        self.words = "It is **safe**."
        self.down = False
        self.silent = False
        self.asked: list[tuple[str, Mapping[str, Sequence[str]]]] = []

    async def steps(self, locale: str, first: Mapping[str, Sequence[str]]) -> Steps:
        self.asked.append((locale, first))
        if self.silent:
            await asyncio.Event().wait()
        if self.down:
            raise unavailable("The knowledge base")
        card = Card(id="card-safety", title="Is it safe?", short_answer=self.words)
        return Steps(version=self.version, steps={"payment": [card], "": [card], "cart": []})


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def cards(shelf: Shelf, clock: HandClock) -> Cards:
    return Cards(shelf, clock)  # type: ignore[arg-type]


async def settle(cards: Cards) -> None:
    """Wait for what is asked in the background."""
    await eventually(lambda: not any(known.asking for known in cards._known.values()))


async def test_the_cards_of_a_step_are_rendered_nodes(cards: Cards) -> None:
    found = await cards.at("payment", "en", {})
    strong = {"t": "strong", "c": ["safe"]}
    assert list(found) == [
        {"id": "card-safety", "title": "Is it safe?", "nodes": [{"t": "p", "c": ["It is ", strong, "."]}]}
    ]
    assert await cards.at("cart", "en", {}) == await cards.at("", "en", {}) == found


async def test_what_is_known_is_given_at_once_and_renewed_meanwhile(
    cards: Cards, shelf: Shelf, clock: HandClock
) -> None:
    before = await cards.of("en", {})
    shelf.version, shelf.words = 2, "It is new."
    assert await cards.of("en", {}) is before
    clock.pass_time(seconds=FRESH_S)
    assert await cards.of("en", {}) is before
    await settle(cards)
    after = await cards.of("en", {})
    assert after["payment"][0]["nodes"] == [{"t": "p", "c": ["It is new."]}]
    assert len(shelf.asked) == 2


async def test_the_same_version_is_not_rendered_again(cards: Cards, clock: HandClock) -> None:
    before = await cards.of("en", {})
    clock.pass_time(seconds=FRESH_S)
    await cards.of("en", {})
    await settle(cards)
    assert await cards.of("en", {}) is before


async def test_without_the_knowledge_base_there_are_none_until_it_is_back(
    cards: Cards, shelf: Shelf, clock: HandClock
) -> None:
    shelf.down = True
    assert await cards.of("en", {}) == {}
    assert await cards.of("en", {}) == {}
    assert len(shelf.asked) == 1
    shelf.down = False
    clock.pass_time(seconds=AGAIN_AFTER_S)
    assert (await cards.of("en", {})).keys() == {"payment", ""}
    shelf.down = True
    clock.pass_time(seconds=FRESH_S)
    await cards.of("en", {})
    await settle(cards)
    assert (await cards.of("en", {})).keys() == {"payment", ""}


async def test_nobody_waits_longer_than_a_moment(cards: Cards, shelf: Shelf) -> None:
    shelf.silent = True
    async with asyncio.timeout(5):
        assert await cards.of("en", {}) == {}
    await cards.close()


async def test_many_who_ask_at_once_are_one_question(cards: Cards, shelf: Shelf) -> None:
    found = await asyncio.gather(*(cards.of("en", {}) for _ in range(20)))
    assert len(shelf.asked) == 1
    assert all(each is found[0] for each in found)


async def test_a_thousand_locales_do_not_fill_the_memory(cards: Cards) -> None:
    for number in range(1000):
        await cards.of(f"x{number}", {})
    assert len(cards._known) == MOST_LOCALES
