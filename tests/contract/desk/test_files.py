"""Files at the desk: an agent gets what a shopper attached, and attaches to a reply."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from scripts.line import Frame
from tests.contract.desk.people import StaffedBot, asks_for_a_person
from tests.contract.server import ORIGIN
from tests.files import HTML, pdf, png


async def attached(bot: StaffedBot, http: httpx.AsyncClient, shopper: Any) -> str:
    """The id of a picture that a shopper in the queue attached."""
    given = {
        "Authorization": f"Bearer {shopper.visitor}",
        "X-Conversation": shopper.conversation,
        "X-Client-Id": "file-000001",
        "Origin": ORIGIN,
    }
    address = f"{bot.url}/chat/v1/files?site=fernhill&name=screen.png"
    reply = await http.post(address, content=png(), headers=given)
    assert reply.status_code == 200, reply.text
    frame = await shopper.gets(type="message", kind="file")
    return str(frame["file"]["id"])


def desk_headers(bot: StaffedBot, cookie: str, number: int = 1, **changed: str) -> dict[str, str]:
    given = {"Cookie": f"desk_session={cookie}", "Origin": bot.url, "X-Client-Id": f"desk-{number:06}"}
    return given | {name.replace("_", "-"): value for name, value in changed.items()}


def code(reply: httpx.Response) -> tuple[int, str]:
    return reply.status_code, reply.json()["error"]["code"]


async def test_an_agent_sees_and_gets_what_was_attached(bot: StaffedBot, http: httpx.AsyncClient) -> None:
    async with bot.shopper() as shopper, bot.agent() as maya:
        conversation = await asks_for_a_person(shopper)
        file_id = await attached(bot, http, shopper)
        story = await maya.watch(conversation)
        message = await maya.gets(type="message", kind="file")
        assert message["file"]["id"] == story["files"][0]["id"] == file_id
        assert (message["file"]["width"], message["file"]["height"]) == (2, 1)
        got = await http.get(
            f"{bot.url}/desk/api/files/{file_id}", headers={"Cookie": f"desk_session={await bot.cookie()}"}
        )
        assert (got.status_code, got.content, got.headers["content-type"]) == (200, png(), "image/png")
        assert got.headers["content-disposition"].startswith("attachment;")
        assert got.headers["x-content-type-options"] == "nosniff"
        assert got.headers["content-security-policy"].startswith("sandbox")
        assert got.headers["cross-origin-resource-policy"] == "same-origin"


async def test_only_who_may_use_the_desk_gets_a_file(bot: StaffedBot, http: httpx.AsyncClient) -> None:
    async with bot.shopper() as shopper:
        await asks_for_a_person(shopper)
        address = f"{bot.url}/desk/api/files/{await attached(bot, http, shopper)}"
        assert code(await http.get(address)) == (401, "not_signed_in")
        assert code(await http.get(address, headers={"Cookie": "desk_session=forged"})) == (
            401,
            "not_signed_in",
        )
        token = {"Authorization": f"Bearer {shopper.visitor}"}
        assert code(await http.get(address, headers=token)) == (401, "not_signed_in")
        maya = {"Cookie": f"desk_session={await bot.cookie()}"}
        assert code(await http.get(address + "x", headers=maya)) == (404, "not_found")


async def test_an_agent_attaches_to_a_reply_and_the_shopper_gets_it(
    bot: StaffedBot, http: httpx.AsyncClient
) -> None:
    async with bot.shopper() as shopper, bot.agent() as maya:
        conversation = await asks_for_a_person(shopper)
        claimed = await maya.claim(conversation)
        cookie = await bot.cookie()
        address = (
            f"{bot.url}/desk/api/files?conversation={conversation}&epoch={claimed['epoch']}&name=label.pdf"
        )
        replies = [
            await http.post(address, content=pdf(), headers=desk_headers(bot, cookie)) for _ in range(2)
        ]
        message = await shopper.gets(type="message", kind="file")
        assert [reply.json() for reply in replies] == [
            {"type": "ack", "id": "desk-000001", "seq": message["seq"]}
        ] * 2
        assert (message["author"], message["name"], message["text"]) == (
            "agent",
            "Maya",
            "Attached: label.pdf",
        )
        token = {"Authorization": f"Bearer {shopper.visitor}"}
        got = await http.get(f"{bot.url}/chat/v1/files/{message['file']['id']}", headers=token)
        assert got.content == pdf()


@pytest.mark.parametrize(
    ("query", "changed", "body", "expected"),
    [
        ({}, {"Origin": "https://evil.example"}, pdf(), (403, "wrong_origin")),
        ({}, {"Origin": ""}, pdf(), (403, "wrong_origin")),
        ({}, {"Cookie": ""}, pdf(), (401, "not_signed_in")),
        ({}, {"X_Client_Id": ""}, pdf(), (400, "missing_field")),
        ({}, {}, HTML, (415, "wrong_type")),
        ({}, {}, b"", (400, "bad_value")),
        ({"epoch": "0"}, {}, pdf(), (409, "stale_epoch")),
        ({"epoch": "one"}, {}, pdf(), (400, "bad_value")),
        ({"conversation": "never-was"}, {}, pdf(), (404, "not_found")),
        ({"conversation": ""}, {}, pdf(), (404, "not_found")),
    ],
)
async def test_what_an_agent_may_not_attach_is_told_and_not_kept(
    bot: StaffedBot,
    http: httpx.AsyncClient,
    tmp_path: Path,
    query: Frame,
    changed: Any,
    body: bytes,
    expected: tuple[int, str],
) -> None:
    async with bot.shopper() as shopper, bot.agent() as maya:
        conversation = await asks_for_a_person(shopper)
        claimed = await maya.claim(conversation)
        asked = {"conversation": conversation, "epoch": claimed["epoch"], "name": "a.pdf"} | query
        reply = await http.post(
            f"{bot.url}/desk/api/files",
            params=asked,
            content=body,
            headers=desk_headers(bot, await bot.cookie(), **changed),
        )
        assert code(reply) == expected
        assert not list((tmp_path / "var" / "uploads").glob("*"))


async def test_who_does_not_have_the_conversation_attaches_nothing(
    bot: StaffedBot, http: httpx.AsyncClient
) -> None:
    async with bot.shopper() as shopper:
        conversation = await asks_for_a_person(shopper)
        asked = {"conversation": conversation, "epoch": 1, "name": "a.pdf"}
        reply = await http.post(
            f"{bot.url}/desk/api/files",
            params=asked,
            content=pdf(),
            headers=desk_headers(bot, await bot.cookie()),
        )
        assert code(reply) == (403, "not_allowed")
