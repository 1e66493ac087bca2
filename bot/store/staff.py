"""Accounts of staff, and their sign-ins."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from bot.errors import AppError
from bot.store.database import Store
from bot.store.models import Staff, StaffSession


async def add_staff(store: Store, email: str, name: str, role: str, password_hash: str) -> Staff:
    """A new account. AppError `bad_value` when the address has one."""
    row = Staff(id=store.new_id(), email=_address(email), name=name, role=role, password_hash=password_hash)
    try:
        async with store.change() as change:
            row.created_at = change.at
            change.session.add(row)
            change.note(None, "staff_added", staff=row.id, role=role)
    except IntegrityError as error:
        raise AppError(
            "bad_value", f"{row.email} has an account already.", "Set its password instead."
        ) from error
    return row


async def staff_by_email(store: Store, email: str) -> Staff | None:
    """The account of an address, however it is capitalised; None when there is none."""
    async with store.read() as session:
        return await session.scalar(select(Staff).where(Staff.email == _address(email)))


async def staff_by_id(store: Store, staff_id: str) -> Staff | None:
    """An account by its id, or None."""
    async with store.read() as session:
        return await session.get(Staff, staff_id)


async def list_staff(store: Store) -> list[Staff]:
    """Every account, by address."""
    async with store.read() as session:
        return list(await session.scalars(select(Staff).order_by(Staff.email)))


async def set_disabled(store: Store, email: str, disabled: bool) -> Staff:
    """Switch an account off, which ends its sign-ins, or on. AppError `not_found`."""
    async with store.change() as change:
        row = await change.session.scalar(select(Staff).where(Staff.email == _address(email)))
        if row is None:
            raise _nobody(email)
        row.disabled_at = change.at if disabled else None
        if disabled:
            await change.session.execute(delete(StaffSession).where(StaffSession.staff_id == row.id))
        change.note(None, "staff_disabled" if disabled else "staff_enabled", staff=row.id)
    return row


async def set_password(store: Store, email: str, password_hash: str) -> Staff:
    """Give an account a new password, which ends its sign-ins. AppError `not_found`."""
    async with store.change() as change:
        row = await change.session.scalar(select(Staff).where(Staff.email == _address(email)))
        if row is None:
            raise _nobody(email)
        row.password_hash = password_hash
        await change.session.execute(delete(StaffSession).where(StaffSession.staff_id == row.id))
        change.note(None, "staff_password", staff=row.id)
    return row


async def open_session(store: Store, token_hash: str, staff_id: str, expires_at: datetime) -> None:
    """Remember a sign-in; sign-ins that have run out are forgotten on the way."""
    async with store.change() as change:
        await change.session.execute(delete(StaffSession).where(StaffSession.expires_at < change.at))
        change.session.add(
            StaffSession(
                token_hash=token_hash, staff_id=staff_id, created_at=change.at, expires_at=expires_at
            )
        )
        change.note(None, "signed_in", staff=staff_id)


async def session_staff(store: Store, token_hash: str) -> Staff | None:
    """Whose sign-in it is; None when it has run out, or the account is switched off."""
    query = (
        select(Staff)
        .join(StaffSession, StaffSession.staff_id == Staff.id)
        .where(StaffSession.token_hash == token_hash, StaffSession.expires_at > store.clock.now())
        .where(Staff.disabled_at.is_(None))
    )
    async with store.read() as session:
        return await session.scalar(query)


async def close_session(store: Store, token_hash: str) -> None:
    """Forget a sign-in."""
    async with store.change() as change:
        await change.session.execute(delete(StaffSession).where(StaffSession.token_hash == token_hash))


def _address(email: str) -> str:
    return email.strip().lower()


def _nobody(email: str) -> AppError:
    return AppError(
        "not_found", f"Nobody has the address {_address(email)!r}.", "List them: python -m bot users list"
    )
