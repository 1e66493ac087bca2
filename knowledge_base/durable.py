"""Files that are there whole or not at all, also after a crash or a power cut."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

LOCK_TIMEOUT_S: Final = 5.0
_LOCK_RETRY_S: Final = 0.02


def write_whole(path: Path, data: bytes) -> None:
    """Puts `data` where `path` is, by a rename: a reader sees the file before or this one."""
    staged = path.with_name(f".{path.name}.{os.getpid()}")
    write_through(staged, data)
    staged.replace(path)
    sync_folder(path.parent)


def write_through(path: Path, data: bytes) -> None:
    """Writes a file and waits until it is on the disk."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Waits until the names in a folder are on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def alone(lock: Path, timeout_s: float = LOCK_TIMEOUT_S) -> Iterator[None]:
    """One process at a time; the system lets go of the lock when a process dies.

    Raises `TimeoutError` when another one keeps it for longer than `timeout_s`.
    """
    deadline = time.monotonic() + timeout_s
    with lock.open("ab") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() > deadline:
                    message = f"another process has been writing to {lock.parent} for {timeout_s:g} s"
                    raise TimeoutError(message) from error
                time.sleep(_LOCK_RETRY_S)
        yield
