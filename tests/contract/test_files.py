"""Files that shoppers attach, against the real server: what is taken, what is refused, who gets them back."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.store.files import files_in, remove_files
from bot.uploads import FILE_BYTES
from tests.contract.server import ORIGIN, Bot, StartBot, eventually
from tests.contract.tab import OpenTab, Tab
from tests.files import HTML, pdf, png

Http = httpx.AsyncClient


@pytest.fixture
async def tab(bot: Bot, open_tab: OpenTab) -> Tab:
    """A shopper who waits for a person."""
    return await waiting(bot, open_tab)


async def waiting(bot: Bot, open_tab: OpenTab) -> Tab:
    tab = await open_tab(bot)
    await tab.send(type="ask_person")
    await tab.until(type="ack")
    await tab.until(type="message", kind="notice")
    return tab


def url(bot: Bot, name: str = "receipt.pdf", site: str = "fernhill") -> httpx.URL:
    return httpx.URL(f"{bot.url}/chat/v1/files", params={"site": site, "name": name})


def headers(tab: Tab, number: int = 1, **changed: str) -> dict[str, str]:
    given = {
        "Authorization": f"Bearer {tab.welcome['visitor']}",
        "X-Conversation": str(tab.conversation),
        "X-Client-Id": f"file-{number:06}",
        "Origin": ORIGIN,
    }
    return given | {name.replace("_", "-"): value for name, value in changed.items()}


def uploads(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "var" / "uploads").glob("*"))


def age(path: Path) -> None:
    """As if it had lain there for two hours."""
    path.touch()
    at = path.stat().st_mtime - 7200
    os.utime(path, (at, at))


def code(reply: httpx.Response) -> tuple[int, str]:
    return reply.status_code, reply.json()["error"]["code"]


async def test_a_file_is_stored_shown_to_every_tab_and_given_back(
    bot: Bot, tab: Tab, open_tab: OpenTab, http: Http
) -> None:
    other = await open_tab(bot, **tab.shopper)
    reply = await http.post(url(bot, "Päckchen.pdf"), content=pdf(), headers=headers(tab))
    message = await tab.until(type="message", kind="file")
    assert reply.status_code == 200
    assert reply.json() == {
        "type": "ack",
        "id": "file-000001",
        "seq": message["seq"],
        "conversation": tab.conversation,
    }
    assert await other.until(type="message", kind="file") == message
    assert (message["author"], message["text"]) == ("shopper", "Attached: Päckchen.pdf")
    assert message["id"] == "file-000001"
    file = message["file"]
    assert file == {"id": file["id"], "name": "Päckchen.pdf", "type": "application/pdf", "bytes": len(pdf())}

    got = await http.get(f"{bot.url}/chat/v1/files/{file['id']}", headers=headers(tab))
    assert (got.status_code, got.content) == (200, pdf())
    assert got.headers["content-type"] == "application/pdf"
    assert got.headers["content-length"] == str(len(pdf()))
    assert got.headers["content-disposition"].startswith('attachment; filename="P_ckchen.pdf"')
    assert "filename*=UTF-8''P%C3%A4ckchen.pdf" in got.headers["content-disposition"]
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["content-security-policy"].startswith("sandbox")
    assert got.headers["cache-control"] == "private, no-store"
    assert got.headers["access-control-allow-origin"] == ORIGIN


async def test_a_page_may_ask_whether_it_may_send(bot: Bot, http: Http) -> None:
    for path in ("", "/some-file-id"):
        asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
        reply = await http.options(f"{bot.url}/chat/v1/files{path}", headers=asked)
        assert reply.headers["access-control-allow-origin"] == ORIGIN
        allowed = reply.headers["access-control-allow-headers"].lower()
        for name in ("authorization", "x-conversation", "x-client-id"):
            assert name in allowed


async def test_a_message_comes_again_after_a_new_connection(
    bot: Bot, tab: Tab, open_tab: OpenTab, http: Http
) -> None:
    await http.post(url(bot), content=pdf(), headers=headers(tab))
    later = await open_tab(bot, **tab.shopper)
    assert [frame["file"]["name"] for frame in later.messages if frame["kind"] == "file"] == ["receipt.pdf"]


async def test_the_same_id_twice_is_one_file(bot: Bot, tab: Tab, http: Http, tmp_path: Path) -> None:
    first, again = [await http.post(url(bot), content=pdf(), headers=headers(tab)) for _ in range(2)]
    assert first.json() == again.json()
    assert len(uploads(tmp_path)) == 1


async def test_a_hundred_at_once_are_ten_files_and_words_for_the_rest(
    start_bot: StartBot, open_tab: OpenTab, tmp_path: Path
) -> None:
    bot = await start_bot(files_per_minute=60)
    tab = await waiting(bot, open_tab)
    async with httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_connections=100)) as http:
        given = [
            http.post(url(bot), content=png(padding=50_000), headers=headers(tab, n)) for n in range(100)
        ]
        replies = await asyncio.gather(*given)
    statuses = [reply.status_code for reply in replies]
    assert [statuses.count(status) for status in (200, 409, 429)] == [10, 50, 40]
    assert {code(reply)[1] for reply in replies if reply.status_code != 200} == {
        "too_many_files",
        "rate_limited",
    }
    assert len(uploads(tmp_path)) == len(await files_in(bot.services.store, str(tab.conversation))) == 10


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", (400, "bad_value")),
        (HTML, (415, "wrong_type")),
        (HTML + png(), (415, "wrong_type")),
        (bytes(FILE_BYTES + 1), (413, "too_large")),
        (bytes(3 * FILE_BYTES), (413, "too_large")),
    ],
)
async def test_a_file_that_is_not_taken_is_told_in_words_and_not_kept(
    bot: Bot, tab: Tab, http: Http, tmp_path: Path, body: bytes, expected: tuple[int, str]
) -> None:
    reply = await http.post(url(bot), content=body, headers=headers(tab))
    assert code(reply) == expected
    assert reply.json()["error"]["hint"]
    assert reply.headers["access-control-allow-origin"] == ORIGIN
    assert uploads(tmp_path) == []


async def test_a_body_without_a_length_is_counted_as_it_comes(
    bot: Bot, tab: Tab, http: Http, tmp_path: Path
) -> None:
    async def pieces(count: int) -> AsyncIterator[bytes]:
        yield png()[:20]
        for _ in range(count):
            yield bytes(2**20)
        yield png()[20:]

    small = await http.post(url(bot), content=pieces(0), headers=headers(tab, 1))
    large = await http.post(url(bot), content=pieces(6), headers=headers(tab, 2))
    assert small.status_code == 200
    assert code(large) == (413, "too_large")
    assert len(uploads(tmp_path)) == 1


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"Authorization": ""}, (401, "bad_token")),
        ({"Authorization": "Bearer forged.token.here"}, (401, "bad_token")),
        ({"Authorization": "Basic bWF5YTptYXlh"}, (401, "bad_token")),
        ({"X_Conversation": ""}, (400, "missing_field")),
        ({"X_Conversation": "never-was"}, (403, "not_yours")),
        ({"X_Conversation": "../../etc"}, (403, "not_yours")),
        ({"X_Client_Id": ""}, (400, "missing_field")),
        ({"X_Client_Id": "short"}, (400, "bad_value")),
        ({"Origin": "https://evil.example"}, (403, "wrong_origin")),
        ({"Origin": "https://other.example"}, (403, "wrong_origin")),
    ],
)
async def test_who_may_not_is_told_so(
    bot: Bot, tab: Tab, http: Http, tmp_path: Path, changed: Any, expected: tuple[int, str]
) -> None:
    reply = await http.post(url(bot), content=pdf(), headers=headers(tab, **changed))
    assert code(reply) == expected
    assert uploads(tmp_path) == []


async def test_a_site_that_is_none_is_told_so(bot: Bot, tab: Tab, http: Http) -> None:
    reply = await http.post(url(bot, site="nowhere"), content=pdf(), headers=headers(tab))
    assert code(reply) == (403, "unknown_site")


async def test_somebody_else_neither_attaches_nor_reads(
    bot: Bot, tab: Tab, open_tab: OpenTab, http: Http
) -> None:
    await http.post(url(bot), content=pdf(), headers=headers(tab))
    file = (await tab.until(type="message", kind="file"))["file"]
    stranger = await waiting(bot, open_tab)
    theirs = headers(stranger, X_Conversation=str(tab.conversation))
    assert code(await http.post(url(bot), content=pdf(), headers=theirs)) == (403, "not_yours")
    address = f"{bot.url}/chat/v1/files/{file['id']}"
    assert code(await http.get(address, headers=headers(stranger))) == (403, "not_yours")
    assert code(await http.get(address)) == (401, "bad_token")
    assert code(await http.get(f"{address}?token={tab.welcome['visitor']}")) == (401, "bad_token")
    forged = headers(tab, Authorization="Bearer " + tab.welcome["visitor"][:-3] + "abc")
    assert code(await http.get(address, headers=forged)) == (401, "bad_token")
    foreign = headers(tab, Origin="https://other.example")
    assert code(await http.get(address, headers=foreign)) == (403, "wrong_origin")


@pytest.mark.parametrize("file_id", ["never-was", "..%2f..%2fsecret", "%00", "x" * 500])
async def test_a_file_that_is_none_is_not_found(bot: Bot, tab: Tab, http: Http, file_id: str) -> None:
    assert code(await http.get(f"{bot.url}/chat/v1/files/{file_id}", headers=headers(tab))) == (
        404,
        "not_found",
    )


async def test_uploads_are_under_no_address_of_their_own(bot: Bot, tab: Tab, http: Http) -> None:
    await http.post(url(bot), content=pdf(), headers=headers(tab))
    file = (await tab.until(type="message", kind="file"))["file"]
    for path in (f"/uploads/{file['id']}", f"/widget/../../uploads/{file['id']}", f"/demo/{file['id']}"):
        assert (await http.get(bot.url + path)).content != pdf()


async def test_while_nobody_is_asked_for_a_file_is_refused(
    bot: Bot, open_tab: OpenTab, http: Http, tmp_path: Path
) -> None:
    tab = await open_tab(bot)
    await tab.say("how long")
    reply = await http.post(url(bot), content=pdf(), headers=headers(tab))
    assert code(reply) == (409, "not_handed_over")
    assert "Ask for a person" in reply.json()["error"]["hint"]
    assert uploads(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\me\\Bill.PDF", "Bill.pdf"),
        ("card 4242 4242 4242 4242.pdf", "card •••• 4242.pdf"),
        ("order FH-123456.pdf", "order FH-123456.pdf"),
        ("x\r\nSet-Cookie: a=b", "x Set-Cookie_ a=b.pdf"),
        ("", "document.pdf"),
    ],
)
async def test_a_name_is_cleaned_and_masked(bot: Bot, tab: Tab, http: Http, name: str, kept: str) -> None:
    await http.post(url(bot, name), content=pdf(), headers=headers(tab))
    message = await tab.until(type="message", kind="file")
    assert message["file"]["name"] == kept
    got = await http.get(f"{bot.url}/chat/v1/files/{message['file']['id']}", headers=headers(tab))
    assert "set-cookie" not in got.headers
    assert got.headers["content-disposition"].count("\n") == 0


async def test_a_very_long_name_is_cut_and_one_of_ten_thousand_is_refused_in_words(
    bot: Bot, tab: Tab, http: Http, tmp_path: Path
) -> None:
    await http.post(url(bot, "x" * 2_000 + ".pdf"), content=pdf(), headers=headers(tab))
    assert len((await tab.until(type="message", kind="file"))["file"]["name"]) == 120
    refused = await http.post(url(bot, "x" * 10_000 + ".pdf"), content=pdf(), headers=headers(tab, 2))
    assert code(refused) == (413, "too_large")
    assert len(uploads(tmp_path)) == 1


async def test_a_file_is_not_lost_when_the_database_is_away(
    bot: Bot, tab: Tab, http: Http, tmp_path: Path
) -> None:
    async with bot.services.store.change():  # nobody else writes meanwhile
        bot.services.store._wait_s = 0.2
        reply = await http.post(url(bot), content=pdf(), headers=headers(tab))
        assert code(reply) == (503, "unavailable")
        assert uploads(tmp_path) == []
    again = await http.post(url(bot), content=pdf(), headers=headers(tab))
    assert again.status_code == 200
    assert len(uploads(tmp_path)) == 1


async def test_what_is_purged_from_the_disk_is_no_longer_there_in_words(
    bot: Bot, tab: Tab, http: Http, tmp_path: Path
) -> None:
    await http.post(url(bot), content=pdf(), headers=headers(tab))
    file = (await tab.until(type="message", kind="file"))["file"]
    uploads(tmp_path)[0].unlink()
    assert code(await http.get(f"{bot.url}/chat/v1/files/{file['id']}", headers=headers(tab))) == (
        404,
        "not_found",
    )


async def test_removed_files_are_gone_for_everybody(bot: Bot, tab: Tab, http: Http, tmp_path: Path) -> None:
    await http.post(url(bot), content=pdf(), headers=headers(tab))
    file = (await tab.until(type="message", kind="file"))["file"]
    await remove_files(bot.services.store, str(tab.conversation))
    assert uploads(tmp_path) == []
    reply = await http.get(f"{bot.url}/chat/v1/files/{file['id']}", headers=headers(tab))
    assert code(reply) == (404, "not_found")


async def test_erasing_the_chat_erases_its_files(bot: Bot, tab: Tab, http: Http, tmp_path: Path) -> None:
    await http.post(url(bot), content=pdf(), headers=headers(tab))
    file = (await tab.until(type="message", kind="file"))["file"]
    await tab.send(type="erase")
    await tab.until(type="erased")
    assert uploads(tmp_path) == []
    reply = await http.get(f"{bot.url}/chat/v1/files/{file['id']}", headers=headers(tab))
    assert code(reply) == (404, "not_found")


async def test_a_connection_that_breaks_leaves_nothing_and_the_server_well(
    bot: Bot, tab: Tab, http: Http, tmp_path: Path
) -> None:
    port = httpx.URL(bot.url).port
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers(tab).items())
    first = "POST /chat/v1/files?site=fernhill&name=a.png HTTP/1.1\r\nHost: bot\r\nContent-Length: 90000\r\n"
    writer.write(f"{first}{lines}\r\n".encode() + png())
    await writer.drain()
    await eventually(lambda: uploads(tmp_path))
    writer.close()
    await eventually(lambda: not uploads(tmp_path))
    assert (await http.post(url(bot), content=pdf(), headers=headers(tab))).status_code == 200


async def test_a_start_sweeps_what_belongs_to_no_message(
    start_bot: StartBot, open_tab: OpenTab, http: Http, tmp_path: Path
) -> None:
    first = await start_bot()
    tab = await waiting(first, open_tab)
    await http.post(url(first), content=pdf(), headers=headers(tab))
    (kept,) = uploads(tmp_path)
    for path in (kept, orphan := kept.with_name("orphan"), broken := kept.with_name(".broken-off")):
        age(path)
    await start_bot()
    assert uploads(tmp_path) == [kept]
    assert not orphan.exists()
    assert not broken.exists()
