"""Accounts of staff and their sign-ins."""

from datetime import timedelta
from typing import Any

import pytest

from bot.errors import AppError
from bot.store.database import Store
from bot.store.staff import (
    add_staff,
    close_session,
    list_staff,
    open_session,
    session_staff,
    set_disabled,
    set_password,
    staff_by_email,
    staff_by_id,
)


async def test_an_address_has_one_account_however_it_is_written(store: Store) -> None:
    row = await add_staff(store, " Maya@Fernhill.example ", "Maya", "agent", "hash")
    assert row.email == "maya@fernhill.example"
    with pytest.raises(AppError) as refused:
        await add_staff(store, "MAYA@fernhill.example", "Maya again", "agent", "hash")
    assert refused.value.code == "bad_value"
    found = await staff_by_email(store, "mAYA@fernhill.example")
    assert found is not None
    assert found.id == row.id
    assert await staff_by_id(store, row.id) is not None
    assert len(await list_staff(store)) == 1


async def test_a_sign_in_ends_by_itself_or_when_the_account_is_switched_off(store: Store, clock: Any) -> None:
    row = await add_staff(store, "maya@fernhill.example", "Maya", "agent", "hash")
    for token in ("one", "two", "three"):
        await open_session(store, token, row.id, clock.now() + timedelta(hours=8))
    assert await session_staff(store, "one") is not None
    await close_session(store, "one")
    assert await session_staff(store, "one") is None
    clock.pass_time(hours=9)
    assert await session_staff(store, "two") is None
    await open_session(store, "four", row.id, clock.now() + timedelta(hours=8))
    await set_disabled(store, "maya@fernhill.example", disabled=True)
    assert await session_staff(store, "four") is None


async def test_a_new_password_ends_the_sign_ins(store: Store, clock: Any) -> None:
    row = await add_staff(store, "maya@fernhill.example", "Maya", "agent", "old")
    await open_session(store, "one", row.id, clock.now() + timedelta(hours=8))
    changed = await set_password(store, "maya@fernhill.example", "new")
    assert changed.password_hash == "new"
    assert await session_staff(store, "one") is None


async def test_nobody_is_named_when_nobody_has_the_address(store: Store) -> None:
    with pytest.raises(AppError, match=r"nobody@fernhill\.example"):
        await set_password(store, "nobody@fernhill.example", "new")
