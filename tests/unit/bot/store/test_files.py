"""Attached files in the database: each once, for a person, and never without its bytes or the other way."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.errors import AppError
from bot.store.conversations import Agent, conversation
from bot.store.database import Store
from bot.store.desk import claim, close_conversation, hand_back
from bot.store.erasing import erase_conversation
from bot.store.files import (
    FILES_EACH,
    ORPHAN_AFTER,
    Attacher,
    Attachment,
    attach,
    check_attach,
    files_in,
    find_file,
    remove_files,
    sweep,
)
from bot.store.messages import messages_after
from bot.store.shopper import ask_person, last_question, say
from bot.story import story, summaries
from bot.uploads import Uploads
from tests.files import pdf, png


async def pieces(data: bytes) -> AsyncIterator[bytes]:
    yield data


@pytest.fixture
def uploads(store: Store, tmp_path: Path) -> Uploads:
    store.uploads = Uploads(tmp_path / "uploads", 10_000_000)
    return store.uploads


@pytest.fixture
async def waiting(store: Store, uploads: Uploads, sender_of: Any) -> str:
    """A conversation in the queue."""
    taken = await say(store, sender_of(), "I was charged twice")
    await ask_person(store, sender_of(taken.conversation_id), staffed=True)
    return taken.conversation_id


async def received(uploads: Uploads, name: str = "receipt.pdf", data: bytes = b"") -> Attachment:
    return Attachment(await uploads.receive(pieces(data or pdf())), name)


def shopper(conversation_id: str, number: int = 1, visitor: str = "visitor-1") -> Attacher:
    return Attacher(conversation_id, f"file-{number:06}", visitor)


def on_disk(uploads: Uploads) -> set[str]:
    return {path.name for path in uploads.path("x").parent.iterdir()}


async def test_a_file_becomes_a_message_that_names_it(store: Store, uploads: Uploads, waiting: str) -> None:
    attachment = await received(uploads, "Screen.png", png(30, 20))
    taken = await attach(store, shopper(waiting), attachment)
    message = (await messages_after(store, waiting))[-1]
    assert (message.seq, message.kind, message.author) == (taken.seq, "file", "shopper")
    assert (message.text, message.client_id) == ("Attached: Screen.png", "file-000001")
    size = attachment.received.bytes
    assert message.body["file"] == {
        "id": attachment.received.id,
        "name": "Screen.png",
        "type": "image/png",
        "bytes": size,
        "width": 30,
        "height": 20,
    }
    row, owner = await find_file(store, attachment.received.id)
    assert (row.name, row.type, row.bytes, owner.id) == ("Screen.png", "image/png", size, waiting)
    assert on_disk(uploads) == {row.id}


async def test_the_same_id_twice_is_one_file(store: Store, uploads: Uploads, waiting: str) -> None:
    first = await attach(store, shopper(waiting), await received(uploads))
    again = await attach(store, shopper(waiting), await received(uploads))
    assert await check_attach(store, shopper(waiting)) == again
    assert (again.seq, again.again) == (first.seq, True)
    assert len(await files_in(store, waiting)) == len(on_disk(uploads)) == 1


async def test_the_same_id_twice_at_once_is_one_file(store: Store, uploads: Uploads, waiting: str) -> None:
    attachments = [await received(uploads) for _ in range(5)]
    taken = await asyncio.gather(*(attach(store, shopper(waiting), one) for one in attachments))
    assert len({one.seq for one in taken}) == 1
    assert {file.id for file in await files_in(store, waiting)} == on_disk(uploads)


async def test_a_conversation_takes_ten_and_never_one_more(
    store: Store, uploads: Uploads, waiting: str
) -> None:
    attachments = [await received(uploads) for _ in range(FILES_EACH + 5)]
    given = [attach(store, shopper(waiting, number), one) for number, one in enumerate(attachments)]
    answers = await asyncio.gather(*given, return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, AppError)]
    assert [(error.code, error.status) for error in refused] == [("too_many_files", 409)] * 5
    assert {file.id for file in await files_in(store, waiting)} == on_disk(uploads)
    assert len(on_disk(uploads)) == FILES_EACH


@pytest.mark.parametrize("state", ["assistant", "handed_back", "closed"])
async def test_without_a_person_a_file_is_refused_and_deleted(
    store: Store, uploads: Uploads, waiting: str, sender_of: Any, maya: Agent, state: str
) -> None:
    conversation_id = waiting
    if state == "assistant":
        conversation_id = (await say(store, sender_of(), "hello")).conversation_id
    else:
        epoch = (await claim(store, waiting, 1, maya)).epoch
        if state == "closed":
            await close_conversation(store, waiting, epoch, maya, "solved")
        else:
            await hand_back(store, waiting, epoch, maya, "")
    attachment = await received(uploads)
    for refuse in (
        check_attach(store, shopper(conversation_id)),
        attach(store, shopper(conversation_id), attachment),
    ):
        with pytest.raises(AppError) as refused:
            await refuse
        assert refused.value.code == ("closed" if state == "closed" else "not_handed_over")
        assert refused.value.status == 409
    assert on_disk(uploads) == set()


async def test_nobody_attaches_to_somebody_elses(store: Store, uploads: Uploads, waiting: str) -> None:
    with pytest.raises(AppError, match="somebody else"):
        await attach(store, shopper(waiting, visitor="visitor-2"), await received(uploads))
    with pytest.raises(AppError, match="no conversation"):
        await attach(store, shopper("never-was"), await received(uploads))
    assert on_disk(uploads) == set()


async def test_an_agent_attaches_to_their_own_at_the_epoch_they_read(
    store: Store, uploads: Uploads, waiting: str, maya: Agent, tom: Agent
) -> None:
    epoch = (await claim(store, waiting, 1, maya)).epoch
    await attach(store, shopper(waiting), await received(uploads))
    mine = Attacher(waiting, "agent-0001", agent=maya, epoch=epoch)
    taken = await attach(store, mine, await received(uploads, "label.pdf"))
    message = (await messages_after(store, waiting))[-1]
    assert (message.seq, message.author, message.name) == (taken.seq, "agent", "Maya")
    assert [file.author for file in await files_in(store, waiting)] == ["shopper", "agent"]
    for other, code in (
        (Attacher(waiting, "agent-0002", agent=tom, epoch=epoch), "not_allowed"),
        (Attacher(waiting, "agent-0003", agent=maya, epoch=epoch - 1), "stale_epoch"),
    ):
        with pytest.raises(AppError) as refused:
            await attach(store, other, await received(uploads))
        assert refused.value.code == code
    assert len(on_disk(uploads)) == 2


async def test_what_the_database_does_not_take_is_deleted(
    store: Store, uploads: Uploads, waiting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    attachment = await received(uploads)
    twice = Attachment(attachment.received, "twice.pdf")
    await attach(store, shopper(waiting), attachment)
    with pytest.raises(Exception, match=r"(?i)unique|duplicate"):
        await attach(store, shopper(waiting, 2), twice)  # the row's key is there already
    assert on_disk(uploads) == set()


async def test_the_story_and_the_list_tell_of_files(store: Store, uploads: Uploads, waiting: str) -> None:
    attachment = await received(uploads)
    taken = await attach(store, shopper(waiting), attachment)
    row = await conversation(store, waiting)
    assert row is not None
    (told,) = (await story(store, row))["files"]
    assert (told["id"], told["seq"], told["name"]) == (attachment.received.id, taken.seq, "receipt.pdf")
    (summary,) = await summaries(store, [row], lambda _: True)
    assert summary["last"]["text"] == "Attached: receipt.pdf"
    assert summary["question"] == "I was charged twice"
    async with store.change() as change:
        assert await last_question(change, row) == "I was charged twice"


async def test_removing_a_conversations_files_leaves_other_files(
    store: Store, uploads: Uploads, waiting: str, sender_of: Any
) -> None:
    other = (await say(store, sender_of(), "hello")).conversation_id
    await ask_person(store, sender_of(other), staffed=True)
    await attach(store, shopper(waiting, 1), await received(uploads))
    await attach(store, shopper(waiting, 2), await received(uploads))
    await attach(store, shopper(other, 3), kept := await received(uploads))
    await remove_files(store, waiting)
    await remove_files(store, waiting)
    assert await files_in(store, waiting) == []
    assert on_disk(uploads) == {kept.received.id}


async def test_erasing_a_conversation_takes_its_files_and_no_others(
    store: Store, uploads: Uploads, waiting: str, sender_of: Any
) -> None:
    other = (await say(store, sender_of(), "hello")).conversation_id
    await ask_person(store, sender_of(other), staffed=True)
    await attach(store, shopper(waiting, 1), gone := await received(uploads))
    await attach(store, shopper(other, 2), kept := await received(uploads))
    with pytest.raises(AppError, match="somebody else"):
        await erase_conversation(store, waiting, "visitor-2")
    assert len(on_disk(uploads)) == 2
    await erase_conversation(store, waiting, "visitor-1")
    assert on_disk(uploads) == {kept.received.id}
    with pytest.raises(AppError, match="no longer"):
        await find_file(store, gone.received.id)


async def test_a_file_that_comes_while_its_conversation_is_erased_is_deleted(
    store: Store, uploads: Uploads, waiting: str
) -> None:
    attachment = await received(uploads)
    await erase_conversation(store, waiting, "visitor-1")
    with pytest.raises(AppError, match="no conversation"):
        await attach(store, shopper(waiting), attachment)
    assert on_disk(uploads) == set()


async def test_a_sweep_deletes_what_belongs_to_no_message_once_it_is_old(
    store: Store, uploads: Uploads, waiting: str, clock: Any
) -> None:
    await attach(store, shopper(waiting), kept := await received(uploads))
    orphan, fresh = await received(uploads), await received(uploads)
    folder = uploads.path("x").parent
    (folder / ".broken-off").write_bytes(b"half")
    now = clock.now().timestamp()
    for path in folder.iterdir():
        os.utime(path, (now, now - ORPHAN_AFTER.total_seconds() - 1))
    os.utime(uploads.path(fresh.received.id), (now, now))
    assert await sweep(store, uploads) == 2
    assert on_disk(uploads) == {kept.received.id, fresh.received.id}
    assert not uploads.path(orphan.received.id).exists()


async def test_a_sweep_without_a_folder_finds_nothing(store: Store, tmp_path: Path) -> None:
    assert await sweep(store, Uploads(tmp_path / "none", 1)) == 0
