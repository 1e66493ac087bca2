"""The folder of attached files: each whole or not there, and never more than it may hold."""

import asyncio
import errno
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

import pytest

from bot.errors import AppError
from bot.file_kinds import Kind
from bot.uploads import AT_ONCE, FILE_BYTES, Uploads
from tests.files import HTML, pdf, png

ROOM = 20 * 2**20


async def pieces(*data: bytes) -> AsyncIterator[bytes]:
    for piece in data:
        yield piece


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "var" / "uploads"


@pytest.fixture
def uploads(folder: Path) -> Uploads:
    return Uploads(folder, ROOM)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


async def test_a_file_is_kept_as_it_came_for_this_user_alone(uploads: Uploads, folder: Path) -> None:
    data = png(padding=200_000)
    received = await uploads.receive(pieces(data[:70_000], data[70_000:]))
    assert (received.bytes, received.kind) == (len(data), Kind("image/png", 2, 1))
    assert uploads.path(received.id).read_bytes() == data
    assert (mode(uploads.path(received.id)), mode(folder)) == (0o600, 0o700)
    assert names(folder) == [received.id]


async def test_two_files_of_the_same_bytes_lie_under_names_nobody_can_guess(uploads: Uploads) -> None:
    first, second = await uploads.receive(pieces(pdf())), await uploads.receive(pieces(pdf()))
    assert first.id != second.id
    assert len(first.id) >= 22


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ([], "bad_value"),
        ([HTML], "wrong_type"),
        ([HTML, png()], "wrong_type"),
        ([png(padding=FILE_BYTES)[: FILE_BYTES + 1]], "too_large"),
        ([bytes(2**20)] * 6, "too_large"),
    ],
)
async def test_what_is_refused_leaves_nothing_behind(
    uploads: Uploads, folder: Path, data: list[bytes], code: str
) -> None:
    with pytest.raises(AppError) as refused:
        await uploads.receive(pieces(*data))
    assert refused.value.code == code
    assert names(folder) == []


async def test_no_more_is_read_than_the_limit(uploads: Uploads) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 2**20
            yield bytes(2**20)

    with pytest.raises(AppError):
        await uploads.receive(endless())
    assert read == FILE_BYTES + 2**20


async def test_a_file_of_exactly_the_limit_is_taken(uploads: Uploads) -> None:
    data = png(padding=FILE_BYTES - len(png(padding=1)) + 1)
    assert len(data) == FILE_BYTES
    assert (await uploads.receive(pieces(data))).bytes == FILE_BYTES


async def test_a_full_disk_is_told_in_words_and_leaves_nothing(folder: Path) -> None:
    def full(file: BinaryIO, data: bytes) -> None:
        file.write(data[:10])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    uploads = Uploads(folder, ROOM, write=full)
    with pytest.raises(AppError) as refused:
        await uploads.receive(pieces(png()))
    assert (refused.value.code, refused.value.status) == ("unavailable", 503)
    assert "can't be taken just now" in refused.value.message
    assert names(folder) == []


async def test_a_folder_that_cannot_be_made_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "uploads").write_text("a file where the folder should be")
    with pytest.raises(AppError) as refused:
        await Uploads(tmp_path / "uploads", ROOM).receive(pieces(png()))
    assert refused.value.code == "unavailable"


async def test_together_files_take_no_more_than_they_may_and_room_comes_back(folder: Path) -> None:
    uploads = Uploads(folder, 2 * len(pdf()))
    kept = [await uploads.receive(pieces(pdf())) for _ in range(2)]
    with pytest.raises(AppError) as refused:
        await uploads.receive(pieces(pdf()))
    assert refused.value.code == "unavailable"
    await uploads.remove([kept[0].id, kept[0].id, "never-was"])
    await uploads.receive(pieces(pdf()))
    assert len(names(folder)) == 2


async def test_what_lies_there_from_before_counts(folder: Path) -> None:
    await Uploads(folder, ROOM).receive(pieces(pdf()))
    later = Uploads(folder, len(pdf()))
    await later.measure(0)
    with pytest.raises(AppError):
        await later.receive(pieces(pdf()))


async def test_a_connection_that_goes_in_the_middle_leaves_nothing(uploads: Uploads, folder: Path) -> None:
    begun = asyncio.Event()

    async def stalls() -> AsyncIterator[bytes]:
        yield png()
        begun.set()
        await asyncio.Event().wait()

    receiving = asyncio.create_task(uploads.receive(stalls()))
    await begun.wait()
    assert len(names(folder)) == 1
    receiving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await receiving
    assert names(folder) == []


async def test_more_than_a_hundred_at_once_wait_their_turn_elsewhere(uploads: Uploads, folder: Path) -> None:
    done = asyncio.Event()

    async def waits() -> AsyncIterator[bytes]:
        yield pdf()[:20]
        await done.wait()
        yield pdf()[20:]

    coming = [asyncio.create_task(uploads.receive(waits())) for _ in range(AT_ONCE)]
    await asyncio.sleep(0)
    with pytest.raises(AppError) as refused:
        await uploads.receive(pieces(pdf()))
    assert refused.value.code == "rate_limited"
    done.set()
    await asyncio.gather(*coming)
    await uploads.receive(pieces(pdf()))
    assert len(names(folder)) == AT_ONCE + 1


async def test_a_hundred_at_once_each_arrive_whole(uploads: Uploads, folder: Path) -> None:
    data = [png(padding=1000 + number) for number in range(100)]
    received = await asyncio.gather(*(uploads.receive(pieces(one[:500], one[500:])) for one in data))
    assert [uploads.path(one.id).read_bytes() for one in received] == data
    assert len(names(folder)) == 100
