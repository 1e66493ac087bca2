"""Notices from the desk: seen and changed by who is signed in, from the desk's own page."""

import pytest

from scripts.line import Frame
from tests.contract.desk.people import StaffedBot
from tests.contract.tab import OpenTab

PAYPAL: Frame = {"site": "fernhill", "texts": {"en": "PayPal is down."}, "methods": ["PayPal"]}


async def test_a_notice_is_added_listed_told_and_ended(bot: StaffedBot, open_tab: OpenTab) -> None:
    async with bot.http(Cookie=f"desk_session={await bot.cookie()}") as http:
        added = (await http.post("/desk/api/notices", json=PAYPAL)).json()["notice"]
        assert (added["texts"], added["methods"], added["ends_at"]) == (PAYPAL["texts"], ["paypal"], None)
        listed = (await http.get("/desk/api/notices")).json()
        assert listed["notices"] == [added]
        assert listed["sites"][0]["id"] == "fernhill"
        assert listed["sites"][0]["locales"][0] == "en"
        tab = await open_tab(bot)
        assert (await tab.until(type="notices"))["notices"][0]["id"] == added["id"]
        ended = await http.post(f"/desk/api/notices/{added['id']}/end", json={})
        assert ended.json()["notice"]["ends_at"] is not None
        assert (await http.get("/desk/api/notices")).json()["notices"] == []
        assert len((await http.get("/desk/api/notices?past=1")).json()["notices"]) == 1


@pytest.mark.parametrize(
    ("body", "status", "named"),
    [
        ({**PAYPAL, "texts": {}}, 400, "no text"),
        ({**PAYPAL, "site": "nowhere"}, 403, "nowhere"),
        ({**PAYPAL, "starts_at": "2026-03-01T09:00"}, 400, "starts_at"),
        ({**PAYPAL, "colour": "red"}, 400, "colour"),
        ({"site": "fernhill"}, 400, "texts"),
        ([], 400, "the body"),
    ],
)
async def test_what_is_wrong_is_named(bot: StaffedBot, body: object, status: int, named: str) -> None:
    async with bot.http(Cookie=f"desk_session={await bot.cookie()}") as http:
        refused = await http.post("/desk/api/notices", json=body)
        assert refused.status_code == status
        assert named in refused.json()["error"]["message"]


async def test_nobody_else_sees_or_changes_notices(bot: StaffedBot) -> None:
    cookie = f"desk_session={await bot.cookie()}"
    async with bot.http() as stranger, bot.http(Cookie=cookie, Origin="https://evil.example") as foreign:
        assert (await stranger.get("/desk/api/notices")).status_code == 401
        assert (await stranger.post("/desk/api/notices", json=PAYPAL)).status_code == 401
        assert (await foreign.post("/desk/api/notices", json=PAYPAL)).status_code == 403
        assert (await foreign.post("/desk/api/notices/n1/end", json={})).status_code == 403


async def test_open_desks_hear_of_a_change_and_how_many_asked(bot: StaffedBot, open_tab: OpenTab) -> None:
    cookie = await bot.cookie()
    async with bot.http(Cookie=f"desk_session={cookie}") as http, bot.tab(cookie) as desk:
        await desk.until(type="welcome")
        coming = PAYPAL | {"starts_at": "2100-01-01T09:00:00Z"}
        await http.post("/desk/api/notices", json=coming)
        await desk.until(type="notices")
        added = (await http.post("/desk/api/notices", json=PAYPAL)).json()["notice"]
        assert added["asked"] == 0
        await desk.until(type="notices")
        tab = await open_tab(bot)
        await tab.send(type="notify_me", notice=added["id"])
        await tab.until(type="ack")
        listed = (await http.get("/desk/api/notices")).json()["notices"]
        assert {notice["id"]: notice["asked"] for notice in listed}[added["id"]] == 1
        ended = await http.post(f"/desk/api/notices/{added['id']}/end", json={})
        assert ended.json()["notice"]["asked"] == 1
        await desk.until(type="notices")
