"""Signing in: a password gives a token, which names the member of staff for twelve hours."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from limits import RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from bot.errors import AppError
from bot.staff.passwords import MAX_CHARS, Passwords
from bot.store import staff
from bot.store.database import Store
from bot.store.models import Staff

__all__ = ["LASTS", "SignIn", "SignedIn"]

LASTS: Final = timedelta(hours=12)
_KEY_CHARS: Final = 320

# Guessing one account from one place, many accounts from one place, one account from many places.
PER_PAIR: Final = RateLimitItemPerMinute(5, 5)
PER_PLACE: Final = RateLimitItemPerMinute(30, 5)
PER_ACCOUNT: Final = RateLimitItemPerHour(50)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A sign-in: who, and the token that only their browser keeps."""

    staff: Staff
    token: str


def _new_token() -> str:
    return secrets.token_urlsafe(32)


class SignIn:
    """Checks passwords and tokens. The counts of attempts live in this process."""

    def __init__(self, store: Store, passwords: Passwords, new_token: Callable[[], str] = _new_token) -> None:
        self._store = store
        self._passwords = passwords
        self._new_token = new_token
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    async def sign_in(self, email: str, password: str, place: str, roles: frozenset[str]) -> SignedIn:
        """A sign-in for who has one of `roles`. `place` is where the attempt comes from, an IP address.

        AppError `not_signed_in` (the same for a wrong password, an unknown address and an account that is
        switched off), `not_allowed` for another role, `rate_limited` after too many attempts.
        """
        address = email.strip().lower()[:_KEY_CHARS]
        self._count(address, place)
        found = await staff.staff_by_email(self._store, address)
        known = found if found and found.disabled_at is None else None
        fits = await self._passwords.fits(password, known.password_hash if known else None)
        if known is None or not fits or len(password) > MAX_CHARS:
            raise AppError(
                "not_signed_in", "E-mail address and password don't match.", "Try again, or ask an admin."
            )
        if known.role not in roles:
            raise _another_role(known)
        self._limiter.clear(PER_PAIR, address, place)
        token = self._new_token()
        await staff.open_session(self._store, _hash(token), known.id, self._store.clock.now() + LASTS)
        return SignedIn(known, token)

    async def staff_of(self, token: str | None, roles: frozenset[str]) -> Staff:
        """Who signed in with this token. AppError `not_signed_in`, or `not_allowed` for another role."""
        found = await staff.session_staff(self._store, _hash(token)) if token else None
        if found is None:
            raise AppError("not_signed_in", "You are not signed in, or no longer.", "Sign in.")
        if found.role not in roles:
            raise _another_role(found)
        return found

    async def sign_out(self, token: str | None) -> None:
        """Forget the token."""
        if token:
            await staff.close_session(self._store, _hash(token))

    def _count(self, address: str, place: str) -> None:
        for limit, keys, wait in (
            (PER_PLACE, (place,), "5 minutes"),
            (PER_PAIR, (address, place), "5 minutes"),
            (PER_ACCOUNT, (address,), "an hour"),
        ):
            if not self._limiter.hit(limit, *keys):
                raise AppError("rate_limited", "Too many attempts to sign in.", f"Try again in {wait}.")


def _hash(token: str) -> str:
    # The token is 256 random bits: nothing to guess, so a fast hash keeps it as well as a slow one.
    return hashlib.sha256(token.encode()).hexdigest()


def _another_role(row: Staff) -> AppError:
    return AppError(
        "not_allowed",
        f"Your role is {row.role}, which does not open this page.",
        "Ask an admin for another role.",
    )
