"""`/chat/v1/files`: what a shopper attaches for a person, and what was attached."""

from typing import Any

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import empty, json

from bot import masking
from bot.chat.caller import wrong_origin
from bot.chat.rates import Rates
from bot.errors import AppError
from bot.file_names import clean_name
from bot.services import Services
from bot.settings import Site
from bot.store.files import Attacher, Attachment, attach, check_attach, find_file
from bot.store.messages import Taken
from bot.transfer import client_id, drain, receive, send

_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, X-Client-Id, X-Conversation",
    "Access-Control-Max-Age": "600",
}


def blueprint(services: Services) -> Blueprint:
    """The shopper's files, to be mounted on the app."""
    files = Blueprint("files", url_prefix="/chat/v1/files")
    rates = Rates(services.settings)

    # Declared as streaming, Sanic hands the body over as it comes, without the limit for frames.
    @files.post("/", stream=True)
    async def post(request: Request) -> HTTPResponse:
        try:
            return json(await take_file(services, rates, request))
        except AppError as error:
            services.metrics.errors.labels(error.code).inc()
            await drain(request)
            raise

    @files.get("/<file_id:str>")
    async def get(request: Request, file_id: str) -> None:
        row, conversation = await find_file(services.store, file_id)
        site = services.settings.shops.get(conversation.site)
        origin = request.headers.get("origin")
        if site is None or (origin is not None and origin not in site.origins):
            raise wrong_origin(origin)  # a page of the same server sends none
        if services.tokens.read(conversation.site, _token(request)) != conversation.visitor_id:
            raise AppError("not_yours", "This file belongs to somebody else.", "Ask for your own.")
        await send(request, services.uploads, row)

    @files.options("/")
    async def preflight_post(_request: Request) -> HTTPResponse:
        return empty(headers=dict(_PREFLIGHT))

    @files.options("/<_file_id:str>")
    async def preflight_get(_request: Request, _file_id: str) -> HTTPResponse:
        return empty(headers=dict(_PREFLIGHT))

    async def allow_origin(request: Request, response: HTTPResponse) -> None:
        origin = request.headers.get("origin")
        if origin and services.settings.knows_origin(origin):
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = "Content-Disposition"
            if "cross-origin-resource-policy" in response.headers:
                response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.headers["Vary"] = "Origin"

    files.on_response(allow_origin)  # type: ignore[no-untyped-call]
    return files


async def take_file(services: Services, rates: Rates, request: Request) -> dict[str, Any]:
    """The `ack` for a file that is kept, once for each client's id. AppError for one that is not."""
    site_id = request.args.get("site", "")
    site = _site(services, site_id, request.headers.get("origin"))
    visitor_id = services.tokens.read(site_id, _token(request))
    await rates.take_file(visitor_id, request.client_ip)
    attacher = Attacher(_conversation(request), client_id(request), visitor_id)
    taken = await _before(services, attacher)
    if taken is not None:
        await drain(request)
    else:
        received = await receive(request, services.uploads)
        name = clean_name(
            request.args.get("name", ""),
            received.kind.type,
            lambda text: masking.mask(text, site.order_pattern),
        )
        # Begun, it is finished, also when the connection goes meanwhile.
        taken = await services.whole(attach(services.store, attacher, Attachment(received, name)))
        services.metrics.frames.labels("file").inc()
    return {
        "type": "ack",
        "id": attacher.client_id,
        "seq": taken.seq,
        "conversation": taken.conversation_id,
    }


async def _before(services: Services, attacher: Attacher) -> Taken | None:
    try:
        return await check_attach(services.store, attacher)
    except AppError as error:
        if error.code != "not_found":
            raise
        # Whether there is such a conversation is nobody's business but its shopper's.
        raise AppError(
            "not_yours", "This conversation belongs to somebody else.", "Start a new one."
        ) from None


def _site(services: Services, site_id: str, origin: str | None) -> Site:
    site = services.settings.shops.get(site_id)
    if site is None:
        raise AppError("unknown_site", f"There is no site {site_id[:64]!r}.", "Set `site` as in BOT_SITES.")
    if origin not in site.origins:
        raise wrong_origin(origin)
    return site


def _token(request: Request) -> str:
    scheme, _, token = str(request.headers.get("authorization", "")).partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise AppError(
            "bad_token",
            "There is no visitor token.",
            "Send `Authorization: Bearer` with the one of `welcome`.",
        )
    return token.strip()


def _conversation(request: Request) -> str:
    given = str(request.headers.get("x-conversation", ""))
    if not given:
        raise AppError("missing_field", "The header X-Conversation is missing.", "See docs/protocol.md.")
    return given
