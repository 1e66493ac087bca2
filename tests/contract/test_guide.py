"""The guide: what a browser is told once, cheaply, and what it is never told."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.store.experiments import let_speak, quiet
from tests.contract.server import ORIGIN, Bot, StartBot, eventually
from tests.contract.shop import Shop

RULES = """
manners: {per_session: 1}
rules:
  - {id: failed, on: payment.failed}
  - {id: idle, when: {step: delivery, idle_s: 30}, show: secret-article}
  - {id: paused, on: coupon.rejected, active: false}
questions:
  payment: [card-safety]
"""


@pytest.fixture
def shop_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "triggers.yml").write_text(RULES, encoding="utf-8")
    return folder


async def get(http: httpx.AsyncClient, bot: Bot, locale: str = "en", **headers: str) -> httpx.Response:
    params = {"site": "fernhill", "locale": locale}
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return await http.get(f"{bot.url}/chat/v1/guide", params=params, headers=names)


async def test_the_guide_tells_rules_manners_and_the_steps_answers(
    start_bot: StartBot, http: httpx.AsyncClient, shop_dir: Path, shop: Shop
) -> None:
    bot = await start_bot(shop_dir=shop_dir)
    found = (await get(http, bot)).json()
    assert (found["v"], found["notices"]) == (1, [])
    assert found["rules"] == [
        {"id": "failed", "guess": False, "on": "payment.failed"},
        {"id": "idle", "guess": True, "when": {"all": [{"step": ["delivery"]}, {"idle_s": 30}]}},
    ]
    assert (found["manners"]["per_session"], found["manners"]["quiet_days"]) == (1, 30)
    strong = {"t": "strong", "c": ["safe"]}
    assert found["steps"]["payment"][0] == {
        "id": "card-safety",
        "title": "Card-Safety",
        "nodes": [{"t": "p", "c": ["It is ", strong, "."]}],
    }
    assert [card["id"] for card in found["steps"][""]] == ["delivery-time"]
    assert "secret-article" not in str(found)
    assert shop.read == [{"locale": "en", "first": {"payment": ["card-safety"]}}]


async def test_the_guide_is_cached_by_what_it_says(
    start_bot: StartBot, http: httpx.AsyncClient, shop_dir: Path
) -> None:
    bot = await start_bot(shop_dir=shop_dir)
    first = await get(http, bot)
    assert first.headers["cache-control"] == "public, max-age=60"
    again = await get(http, bot, if_none_match=f'"other", W/{first.headers["etag"]}')
    assert (again.status_code, again.content) == (304, b"")
    (shop_dir / "triggers.yml").write_text(RULES.replace("failed", "refused"), encoding="utf-8")

    async def changed() -> bool:
        return (await get(http, bot, if_none_match=first.headers["etag"])).status_code == 200

    await eventually(changed)


@pytest.mark.parametrize(("origin", "status"), [(None, 200), (ORIGIN, 200), ("https://evil.example", 403)])
async def test_only_the_sites_own_pages_may_read_it(
    bot: Bot, http: httpx.AsyncClient, origin: Any, status: int
) -> None:
    found = await get(http, bot, **({"origin": origin} if origin else {}))
    assert found.status_code == status
    assert found.headers["vary"] == "Origin"
    assert found.headers.get("access-control-allow-origin") == (origin if status == 200 else None)


async def test_an_unknown_site_is_told_so(bot: Bot, http: httpx.AsyncClient) -> None:
    found = await http.get(f"{bot.url}/chat/v1/guide", params={"site": "nowhere"})
    assert (found.status_code, found.json()["error"]["code"]) == (403, "unknown_site")


async def test_without_the_knowledge_base_the_guide_is_there_and_its_steps_are_empty(
    start_bot: StartBot, http: httpx.AsyncClient, shop_dir: Path, shop: Shop
) -> None:
    shop.actions_down = True
    bot = await start_bot(shop_dir=shop_dir)
    found = (await get(http, bot)).json()
    assert (found["steps"], len(found["rules"])) == ({}, 2)


async def test_a_nonsense_locale_is_the_sites_own(bot: Bot, http: httpx.AsyncClient, shop: Shop) -> None:
    assert (await get(http, bot, locale="../../etc")).status_code == 200
    assert [asked["locale"] for asked in shop.read] == ["en"]


async def test_a_trigger_that_silenced_itself_is_not_told(
    start_bot: StartBot, http: httpx.AsyncClient, shop_dir: Path
) -> None:
    bot = await start_bot(shop_dir=shop_dir)
    await quiet(bot.services.store, "fernhill", "idle", 99.0)
    assert [rule["id"] for rule in (await get(http, bot)).json()["rules"]] == ["failed"]
    await let_speak(bot.services.store, "fernhill", "idle")
    assert len((await get(http, bot)).json()["rules"]) == 2


async def test_an_article_beside_a_field_is_a_card_of_its_own(bot: Bot, http: httpx.AsyncClient) -> None:
    where = f"{bot.url}/chat/v1/articles"
    found = await http.get(f"{where}/delivery-time", params={"site": "fernhill"}, headers={"Origin": ORIGIN})
    assert (found.status_code, found.headers["access-control-allow-origin"]) == (200, ORIGIN)
    card = found.json()
    assert (card["id"], set(card), card["nodes"][0]["t"]) == ("delivery-time", {"id", "title", "nodes"}, "p")
    elsewhere = {"Origin": "https://elsewhere.example"}
    refused = await http.get(f"{where}/delivery-time", params={"site": "fernhill"}, headers=elsewhere)
    assert refused.status_code == 403
