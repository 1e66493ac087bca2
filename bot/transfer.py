"""Files over HTTP: the body of a request into the folder of uploads, and a file out of it again."""

import asyncio
import re
from collections.abc import AsyncIterable
from types import MappingProxyType
from typing import Final

from sanic import HTTPResponse, Request
from sanic.http import Http

from bot.errors import AppError
from bot.file_names import attachment
from bot.store.files import no_file
from bot.store.models import File
from bot.uploads import FILE_BYTES, Received, Uploads, too_large

__all__ = ["client_id", "drain", "receive", "send"]

RECEIVE_TIMEOUT_S: Final = 120.0
DRAIN_TIMEOUT_S: Final = 10.0
_DRAIN_BYTES: Final = 4 * FILE_BYTES
_CHUNK_BYTES: Final = 64 * 1024
_CLIENT_ID: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")
# Nothing that anybody uploads is ever run or shown as a page of ours.
_HEADERS: Final = MappingProxyType(
    {
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
)


def client_id(request: Request) -> str:
    """The file's id by its client, of `X-Client-Id`. AppError `missing_field`, `bad_value`."""
    given = str(request.headers.get("x-client-id", ""))
    if not given:
        raise AppError("missing_field", "The header X-Client-Id is missing.", "See docs/protocol.md.")
    if not _CLIENT_ID.fullmatch(given):
        raise AppError("bad_value", "X-Client-Id is not 8 to 64 of A-Za-z0-9_-.", "See docs/protocol.md.")
    return given


async def receive(request: Request, uploads: Uploads) -> Received:
    """The body as a file on the disk; never more of it in memory than a piece.

    AppError as of `Uploads.receive`, and `too_slow` after two minutes.
    """
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > FILE_BYTES:
        raise too_large()
    try:
        async with asyncio.timeout(RECEIVE_TIMEOUT_S):
            return await uploads.receive(_body(request))
    except TimeoutError:
        raise AppError("too_slow", "The file took too long to come.", "Send a smaller one.") from None


async def drain(request: Request) -> None:
    """Read what is left of a body that nobody wants: a browser hears the answer only then."""
    left = _DRAIN_BYTES
    try:
        async with asyncio.timeout(DRAIN_TIMEOUT_S):
            async for chunk in _body(request):
                left -= len(chunk)
                if left < 0:
                    return
    except TimeoutError:
        return


async def send(request: Request, uploads: Uploads, row: File) -> None:
    """Answer with the file, to be kept and not shown. AppError `not_found` when it was purged."""
    path = uploads.path(row.id)
    try:
        file = await asyncio.to_thread(path.open, "rb")
    except FileNotFoundError:
        raise no_file() from None
    try:
        headers = {**_HEADERS, "Content-Disposition": attachment(row.name), "Content-Length": str(row.bytes)}
        response = await request.respond(headers=headers, content_type=row.type)
        assert isinstance(response, HTTPResponse)
        while chunk := await asyncio.to_thread(file.read, _CHUNK_BYTES):
            await response.send(chunk)
        await response.eof()  # type: ignore[no-untyped-call]
    finally:
        file.close()


async def _body(request: Request) -> AsyncIterable[bytes]:
    stream = request.stream
    while isinstance(stream, Http) and stream.request_body:
        if chunk := await stream.read():
            yield chunk
