"""The shopper's WebSocket."""

import asyncio
import json
from typing import Any

import structlog
from sanic import Request, Websocket
from sanic.exceptions import WebsocketClosed
from websockets.exceptions import ConnectionClosed

from bot import protocol as wire
from bot.chat.session import Session, reports_by_itself
from bot.chat.shared import Shared
from bot.errors import AppError
from bot.hub import Subscription

SEND_TIMEOUT_S = 10.0
TRY_AGAIN_LATER = 1013
POLICY = 1008
log = structlog.get_logger("bot.socket")


class Socket:
    """One WebSocket: reads frames one after another, and sends what the hub tells of."""

    def __init__(self, shared: Shared, request: Request, ws: Websocket) -> None:
        self._services = shared.services
        self._shared = shared
        self._ws = ws
        self._origin = request.headers.get("origin")
        self._address = request.client_ip
        self._closed = False

    async def serve(self) -> None:
        """Serve until either side closes."""
        services = self._services
        services.metrics.sockets.inc()
        try:
            with services.hub.subscribe(services.store.new_id()) as subscription:
                session = Session(self._shared, subscription, self._send)
                try:
                    await self._talk(session, subscription)
                finally:
                    self._closed = True
                    session.close()
        finally:
            services.metrics.sockets.dec()

    async def _talk(self, session: Session, subscription: Subscription) -> None:
        try:
            async with asyncio.timeout(self._services.settings.hello_timeout_s):
                await self._greet(session)
        except AppError as error:
            await self._refuse(session, error)
            return
        except TimeoutError:
            await self._close(POLICY, "no hello")
            return
        pump = asyncio.create_task(self._pump(session, subscription))
        try:
            while not self._closed:
                await self._read_one(session)
        except AppError as error:
            await self._refuse(session, error)
        finally:
            pump.cancel()
            await asyncio.gather(pump, return_exceptions=True)

    async def _greet(self, session: Session) -> None:
        """Wait for a `hello` that can be answered."""
        while True:
            given = await self._receive(session)
            if given is None:
                continue
            try:
                frame = wire.parse(given)
                if not isinstance(frame, wire.Hello):
                    raise AppError("bad_value", "The first frame is `hello`.", "Send `hello`, then the rest.")
                await self._services.whole(session.greet(frame, self._origin, self._address))
                return
            except AppError as error:
                if error.close_code is not None:
                    raise
                await session.refuse(error, wire.frame_id(given))

    async def _read_one(self, session: Session) -> None:
        given = await self._receive(session)
        if given is None:
            return
        if reports_by_itself(given):  # it asks Rasa, and what the shopper says must not wait for that
            if await self._services.whole(session.admits(given)):
                self._services.in_background(session.answer(given))
            return
        # A frame that is begun is finished, also when the shopper's connection goes meanwhile.
        await self._services.whole(session.take(given))

    async def _receive(self, session: Session) -> dict[str, Any] | None:
        raw = await self._ws.recv()
        if raw is None:
            return None
        try:
            return wire.read_object(raw)
        except AppError as error:
            await session.refuse(error)
            return None

    async def _pump(self, session: Session, subscription: Subscription) -> None:
        while (event := await subscription.get()) is not None:
            try:
                await self._services.whole(session.hear(event))
            except AppError as error:
                log.warning("delivery failed", error=error.message)
                break
        await self._close(TRY_AGAIN_LATER, "connect again")

    async def _send(self, frame: dict[str, Any]) -> None:
        if self._closed:
            return
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                await self._ws.send(json.dumps(frame, ensure_ascii=False, separators=(",", ":")))
        except TimeoutError:
            log.info("closed a connection that does not read")
            self._closed = True
            self._ws.fail_connection(POLICY, "too slow")
        except (WebsocketClosed, ConnectionClosed):
            self._closed = True

    async def _refuse(self, session: Session, error: AppError) -> None:
        await session.refuse(error)
        await self._close(error.close_code or POLICY, error.code)

    async def _close(self, code: int, reason: str) -> None:
        self._closed = True
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                await self._ws.close(code, reason)
        except (TimeoutError, WebsocketClosed, ConnectionClosed):
            self._ws.fail_connection(code, reason)
