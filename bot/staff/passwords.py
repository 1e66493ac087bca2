"""Passwords: hashed with argon2id, checked at the same pace whether or not there is an account."""

import asyncio
from functools import cached_property
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

__all__ = ["MAX_CHARS", "MIN_CHARS", "Passwords"]

MIN_CHARS: Final = 10
MAX_CHARS: Final = 1_000
AT_ONCE: Final = 2  # each takes 64 MB and a core for some tens of milliseconds


class Passwords:
    """Hashes and checks, off the event loop and few at a time."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def hash(self, password: str) -> str:
        """What to keep of a password."""
        async with self._slots:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def fits(self, password: str, kept: str | None) -> bool:
        """Whether it is the password of `kept`. None fits nothing, and takes as long to say so."""
        async with self._slots:
            return await asyncio.to_thread(self._fits, password[: MAX_CHARS + 1], kept)

    def _fits(self, password: str, kept: str | None) -> bool:
        try:
            return self._hasher.verify(kept or self._nobody, password) and kept is not None
        except (VerificationError, InvalidHashError):
            return False

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash("the password of nobody at all")
