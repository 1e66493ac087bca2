"""Bad input from a page gets a typed answer in words, and loses nothing."""

import json
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from scripts.shopper import hello
from tests.contract.server import ORIGIN, Bot, StartBot
from tests.contract.tab import OpenTab


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("not json", "bad_json"),
        ("[1, 2]", "bad_json"),
        ("NaN", "bad_json"),
        ('{"type": NaN}', "bad_json"),
        ("[" * 5000, "bad_json"),
        ("{}", "missing_field"),
        ('{"type": "sing", "id": "frame-00000001"}', "unknown_type"),
        ('{"type": ["say"]}', "unknown_type"),
        ('{"type": "say", "text": "hi"}', "missing_field"),
        ('{"type": "say", "id": "frame-00000001"}', "missing_field"),
        ('{"type": "say", "id": "short", "text": "hi"}', "bad_value"),
        ('{"type": "say", "id": "frame-00000001", "text": 7}', "bad_value"),
        ('{"type": "say", "id": "frame-00000001", "text": "  "}', "bad_value"),
        (json.dumps({"type": "say", "id": "frame-00000001", "text": "x" * 2001}), "too_large"),
        (json.dumps({"type": "say", "id": "frame-00000001", "text": "x" * 17000}), "too_large"),
        ('{"type": "verdict", "id": "frame-00000001", "seq": 1, "helped": "yes"}', "bad_value"),
        ('{"type": "verdict", "id": "frame-00000001", "seq": 1, "helped": true}', "bad_value"),
        ('{"type": "choose", "id": "frame-00000001", "seq": 99999999999, "article": null}', "bad_value"),
        ('{"type": "dismiss", "seq": 4}', "bad_value"),
        ('{"type": "track", "id": "frame-00000001", "event": "Not a name", "data": {}}', "bad_value"),
        ('{"type": "track", "id": "frame-00000001", "event": "a", "data": {"deep": {"er": 1}}}', "bad_value"),
        (
            json.dumps({"type": "track", "id": "frame-00000001", "event": "a", "data": {"x": "y" * 2100}}),
            "too_large",
        ),
        ('{"type": "identify", "jwt": "nonsense"}', "bad_value"),
        ('{"type": "hello", "v": 1, "site": "fernhill"}', "bad_value"),
    ],
)
async def test_a_bad_frame_gets_a_typed_error_and_the_connection_stays(
    bot: Bot, open_tab: OpenTab, raw: str, code: str
) -> None:
    tab = await open_tab(bot)
    await tab.socket.send(raw)
    error = await tab.until(type="error")
    assert error["code"] == code
    assert error["status"] in (400, 413)
    assert error["message"]
    assert error["hint"]
    if '"id": "frame-00000001"' in raw and len(raw) < 16_000:
        assert error["id"] == "frame-00000001"
    assert (await tab.say("still there"))["kind"] == "answer"


async def test_a_binary_frame_that_is_not_text_is_bad_json(bot: Bot, open_tab: OpenTab) -> None:
    tab = await open_tab(bot)
    await tab.socket.send(b"\xff\xfe\x00\x01")
    assert (await tab.until(type="error"))["code"] == "bad_json"
    assert (await tab.say("still there"))["kind"] == "answer"


async def test_a_frame_of_100_kb_closes_the_connection_and_loses_nothing(bot: Bot, open_tab: OpenTab) -> None:
    tab = await open_tab(bot)
    await tab.say("before")
    await tab.socket.send(json.dumps({"type": "say", "id": "frame-00000009", "text": "x" * 100_000}))
    assert await tab.closed_with() == 1009
    again = await open_tab(bot, **tab.shopper)
    assert [text for _, text in again.said] == ["before", "The answer to before."]


async def test_characters_that_no_database_keeps_are_left_out(bot: Bot, open_tab: OpenTab) -> None:
    tab = await open_tab(bot)
    await tab.socket.send('{"type": "say", "id": "frame-00000001", "text": "a\\u0000b\\ud800c"}')
    assert (await tab.until(type="message", author="shopper"))["text"] == "ab?c"


async def test_a_repeated_id_gives_the_same_ack_and_stores_nothing(bot: Bot, open_tab: OpenTab) -> None:
    tab = await open_tab(bot)
    frame_id = await tab.send(type="say", text="once")
    first = await tab.until(type="ack", id=frame_id)
    await tab.until(type="message", author="assistant")
    await tab.send(type="say", text="once", id=frame_id)
    assert await tab.until(type="ack", id=frame_id) == first
    await tab.ping()
    said = [frame for frame in tab.frames if frame.get("author") == "shopper"]
    assert len(said) == 1


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
async def test_a_wrong_origin_is_refused_before_the_handshake(
    bot: Bot, open_tab: OpenTab, origin: Any
) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await open_tab(bot, origin=origin)
    assert refused.value.response.status_code == 403
    body = json.loads(refused.value.response.body or b"{}")
    assert body["error"]["code"] == "wrong_origin"


