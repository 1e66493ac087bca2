"""SQLite with one trip to its thread for each statement, where the driver alone takes four.

aiosqlite runs each step in a thread of its own: make a cursor, execute, fetch, close. Every step costs a
switch of threads, which takes longer than the work. Here the four are one step.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import aiosqlite


class Cursor:
    """What SQLAlchemy asks of a driver's cursor; the rows are fetched with the statement."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> "Cursor":
        return self

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> "Cursor":
        """Run a statement and fetch what it gives."""
        await self._connection.in_thread(partial(self._run, sqlite3.Cursor.execute, sql, parameters))
        return self

    async def executemany(self, sql: str, parameters: Iterable[Sequence[Any]]) -> "Cursor":
        """Run a statement once for each set of parameters."""
        await self._connection.in_thread(partial(self._run, sqlite3.Cursor.executemany, sql, parameters))
        return self

    async def fetchall(self) -> list[Any]:
        """The rows."""
        return self._rows

    async def close(self) -> None:
        """Nothing is open any more."""

    def _run(self, step: Any, sql: str, parameters: Any, connection: sqlite3.Connection) -> None:
        cursor = connection.cursor()
        try:
            step(cursor, sql, parameters)
            self.description, self.rowcount = cursor.description, cursor.rowcount
            self.lastrowid = cursor.lastrowid
            self._rows = cursor.fetchall() if cursor.description else []
        finally:
            cursor.close()


class Connection(aiosqlite.Connection):
    """aiosqlite's connection, with cursors that make one trip."""

    def __init__(self, file: str) -> None:
        super().__init__(partial(sqlite3.connect, file), iter_chunk_size=64)
        self._thread.daemon = True

    def cursor(self) -> Any:
        """A cursor; nothing is asked of the thread yet."""
        return Cursor(self)

    async def in_thread(self, work: Any) -> None:
        """Do `work(connection)` in the connection's thread."""
        await self._execute(lambda: work(self._conn))  # type: ignore[no-untyped-call]
