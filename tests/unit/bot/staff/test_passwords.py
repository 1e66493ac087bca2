"""Passwords are hashed with argon2id and checked without telling whether there is an account."""

from argon2 import PasswordHasher

from bot.staff.passwords import Passwords


class CountingHasher(PasswordHasher):
    """argon2, counting how often it was asked."""

    verified = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # noqa: A002  (the library's name)
        self.verified += 1
        return bool(super().verify(hash, password))


async def test_a_password_fits_its_hash_and_no_other(passwords: Passwords) -> None:
    kept = await passwords.hash("a long enough password")
    assert await passwords.fits("a long enough password", kept)
    assert not await passwords.fits("a long enough passwort", kept)


async def test_the_hash_is_argon2id_and_salted() -> None:
    passwords = Passwords()
    first, second = (
        await passwords.hash("a long enough password"),
        await passwords.hash("a long enough password"),
    )
    assert first.startswith("$argon2id$")
    assert first != second


async def test_nobody_takes_as_much_work_as_somebody() -> None:
    hasher = CountingHasher(time_cost=1, memory_cost=8, parallelism=1)
    assert not await Passwords(hasher).fits("the password of nobody at all", None)
    assert hasher.verified == 1


async def test_a_broken_hash_fits_nothing(passwords: Passwords) -> None:
    assert not await passwords.fits("anything at all", "not a hash")