@pytest.mark.parametrize(
    ("fields", "code", "closes"),
    [
        ({"v": 2}, "unsupported_version", 4400),
        ({"site": "nowhere"}, "unknown_site", 4403),
        ({"site": "other"}, "wrong_origin", 4403),
        ({"visitor": "not.a.token"}, "bad_token", 4401),
        ({"conversation": "somebody-elses"}, "not_yours", 4403),
    ],
)
async def test_a_hello_that_cannot_be_answered_closes_with_its_reason(
    bot: Bot, open_tab: OpenTab, fields: Any, code: str, closes: int
) -> None:
    tab = await open_tab(bot, hello=False)
    await tab.socket.send(json.dumps(hello(**fields)))
    assert (await tab.until(type="error"))["code"] == code
    assert await tab.closed_with() == closes


async def test_a_hello_with_a_missing_field_may_be_said_again(bot: Bot, open_tab: OpenTab) -> None:
    tab = await open_tab(bot, hello=False)
    await tab.socket.send('{"type": "hello", "v": 1}')
    assert (await tab.until(type="error"))["code"] == "missing_field"
    await tab.socket.send('{"type": "ping"}')
    assert (await tab.until(type="error"))["code"] == "bad_value"
    await tab.hello()
    assert (await tab.say("hello"))["kind"] == "answer"


async def test_who_says_no_hello_is_not_waited_for(start_bot: StartBot, open_tab: OpenTab) -> None:
    bot = await start_bot(hello_timeout_s=0.2)
    tab = await open_tab(bot, hello=False)
    assert await tab.closed_with() == 1008


async def test_another_visitors_token_opens_nothing_of_mine(bot: Bot, open_tab: OpenTab) -> None:
    mine = await open_tab(bot)
    await mine.say("mine")
    theirs = await open_tab(bot)
    tab = await open_tab(bot, hello=False)
    await tab.socket.send(json.dumps(hello(**theirs.shopper | {"conversation": mine.conversation})))
    assert (await tab.until(type="error"))["code"] == "not_yours"
    assert await tab.closed_with() == 4403
    assert not tab.messages


async def test_too_many_frames_are_refused_in_words_and_taken_later(
    start_bot: StartBot, open_tab: OpenTab
) -> None:
    bot = await start_bot(frames_at_once=3, frames_per_s=3.0)
    tab = await open_tab(bot)
    for _ in range(5):
        await tab.socket.send('{"type": "ping"}')
    error = await tab.until(type="error")
    assert (error["code"], error["status"], error["hint"]) == ("rate_limited", 429, "Try again in 1 second.")
    second = await open_tab(bot, hello=False)
    await second.socket.send(json.dumps(hello(visitor=tab.welcome["visitor"])))
    assert (await second.next())["code"] == "rate_limited"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"not json", 400, "bad_json"),
        (b'{"v": 1}', 400, "missing_field"),
        (b'{"v": 1, "frames": []}', 400, "bad_value"),
        (b'{"v": 1, "frames": [{"type": "ping"}]}', 400, "bad_value"),
        (b'{"v": 1, "wait_s": 99, "frames": [{"type": "hello"}]}', 400, "bad_value"),
        (b'{"v": 3, "frames": [{"type": "hello", "v": 1, "site": "fernhill"}]}', 400, "unsupported_version"),
        (b'{"v": 1, "frames": [{"type": "hello", "v": 1, "site": "nowhere"}]}', 403, "unknown_site"),
        (
            b'{"v": 1, "frames": [{"type": "hello", "v": 1, "site": "fernhill", "visitor": "x"}]}',
            401,
            "bad_token",
        ),
        (b'{"v": 1, "frames": [' + b" " * 300_000 + b"]}", 413, "too_large"),
    ],
)
async def test_over_http_a_bad_batch_gets_the_same_error_with_its_status(
    bot: Bot, http: httpx.AsyncClient, body: bytes, status: int, code: str
) -> None:
    reply = await http.post(f"{bot.url}/chat/v1/frames", content=body, headers={"Origin": ORIGIN})
    assert (reply.status_code, reply.json()["error"]["code"]) == (status, code)
    assert reply.json()["error"]["status"] == status


async def test_over_http_a_bad_frame_in_a_good_batch_is_answered_among_the_frames(
    bot: Bot, http: httpx.AsyncClient
) -> None:
    frames = [
        {"type": "hello", "v": 1, "site": "fernhill"},
        {"type": "sing", "id": "frame-00000001"},
        {"type": "say", "id": "frame-00000002", "text": "x" * 17_000},
        {"type": "say", "id": "frame-00000003", "text": "hello"},
    ]
    reply = await http.post(
        f"{bot.url}/chat/v1/frames",
        json={"v": 1, "frames": frames},
        headers={"Origin": ORIGIN},
    )
    errors = [(f["id"], f["code"]) for f in reply.json()["frames"] if f["type"] == "error"]
    assert errors == [("frame-00000001", "unknown_type"), ("frame-00000002", "too_large")]
    assert [f["id"] for f in reply.json()["frames"] if f["type"] == "ack"] == ["frame-00000003"]


async def test_over_http_a_wrong_origin_is_refused(bot: Bot, http: httpx.AsyncClient) -> None:
    reply = await http.post(
        f"{bot.url}/chat/v1/frames", json={"v": 1, "frames": []}, headers={"Origin": "https://evil.example"}
    )
    assert (reply.status_code, reply.json()["error"]["code"]) == (403, "wrong_origin")
    assert "access-control-allow-origin" not in reply.headers
