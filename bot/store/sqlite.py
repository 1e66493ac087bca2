"""SQLite for an event loop: what may wait makes a trip to a thread, and nothing else does.

A trip to a thread and back takes ten times as long as most statements. So the steps that may wait for the
disk or for another process run in the connection's thread: opening, reading, BEGIN IMMEDIATE, COMMIT. The
statements of a change that has its lock touch a few pages in memory, and run at once. aiosqlite, whose place
in SQLAlchemy this takes, makes four trips for each statement.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Self, TypeVar

Result = TypeVar("Result")
_BEGINS_TO_WRITE = "BEGIN IMMEDIATE"
_BEGINS = "BEGIN"


class Cursor:
    """What SQLAlchemy asks of a driver's cursor; the rows are fetched with the statement."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Self:
        """Run a statement and fetch what it gives."""
        await self._connection.run(sql, partial(self._run, sqlite3.Cursor.execute, sql, parameters))
        return self

    async def executemany(self, sql: str, parameters: Iterable[Sequence[Any]]) -> Self:
        """Run a statement once for each set of parameters."""
        await self._connection.run(sql, partial(self._run, sqlite3.Cursor.executemany, sql, parameters))
        return self

    async def fetchall(self) -> list[Any]:
        """The rows."""
        return self._rows

    async def close(self) -> None:
        """Nothing is open any more."""

    def _run(
        self, step: Callable[..., Any], sql: str, parameters: object, connection: sqlite3.Connection
    ) -> None:
        cursor = connection.cursor()
        try:
            step(cursor, sql, parameters)
            self.description, self.rowcount = cursor.description, cursor.rowcount
            self.lastrowid = cursor.lastrowid
            self._rows = cursor.fetchall() if cursor.description else []
        finally:
            cursor.close()


class Connection:
    """A connection with a thread of its own, in the form of aiosqlite's. One task uses it at a time."""

    isolation_level = None  # whoever uses it says BEGIN

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite")
        self._connection: sqlite3.Connection | None = None
        self._has_lock = False

    async def open(self, file: str) -> Self:
        """Open the database file. Raises sqlite3.Error when that can't be done."""
        connect = partial(sqlite3.connect, file, isolation_level=None, check_same_thread=False)
        self._connection = await self._in_thread(connect)
        return self

    def cursor(self) -> Cursor:
        """A cursor; nothing is asked of the database yet."""
        return Cursor(self)

    async def run(self, sql: str, work: Callable[[sqlite3.Connection], None]) -> None:
        """Do `work`, which runs `sql`: at once if that can't wait for anything, else in the thread."""
        connection = self._opened()
        if self._has_lock or sql == _BEGINS:
            work(connection)
        else:
            await self._in_thread(lambda: work(connection))
            self._has_lock = sql == _BEGINS_TO_WRITE

    async def commit(self) -> None:
        """End the transaction: what was written is on the disk."""
        self._has_lock = False
        await self._in_thread(self._opened().commit)

    async def rollback(self) -> None:
        """End the transaction and forget what was written."""
        if self._connection is None or not self._connection.in_transaction:
            return
        if self._has_lock:
            self._has_lock = False
            await self._in_thread(self._connection.rollback)
        else:  # it only read
            self._connection.rollback()

    async def create_function(self, *args: Any, **options: Any) -> None:
        """Give SQL a function; see sqlite3.Connection.create_function."""
        self._opened().create_function(*args, **options)

    async def close(self) -> None:
        """Close the connection and end its thread. Again, it does nothing."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await self._in_thread(connection.close)
        self.stop()

    def stop(self) -> None:
        """End the thread, whatever it does."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            raise sqlite3.OperationalError("no active connection")
        return self._connection

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


async def connect(file: str) -> Connection:
    """A connection to a database file."""
    return await Connection().open(file)
