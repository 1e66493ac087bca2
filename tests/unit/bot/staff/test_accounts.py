"""Accounts are added with values that make sense; what does not is refused in words."""

import pytest

from bot.errors import AppError
from bot.staff import accounts
from bot.staff.passwords import Passwords
from bot.store import staff
from bot.store.database import Store

GOOD = {
    "email": "maya@fernhill.example",
    "name": "Maya",
    "role": "agent",
    "password": "a long enough password",
}


async def test_an_account_is_kept_without_its_password(store: Store, passwords: Passwords) -> None:
    row = await accounts.add(
        store, passwords, **{**GOOD, "email": " Maya@Fernhill.Example ", "name": " Maya  L. "}
    )
    assert (row.email, row.name, row.role) == ("maya@fernhill.example", "Maya L.", "agent")
    assert GOOD["password"] not in row.password_hash
    assert await passwords.fits(GOOD["password"], row.password_hash)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"email": "maya"}, "'maya' is no e-mail address."),
        ({"email": "maya@localhost"}, "'maya@localhost' is no e-mail address."),
        ({"email": "a b@c.example"}, "'a b@c.example' is no e-mail address."),
        ({"email": "a@" + "b" * 320 + ".example"}, "is no e-mail address."),
        ({"name": "  "}, "The name has 0 characters"),
        ({"name": "x" * 201}, "The name has 201 characters"),
        ({"role": "boss"}, "'boss' is no role."),
        ({"password": "too short"}, "The password has 9 characters, 10 are the least."),
        ({"password": "x" * 1001}, "The password has 1001 characters, 1000 are the most."),
        ({"password": "Maya@Fernhill.example"}, "The password is the e-mail address"),
        ({"password": " " * 12}, "or blank"),
    ],
)
async def test_a_wrong_value_is_named(
    store: Store, passwords: Passwords, wrong: dict[str, str], said: str
) -> None:
    with pytest.raises(AppError) as refused:
        await accounts.add(store, passwords, **{**GOOD, **wrong})
    assert refused.value.code == "bad_value"
    assert said in refused.value.message
    assert refused.value.hint
    assert await staff.list_staff(store) == []


async def test_an_address_has_one_account(store: Store, passwords: Passwords) -> None:
    await accounts.add(store, passwords, **GOOD)
    with pytest.raises(AppError, match="has an account already"):
        await accounts.add(store, passwords, **{**GOOD, "email": "MAYA@fernhill.example"})


async def test_another_password_replaces_the_first(store: Store, passwords: Passwords) -> None:
    await accounts.add(store, passwords, **GOOD)
    row = await accounts.set_password(store, passwords, email=GOOD["email"], password="another password")
    assert await passwords.fits("another password", row.password_hash)
    assert not await passwords.fits(GOOD["password"], row.password_hash)


async def test_a_password_for_nobody_says_so(store: Store, passwords: Passwords) -> None:
    with pytest.raises(AppError, match=r"Nobody has the address 'x@y\.example'"):
        await accounts.set_password(store, passwords, email="x@y.example", password="another password")
