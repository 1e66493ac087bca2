"""The shopper's addresses: `/chat/v1/socket` and `/chat/v1/frames`."""

from sanic import Blueprint, HTTPResponse, Request, Websocket
from sanic.response import empty

from bot.chat.caller import wrong_origin
from bot.chat.http import answer_frames
from bot.chat.shared import Shared
from bot.chat.socket import Socket
from bot.services import Services


def blueprint(services: Services) -> Blueprint:
    """The shopper's side, to be mounted on the app."""
    chat = Blueprint("chat", url_prefix="/chat/v1")
    shared = Shared.of(services)

    async def check_origin(request: Request) -> None:
        origin = request.headers.get("origin")
        if not services.settings.knows_origin(origin):
            raise wrong_origin(origin)

    async def allow_origin(request: Request, response: HTTPResponse) -> None:
        origin = request.headers.get("origin")
        if origin and services.settings.knows_origin(origin):
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Vary"] = "Origin"

    async def socket(request: Request, ws: Websocket) -> None:
        await Socket(shared, request, ws).serve()

    @chat.post("/frames")
    async def frames(request: Request) -> HTTPResponse:
        return await answer_frames(shared, request)

    @chat.options("/frames")
    async def preflight(_request: Request) -> HTTPResponse:
        return empty(
            headers={
                "Access-Control-Allow-Methods": "POST",
                "Access-Control-Allow-Headers": "Content-Type",
                "Access-Control-Max-Age": "600",
            }
        )

    chat.on_request(check_origin)
    chat.on_response(allow_origin)  # type: ignore[no-untyped-call]
    chat.add_websocket_route(socket, "/socket")
    return chat
