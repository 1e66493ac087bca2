"""Accounts of staff: who may sign in, as what. Wrong values are refused in words."""

import re
from enum import StrEnum
from typing import Final

from bot.errors import AppError
from bot.staff.passwords import MAX_CHARS, MIN_CHARS, Passwords
from bot.store import staff
from bot.store.database import Store
from bot.store.models import Staff

__all__ = ["DESK_ROLES", "Role", "add", "set_password"]

_EMAIL: Final = re.compile(r"[^\s@]{1,64}@[^\s@.]+(?:\.[^\s@.]+)+")
_EMAIL_CHARS: Final = 320
_NAME_CHARS: Final = 200


class Role(StrEnum):
    """What an account may do: agents answer at the desk, editors change articles, admins do both."""

    AGENT = "agent"
    EDITOR = "editor"
    ADMIN = "admin"


DESK_ROLES: Final = frozenset({Role.AGENT, Role.ADMIN})


async def add(
    store: Store, passwords: Passwords, *, email: str, name: str, role: str, password: str
) -> Staff:
    """A new account. AppError `bad_value` names what is wrong with which value."""
    address, called = check_email(email), _check_name(name)
    kept = await passwords.hash(check_password(password, address))
    return await staff.add_staff(store, address, called, _check_role(role), kept)


async def set_password(store: Store, passwords: Passwords, *, email: str, password: str) -> Staff:
    """The account with its new password; its sign-ins have ended. AppError `bad_value`, `not_found`."""
    kept = await passwords.hash(check_password(password, email))
    return await staff.set_password(store, email, kept)


def check_email(email: str) -> str:
    """The address in lower case. AppError `bad_value` when it is none."""
    address = email.strip().lower()
    if len(address) > _EMAIL_CHARS or not _EMAIL.fullmatch(address):
        raise AppError("bad_value", f"{email!r} is no e-mail address.", "Write it as maya@shop.example.")
    return address


def check_password(password: str, email: str) -> str:
    """The password. AppError `bad_value` when it is too short, too long, or the address itself."""
    if len(password) < MIN_CHARS:
        raise AppError(
            "bad_value",
            f"The password has {len(password)} characters, {MIN_CHARS} are the least.",
            "Take a longer one; a few words in a row are good.",
        )
    if len(password) > MAX_CHARS:
        raise AppError(
            "bad_value",
            f"The password has {len(password)} characters, {MAX_CHARS} are the most.",
            "Take a shorter one.",
        )
    if password.strip().lower() == email.strip().lower() or not password.strip():
        raise AppError("bad_value", "The password is the e-mail address, or blank.", "Take another one.")
    return password


def _check_name(name: str) -> str:
    called = " ".join(name.split())
    if not called or len(called) > _NAME_CHARS:
        raise AppError(
            "bad_value",
            f"The name has {len(called)} characters, 1 to {_NAME_CHARS} are wanted.",
            "Write the name that shoppers will see, such as Maya.",
        )
    return called


def _check_role(role: str) -> Role:
    try:
        return Role(role)
    except ValueError:
        known = ", ".join(Role)
        raise AppError("bad_value", f"{role!r} is no role.", f"The roles are {known}.") from None
