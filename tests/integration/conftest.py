"""Shoppers and agents against the running system."""

from collections.abc import AsyncIterator

import pytest

from scripts.shopper import PAYMENT_CONTEXT, Agent, Shopper
from scripts.stack import AGENT, Stack


@pytest.fixture
async def shopper(stack: Stack) -> AsyncIterator[Shopper]:
    """A shopper on the payment page who has said nothing yet."""
    async with Shopper(stack.url, context=dict(PAYMENT_CONTEXT)) as someone:
        yield someone


@pytest.fixture
async def agent(stack: Stack) -> AsyncIterator[Agent]:
    """Maya, signed in and online at the desk."""
    async with Agent(stack.url, AGENT["email"], AGENT["password"]) as someone:
        yield someone
