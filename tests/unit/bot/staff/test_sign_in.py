"""A password gives a token for twelve hours; guessing gets slower, and says nothing."""

import pytest
from sqlalchemy import select

from bot.errors import AppError
from bot.staff import accounts
from bot.staff.accounts import DESK_ROLES
from bot.staff.passwords import Passwords
from bot.staff.sign_in import PER_ACCOUNT, PER_PLACE, SignIn
from bot.store import staff
from bot.store.database import Store
from bot.store.models import StaffSession
from tests.unit.bot.clock import HandClock

EMAIL, ED = "maya@fernhill.example", "ed@fernhill.example"
PASSWORD, HERE = "a long enough password", "192.0.2.1"


@pytest.fixture
async def sign_in(store: Store, passwords: Passwords) -> SignIn:
    await accounts.add(store, passwords, email=EMAIL, name="Maya", role="agent", password=PASSWORD)
    await accounts.add(store, passwords, email=ED, name="Ed", role="editor", password=PASSWORD)
    return SignIn(store, passwords)


async def _refusal(
    sign_in: SignIn, email: str = EMAIL, password: str = PASSWORD, place: str = HERE
) -> AppError:
    with pytest.raises(AppError) as refused:
        await sign_in.sign_in(email, password, place, DESK_ROLES)
    return refused.value


async def test_the_right_password_gives_a_token_that_names_the_agent(sign_in: SignIn) -> None:
    signed_in = await sign_in.sign_in("  MAYA@fernhill.example", PASSWORD, HERE, DESK_ROLES)
    assert (await sign_in.staff_of(signed_in.token, DESK_ROLES)).name == "Maya"


async def test_the_store_keeps_no_token(sign_in: SignIn, store: Store) -> None:
    signed_in = await sign_in.sign_in(EMAIL, PASSWORD, HERE, DESK_ROLES)
    async with store.read() as session:
        kept = (await session.scalars(select(StaffSession))).one()
    assert signed_in.token not in (kept.token_hash, kept.staff_id)


async def test_wrong_password_unknown_address_and_disabled_account_are_told_apart_by_nobody(
    sign_in: SignIn, store: Store
) -> None:
    wrong = await _refusal(sign_in, password="not the password at all")
    unknown = await _refusal(sign_in, email="nobody@fernhill.example")
    await staff.set_disabled(store, EMAIL, disabled=True)
    disabled = await _refusal(sign_in)
    assert wrong.body() == unknown.body() == disabled.body()
    assert wrong.status == 401


async def test_an_editor_does_not_sign_in_at_the_desk(sign_in: SignIn, store: Store) -> None:
    refused = await _refusal(sign_in, email=ED)
    assert (refused.code, refused.status) == ("not_allowed", 403)
    assert "Your role is editor" in refused.message
    async with store.read() as session:
        assert (await session.scalars(select(StaffSession))).all() == []


async def test_an_editor_is_told_of_the_role_only_with_the_right_password(sign_in: SignIn) -> None:
    assert (await _refusal(sign_in, email=ED, password="wrong wrong wrong")).code == "not_signed_in"


async def test_a_sign_in_ends_after_twelve_hours(sign_in: SignIn, clock: HandClock) -> None:
    token = (await sign_in.sign_in(EMAIL, PASSWORD, HERE, DESK_ROLES)).token
    clock.pass_time(hours=11, minutes=59)
    await sign_in.staff_of(token, DESK_ROLES)
    clock.pass_time(minutes=2)
    with pytest.raises(AppError, match="not signed in"):
        await sign_in.staff_of(token, DESK_ROLES)


async def test_a_sign_in_ends_with_the_account_and_with_the_password(
    sign_in: SignIn, store: Store, passwords: Passwords
) -> None:
    token = (await sign_in.sign_in(EMAIL, PASSWORD, HERE, DESK_ROLES)).token
    await accounts.set_password(store, passwords, email=EMAIL, password="quite another password")
    with pytest.raises(AppError, match="not signed in"):
        await sign_in.staff_of(token, DESK_ROLES)
    token = (await sign_in.sign_in(EMAIL, "quite another password", HERE, DESK_ROLES)).token
    await staff.set_disabled(store, EMAIL, disabled=True)
    with pytest.raises(AppError, match="not signed in"):
        await sign_in.staff_of(token, DESK_ROLES)


async def test_signing_out_forgets_the_token(sign_in: SignIn) -> None:
    token = (await sign_in.sign_in(EMAIL, PASSWORD, HERE, DESK_ROLES)).token
    await sign_in.sign_out(token)
    with pytest.raises(AppError, match="not signed in"):
        await sign_in.staff_of(token, DESK_ROLES)
    await sign_in.sign_out(None)


@pytest.mark.parametrize("token", [None, "", "guess", "ü" * 40])
async def test_no_token_and_a_guessed_one_name_nobody(sign_in: SignIn, token: str | None) -> None:
    with pytest.raises(AppError, match="not signed in"):
        await sign_in.staff_of(token, DESK_ROLES)


async def test_guessing_one_account_from_one_place_is_stopped(sign_in: SignIn) -> None:
    for _ in range(5):
        assert (await _refusal(sign_in, password="wrong wrong wrong")).code == "not_signed_in"
    refused = await _refusal(sign_in)
    assert (refused.code, refused.status, refused.hint) == ("rate_limited", 429, "Try again in 5 minutes.")
    assert (await sign_in.sign_in(EMAIL, PASSWORD, "192.0.2.2", DESK_ROLES)).staff.name == "Maya"


async def test_a_right_password_forgets_the_wrong_ones(sign_in: SignIn) -> None:
    for _ in range(3):
        for _ in range(4):
            assert (await _refusal(sign_in, password="wrong wrong wrong")).code == "not_signed_in"
        await sign_in.sign_in(EMAIL, PASSWORD, HERE, DESK_ROLES)


async def test_guessing_many_accounts_from_one_place_is_stopped(sign_in: SignIn) -> None:
    for number in range(PER_PLACE.amount):
        assert (await _refusal(sign_in, email=f"n{number}@fernhill.example")).code == "not_signed_in"
    assert (await _refusal(sign_in)).code == "rate_limited"


async def test_guessing_one_account_from_many_places_is_stopped(sign_in: SignIn) -> None:
    for number in range(PER_ACCOUNT.amount):
        refused = await _refusal(sign_in, password="wrong wrong wrong", place=f"192.0.2.{number}")
        assert refused.code == "not_signed_in"
    assert (await _refusal(sign_in, place="198.51.100.1")).hint == "Try again in an hour."
