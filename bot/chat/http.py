"""The same frames without a WebSocket: one POST carries some, and may wait for news."""

import asyncio
from typing import Any

from sanic import HTTPResponse, Request
from sanic.response import json

from bot import protocol as wire
from bot.chat.session import Session
from bot.chat.shared import Shared
from bot.errors import AppError
from bot.hub import Subscription
from bot.services import Services


async def answer_frames(shared: Shared, request: Request) -> HTTPResponse:
    """The reply to a batch of frames. Raises AppError when the batch, or its `hello`, is refused."""
    services = shared.services
    batch = wire.parse_batch(wire.read_object(request.body, wire.BATCH_BYTES))
    if batch.v != wire.VERSION:
        raise AppError(
            "unsupported_version", f"`v` is {batch.v}; this server speaks {wire.VERSION}.", "Reload the page."
        )
    sent: list[dict[str, Any]] = []

    async def send(frame: dict[str, Any]) -> None:
        sent.append(frame)

    hello = wire.parse(batch.frames[0])
    if not isinstance(hello, wire.Hello):
        raise AppError("bad_value", "The first frame is `hello`.", "Send `hello`, then the rest.")
    with services.hub.subscribe(services.store.new_id()) as subscription:
        session = Session(shared, subscription, send)
        try:
            await services.whole(session.greet(hello, request.headers.get("origin"), request.client_ip))
            greeted = len(sent)
            for given in batch.frames[1:]:
                await services.whole(_take(session, given))
            await session.suggestions.finish()
            own = {wire.frame_id(given) for given in batch.frames}
            await _wait_for_news(services, session, subscription, batch.wait_s, sent, greeted, own)
        finally:
            session.close()
    return json({"frames": sent})


async def _take(session: Session, given: dict[str, Any]) -> None:
    try:
        wire.read_object(_size_of(given))
    except AppError as error:
        await session.refuse(error, wire.frame_id(given))
        return
    await session.take(given)


def _size_of(given: dict[str, Any]) -> bytes:
    return json(given).body or b""


async def _wait_for_news(
    services: Services,
    session: Session,
    subscription: Subscription,
    wait_s: float,
    sent: list[dict[str, Any]],
    greeted: int,
    own: set[str | None],
) -> None:
    """Hear what is there already; then, for as long as there is no news, wait for it."""
    until = services.clock.monotonic() + wait_s
    stopping = asyncio.ensure_future(services.running.stopping.wait())
    try:
        while True:
            while not subscription.events.empty():
                await services.whole(session.hear(subscription.events.get_nowait()))
            left_s = until - services.clock.monotonic()
            if left_s <= 0 or subscription.overflowed or _has_news(sent, greeted, own):
                return
            waiting = asyncio.ensure_future(subscription.get())
            done, _ = await asyncio.wait(
                (waiting, stopping), timeout=left_s, return_when=asyncio.FIRST_COMPLETED
            )
            if waiting not in done:
                waiting.cancel()
                return
            if (event := waiting.result()) is not None:
                await services.whole(session.hear(event))
    finally:
        stopping.cancel()


def _has_news(sent: list[dict[str, Any]], greeted: int, own: set[str | None]) -> bool:
    """Whether there is more than the greeting, and than an echo of what was just sent."""
    for place, frame in enumerate(sent):
        if frame["type"] == "message" and not (frame["author"] == "shopper" and frame.get("id") in own):
            return True
        if place >= greeted and frame["type"] in ("update", "state", "notices", "error"):
            return True
    return False
