"""Folders watched for change, also while they vanish and come back."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Final

from watchfiles import Change, awatch

log = logging.getLogger(__name__)

TICK_S: Final = 1.0
SURELY_EVERY_S: Final = 30.0
_DEBOUNCE_MS: Final = 100
_STEP_MS: Final = 20

_Identity = tuple[int, int] | None


async def changes(
    folders: Sequence[Path],
    concerns: Callable[[Path], bool],
    *,
    tick_s: float = TICK_S,
    surely_every_s: float = SURELY_EVERY_S,
) -> AsyncIterator[None]:
    """Yields whenever a path that `concerns` the caller may have changed; runs until cancelled.

    The system tells nothing of a folder that was replaced, and little of one that is new, so folders are
    looked at again each `tick_s`, and `surely_every_s` it yields in any case.
    """
    while True:
        armed = [_identity(folder) for folder in folders]
        there = [folder for folder, identity in zip(folders, armed, strict=True) if identity]
        # What changed before the watch began is unknown, so the first tick counts as a change.
        surely_at = 0.0
        if there:
            try:
                async with aclosing(_seen(there, concerns, tick_s)) as watching:
                    async for found in watching:
                        if not _same(folders, armed):
                            break
                        if found or time.monotonic() >= surely_at:
                            surely_at = time.monotonic() + surely_every_s
                            yield
            except OSError as error:
                log.warning("%s cannot be watched (%s). It is read every %g s.", there, error, surely_every_s)
                await asyncio.sleep(surely_every_s)
        else:
            await asyncio.sleep(tick_s)
            if _same(folders, armed):
                continue
        yield


def _seen(
    folders: Sequence[Path], concerns: Callable[[Path], bool], tick_s: float
) -> AsyncGenerator[set[tuple[Change, str]], None]:
    return awatch(
        *folders,
        watch_filter=lambda _change, path: concerns(Path(path)),
        debounce=_DEBOUNCE_MS,
        step=_STEP_MS,
        rust_timeout=int(tick_s * 1e3),
        yield_on_timeout=True,
    )


def _same(folders: Sequence[Path], armed: Sequence[_Identity]) -> bool:
    return [_identity(folder) for folder in folders] == list(armed)


def _identity(folder: Path) -> _Identity:
    try:
        info = folder.stat()
    except OSError:
        return None
    return info.st_dev, info.st_ino
