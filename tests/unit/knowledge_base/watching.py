"""A library that watches its folders, and waiting for what comes of it."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable

from knowledge_base.library import Library

PATIENCE_S = 20.0


@contextlib.asynccontextmanager
async def watched(library: Library) -> AsyncIterator[None]:
    """The library watches while the body runs."""
    watching = asyncio.create_task(library.watch())
    try:
        yield
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching


async def until(true: Callable[[], object]) -> None:
    """Returns once `true` holds; AssertionError when it does not in time."""
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)
