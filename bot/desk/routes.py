"""The desk's addresses: page, assets, sign-in and socket."""

import asyncio
import re
from json import dumps
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from pydantic import ValidationError
from sanic import Blueprint, HTTPResponse, Request, Websocket
from sanic.response import file, html, json

from bot.desk import notices
from bot.desk.attendance import Attendance
from bot.desk.files import add_files
from bot.desk.frames import SignInBody
from bot.desk.page import HEADERS, render
from bot.desk.screen import staff_json
from bot.desk.socket import Window
from bot.errors import AppError
from bot.services import Services
from bot.staff.accounts import DESK_ROLES
from bot.staff.sign_in import LASTS
from bot.store.models import Staff

__all__ = ["COOKIE", "blueprint"]

COOKIE: Final = "desk_session"
_ASSET: Final = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.(?:js|css|map|svg|woff2|json)")
_NEVER_KEPT: Final = {"Cache-Control": "no-store"}
# In small letters, as Sanic looks for them before it adds its own; it writes into the dict it is given.
_KEPT: Final = MappingProxyType(
    {"cache-control": "public, max-age=31536000, immutable", "x-content-type-options": "nosniff"}
)


def blueprint(services: Services) -> Blueprint:
    """Everything under `/desk`."""
    desk = Blueprint("desk", url_prefix="/desk")
    sign_in = services.sign_in
    attendance = Attendance(services.presence)
    static_dir = services.settings.static_dir
    desk.exception(AppError)(refuse)

    @desk.get("/")
    async def page(_: Request) -> HTTPResponse:
        return html(await asyncio.to_thread(render, static_dir), headers=dict(HEADERS))

    @desk.get("/assets/<name:str>")
    async def asset(_: Request, name: str) -> HTTPResponse:
        path = static_dir / "desk" / name
        if not _ASSET.fullmatch(name) or not await asyncio.to_thread(path.is_file):
            raise AppError("not_found", f"The desk has no file {name[:80]!r}.", "Load the page again.")
        return await file(path, headers=dict(_KEPT))

    @desk.get("/api/me")
    async def me(request: Request) -> HTTPResponse:
        staff = await staff_of(request)
        return json({"staff": staff_json(staff)}, headers=_NEVER_KEPT)

    @desk.post("/api/sign-in")
    async def begin(request: Request) -> HTTPResponse:
        check_own_page(request)
        given = _sign_in_body(request)
        signed_in = await sign_in.sign_in(given.email, given.password, request.client_ip, DESK_ROLES)
        attendance.forget(signed_in.staff.id)
        response = json({"staff": staff_json(signed_in.staff)}, headers=_NEVER_KEPT)
        _set_cookie(request, response, signed_in.token, int(LASTS.total_seconds()))
        return response

    @desk.post("/api/sign-out")
    async def end(request: Request) -> HTTPResponse:
        check_own_page(request)
        await sign_in.sign_out(request.cookies.get(COOKIE))
        response = json({}, headers=_NEVER_KEPT)
        _set_cookie(request, response, "", 0)
        return response

    @desk.on_request
    async def refuse_foreign_sockets(request: Request) -> None:
        # Before the handshake: a foreign page is not even let in to hear that it is foreign.
        if request.headers.get("upgrade", "").lower() == "websocket":
            check_origin(request)

    async def staff_of(request: Request) -> Staff:
        return await sign_in.staff_of(request.cookies.get(COOKIE), DESK_ROLES)

    add_files(desk, services, staff_of, check_origin)

    async def socket(request: Request, ws: Websocket) -> None:
        token = request.cookies.get(COOKIE)
        try:
            staff = await sign_in.staff_of(token, DESK_ROLES)
        except AppError as error:
            await ws.send(dumps(error.frame()))
            await ws.close(error.close_code or 4403, error.code)
            return
        await Window(services, attendance, ws, staff, token or "").run()

    notices.add_routes(desk, services, COOKIE, check_own_page)
    desk.add_websocket_route(socket, "/socket")
    return desk


async def refuse(_: Request, error: Exception) -> HTTPResponse:
    """An AppError as the body that docs/protocol.md describes."""
    if not isinstance(error, AppError):
        raise error
    return json({"error": error.body()}, status=error.status, headers=_NEVER_KEPT)


def check_own_page(request: Request) -> None:
    """Refuse a POST that a foreign page, or a form, could have sent. AppError `wrong_origin`, `bad_value`."""
    check_origin(request)
    if (request.content_type or "").partition(";")[0].strip().lower() != "application/json":
        raise AppError("bad_value", "The Content-Type is not application/json.", "Send JSON.")


def check_origin(request: Request) -> None:
    """Refuse what does not come from a page of this very host. AppError `wrong_origin`."""
    origin = urlsplit(_origin(request))
    if origin.scheme not in {"http", "https"} or origin.netloc.lower() != (request.host or "").lower():
        raise AppError(
            "wrong_origin",
            f"The desk is not for pages of {_origin(request)[:100] or 'no origin'!r}.",
            "Open the desk on its own address.",
        )


def _origin(request: Request) -> str:
    return str(request.headers.get("origin", ""))


def _set_cookie(request: Request, response: HTTPResponse, token: str, max_age_s: int) -> None:
    response.add_cookie(
        COOKIE,
        token,
        path="/",
        httponly=True,
        samesite="Strict",
        secure=_origin(request).startswith("https:"),
        max_age=max_age_s,
    )


def _sign_in_body(request: Request) -> SignInBody:
    try:
        return SignInBody.model_validate_json(request.body)
    except ValidationError:
        # Never what was seen: it may be a password.
        raise AppError(
            "bad_value", 'The body is not {"email": ..., "password": ...}.', "Send both as text."
        ) from None
