"""The desk's socket: who may open it, when it ends, and what a bad frame gets."""

import asyncio
import json

import pytest
from websockets.exceptions import InvalidStatus

from bot.store import staff
from tests.contract.desk.people import MAYA, StaffedBot


async def test_a_socket_from_a_foreign_page_is_refused_before_it_opens(bot: StaffedBot) -> None:
    cookie = await bot.cookie()
    for origin in ("https://evil.example", "null", None):
        with pytest.raises(InvalidStatus) as refused:
            async with bot.tab(cookie, origin=origin):
                pass
        assert refused.value.response.status_code == 403, origin


async def test_a_socket_without_a_sign_in_is_told_so_and_closed(bot: StaffedBot) -> None:
    for cookie in (None, "a guessed token"):
        async with bot.tab(cookie) as tab:
            error = await tab.next()
            assert (error["type"], error["code"]) == ("error", "not_signed_in")
            assert await tab.closed_with() == 4401


async def test_an_account_that_is_switched_off_loses_its_socket_with_the_next_frame(bot: StaffedBot) -> None:
    async with bot.agent() as maya:
        await staff.set_disabled(bot.services.store, MAYA, disabled=True)
        refused = await maya.send({"type": "history", "filter": "all", "before": None})
        assert refused["code"] == "not_signed_in"
        async with asyncio.timeout(5):
            await maya.line.socket.wait_closed()
        assert maya.line.socket.close_code == 4401


async def test_an_idle_socket_ends_soon_after_its_sign_in(bot: StaffedBot) -> None:
    cookie = await bot.cookie()
    async with bot.tab(cookie) as tab:
        assert (await tab.next())["type"] == "welcome"
        async with bot.http(Cookie=f"desk_session={cookie}") as http:
            await http.post("/desk/api/sign-out", json={})
        assert (await tab.next())["code"] == "not_signed_in"
        assert await tab.closed_with() == 4401


BAD_FRAMES = [
    ({"type": "dance"}, "unknown_type"),
    ({"type": "claim", "conversation": "x"}, "missing_field"),
    ({"type": "claim", "conversation": "x", "epoch": "1"}, "bad_value"),
    ({"type": "claim", "conversation": "x", "epoch": 1}, "not_found"),
    ({"type": "watch", "conversation": "x", "after": 0}, "not_found"),
    ({"type": "watch", "conversation": "x", "after": -1}, "bad_value"),
    ({"type": "close", "conversation": "x", "epoch": 1, "reason": "bored"}, "bad_value"),
    ({"type": "presence", "status": "asleep"}, "bad_value"),
    ({"type": "history", "filter": "all", "before": "yesterday"}, "bad_value"),
    ({"type": "search", "question": ""}, "bad_value"),
    ({"type": "reply", "conversation": "x", "epoch": 1, "text": " "}, "bad_value"),
    ({"type": "reply", "conversation": "x", "epoch": 1, "text": "x" * 2001}, "too_large"),
]
BAD_RAW = [
    ("not json", "bad_json"),
    ("[]", "bad_json"),
    ("{}", "missing_field"),
    ('{"type": "claim", "conversation": "x", "epoch": 1}', "missing_field"),
    ('{"type": "claim", "id": "short", "conversation": "x", "epoch": 1}', "bad_value"),
    (json.dumps({"type": "ping", "more": "x" * 20_000}), "too_large"),
    *((json.dumps({"id": "frame-000001", **frame}), code) for frame, code in BAD_FRAMES),
]


async def test_a_bad_frame_gets_a_typed_error_and_the_line_stays(bot: StaffedBot) -> None:
    async with bot.tab(await bot.cookie()) as tab:
        assert (await tab.next())["type"] == "welcome"
        for raw, code in BAD_RAW:
            await tab.socket.send(raw)
            error = await tab.next()
            assert (error["type"], error["code"]) == ("error", code), raw
            assert error["message"], raw
            assert error["hint"], raw
            if "frame-000001" in raw:
                assert error["id"] == "frame-000001", raw
        await tab.socket.send('{"type": "ping"}')
        assert await tab.next() == {"type": "pong"}


async def test_a_huge_frame_closes_the_line(bot: StaffedBot) -> None:
    async with bot.tab(await bot.cookie()) as tab:
        await tab.next()
        await tab.socket.send("x" * 100_000)
        assert await tab.closed_with() == 1009
