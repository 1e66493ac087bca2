"""Shoppers and agents against the running system."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from scripts.shopper import PAYMENT_CONTEXT, Agent, Shopper, sign_in
from scripts.stack import AGENT, Stack


@pytest.fixture
async def shopper(stack: Stack) -> AsyncIterator[Shopper]:
    """A shopper on the payment page who has said nothing yet."""
    async with Shopper(stack.url, context=dict(PAYMENT_CONTEXT)) as someone:
        yield someone


@pytest.fixture(scope="session")
def signed_in(stack: Stack) -> str:
    """Maya's cookie; she signs in once, as the desk limits how often one may."""
    return asyncio.run(sign_in(stack.url, AGENT["email"], AGENT["password"]))


@pytest.fixture
async def agent(stack: Stack, signed_in: str) -> AsyncIterator[Agent]:
    """Maya, signed in and online at the desk."""
    async with Agent(stack.url, AGENT["email"], AGENT["password"], cookie=signed_in) as someone:
        yield someone
