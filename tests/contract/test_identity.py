"""Who the shopper is: the visitor token, and what the shop signs."""

import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bot.errors import AppError
from bot.identity import read_identity
from bot.settings import Site
from tests.contract.server import IDENTITY_KEY, ORIGIN, Bot, StartBot
from tests.contract.tab import OpenTab


def signed(subject: str = "customer-7", key: str = IDENTITY_KEY, **claims: Any) -> str:
    given = {"sub": subject, "name": "Ann", "email": "ann@example.com", "exp": time.time() + 600} | claims
    return jwt.encode({name: value for name, value in given.items() if value is not None}, key, "HS256")


async def test_a_signed_shopper_is_verified_and_stays_so(bot: Bot, open_tab: OpenTab) -> None:
    tab = await open_tab(bot)
    assert tab.welcome["verified"] is False
    await tab.say("hello")
    await tab.send(type="identify", jwt=signed())
    welcome = await tab.until(type="welcome")
    assert (welcome["verified"], welcome["name"], welcome["conversation"]) == (True, "Ann", tab.conversation)
    again = await open_tab(bot, visitor=welcome["visitor"], conversation=tab.conversation)
    assert again.welcome["verified"] is True


@pytest.mark.parametrize(
    "token",
    [
        signed(exp=time.time() - 600),
        signed(exp=None),
        signed(key="somebody else signs with this one here"),
        jwt.encode({"sub": "x", "exp": time.time() + 600}, "", "none"),
    ],
    ids=["expired", "never expires", "another key", "unsigned"],
)
async def test_what_the_shop_did_not_sign_is_refused_and_the_chat_goes_on(
    bot: Bot, open_tab: OpenTab, token: str
) -> None:
    tab = await open_tab(bot)
    await tab.send(type="identify", jwt=token)
    assert (await tab.until(type="error"))["code"] == "bad_value"
    assert (await tab.say("hello"))["kind"] == "answer"
    again = await open_tab(bot, **tab.shopper)
    assert again.welcome["verified"] is False


def test_a_shop_may_sign_with_a_key_of_its_own_that_nobody_else_has() -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    site = Site.model_validate(
        {
            "name": "Fernhill",
            "origins": [ORIGIN],
            "identity_keys": [{"alg": "HS256", "key": IDENTITY_KEY}, {"alg": "ES256", "key": public}],
        }
    )
    claims = {"sub": "customer-7", "exp": time.time() + 600}
    assert read_identity(site, jwt.encode(claims, private, "ES256")).subject == "customer-7"
    other = ec.generate_private_key(ec.SECP256R1())
    with pytest.raises(AppError, match="no key of the site"):
        read_identity(site, jwt.encode(claims, other, "ES256"))


async def test_somebody_else_at_the_same_browser_sees_nothing_of_the_first(
    bot: Bot, open_tab: OpenTab
) -> None:
    tab = await open_tab(bot)
    await tab.send(type="identify", jwt=signed("ann"))
    first = await tab.until(type="welcome")
    await tab.say("my secret")
    await tab.send(type="identify", jwt=signed("bob", name="Bob"))
    second = await tab.until(type="welcome")
    assert second["visitor"] != first["visitor"]
    assert (second["conversation"], second["name"]) == (None, "Bob")
    mine = tab.conversation
    await tab.say("hello")
    assert tab.conversation != mine


async def test_a_token_of_another_server_is_refused(start_bot: StartBot, open_tab: OpenTab) -> None:
    one = await start_bot(secret="1" * 32)
    other = await start_bot(secret="2" * 32)
    tab = await open_tab(one)
    stranger = await open_tab(other, hello=False)
    await stranger.send(type="hello", v=1, site="fernhill", visitor=tab.welcome["visitor"])
    assert (await stranger.next())["code"] == "bad_token"
