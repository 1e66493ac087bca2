"""Folders watched for change while they vanish, come back and are replaced."""

import asyncio
import contextlib
import time

import pytest

from knowledge_base.watcher import changes


@contextlib.asynccontextmanager
async def heard(*folders, concerns=lambda _: True, **options):
    """The times at which something may have changed."""
    times = []

    async def listen():
        async for _ in changes(folders, concerns, tick_s=0.1, **options):
            times.append(time.monotonic())  # noqa: PERF401 (heard as they come)

    listening = asyncio.create_task(listen())
    try:
        yield times
    finally:
        listening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await listening


async def next_one(times, since, within_s=20.0):
    deadline = time.monotonic() + within_s
    while len(times) <= since:
        assert time.monotonic() < deadline, "nothing was heard"
        await asyncio.sleep(0.01)
    return len(times)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "watched").mkdir()
    return tmp_path / "watched"


async def test_a_written_file_is_heard(folder):
    async with heard(folder) as times:
        count = await next_one(times, 0)
        (folder / "a.md").write_text("a", encoding="utf-8")
        await next_one(times, count)


async def test_what_concerns_nobody_is_not_heard(folder):
    async with heard(folder, concerns=lambda path: path.suffix == ".md") as times:
        count = await next_one(times, 0)
        (folder / "a.txt").write_text("a", encoding="utf-8")
        await asyncio.sleep(0.5)
        assert len(times) == count
        (folder / "a.md").write_text("a", encoding="utf-8")
        await next_one(times, count)


async def test_a_folder_that_comes_later_is_heard_and_so_are_its_files(tmp_path):
    folder = tmp_path / "later"
    async with heard(folder) as times:
        await asyncio.sleep(0.3)
        assert times == []
        folder.mkdir()
        # One when it is there, one when it is watched.
        count = await next_one(times, await next_one(times, 0))
        (folder / "a.md").write_text("a", encoding="utf-8")
        await next_one(times, count)


async def test_a_folder_that_vanishes_and_returns_is_heard_again(folder, tmp_path):
    async with heard(folder) as times:
        count = await next_one(times, 0)
        folder.rename(tmp_path / "away")
        count = await next_one(times, count)
        (tmp_path / "away").rename(folder)
        count = await next_one(times, await next_one(times, count))
        (folder / "a.md").write_text("a", encoding="utf-8")
        await next_one(times, count)


async def test_a_folder_replaced_by_another_is_heard(folder, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    async with heard(folder) as times:
        count = await next_one(times, 0)
        folder.rename(tmp_path / "away")
        other.rename(folder)
        count = await next_one(times, await next_one(times, count))
        (folder / "a.md").write_text("a", encoding="utf-8")
        await next_one(times, count)


async def test_it_yields_now_and_then_in_any_case(folder):
    async with heard(folder, surely_every_s=0.2) as times:
        await next_one(times, 3)
