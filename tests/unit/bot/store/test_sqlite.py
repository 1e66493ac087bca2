"""What waits does so in the connection's thread, and the event loop goes on."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.store.sqlite import Connection, connect


@pytest_asyncio.fixture
async def connection(tmp_path: Path) -> AsyncIterator[Connection]:
    opened = await connect(str(tmp_path / "a.db"))
    await opened.cursor().execute("PRAGMA busy_timeout=2000")
    await opened.cursor().execute("CREATE TABLE t (a INTEGER)")
    yield opened
    await opened.close()


async def test_a_change_is_kept_by_its_commit_and_forgotten_by_its_rollback(connection: Connection) -> None:
    for number, end in ((1, connection.commit), (2, connection.rollback)):
        await connection.cursor().execute("BEGIN IMMEDIATE")
        await connection.cursor().executemany("INSERT INTO t VALUES (?)", [(number,)])
        await end()
    found = await connection.cursor().execute("SELECT a FROM t")
    assert await found.fetchall() == [(1,)]


async def test_waiting_for_another_writer_does_not_stop_the_loop(
    connection: Connection, tmp_path: Path
) -> None:
    other = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.ensure_future(connection.cursor().execute("BEGIN IMMEDIATE"))
    for _ in range(50):
        await asyncio.sleep(0)
    assert not waiting.done()
    other.execute("ROLLBACK")
    other.close()
    await asyncio.wait_for(waiting, 5)
    await connection.rollback()


async def test_a_closed_connection_says_so_in_the_words_sqlalchemy_knows(connection: Connection) -> None:
    await connection.close()
    with pytest.raises(sqlite3.OperationalError, match="no active connection"):
        await connection.cursor().execute("SELECT 1")
    await connection.rollback()
    await connection.close()


async def test_a_statement_that_fails_leaves_the_change_to_be_rolled_back(connection: Connection) -> None:
    await connection.cursor().execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        await connection.cursor().execute("INSERT INTO nowhere VALUES (1)")
    await connection.rollback()
    await connection.cursor().execute("BEGIN IMMEDIATE")
    await connection.commit()
