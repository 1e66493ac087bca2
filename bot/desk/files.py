"""`/desk/api/files`: what was attached, and what an agent attaches to a reply."""

from collections.abc import Awaitable, Callable
from typing import Any

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import json

from bot.errors import AppError
from bot.file_names import clean_name
from bot.masking import mask
from bot.services import Services
from bot.store.conversations import Agent
from bot.store.files import Attacher, Attachment, attach, check_attach, find_file
from bot.store.models import Staff
from bot.transfer import client_id, drain, receive, send

StaffOf = Callable[[Request], Awaitable[Staff]]


def add_files(
    desk: Blueprint, services: Services, staff_of: StaffOf, check_origin: Callable[[Request], None]
) -> None:
    """Add the addresses to the desk's. `staff_of` says who it is, `check_origin` refuses other pages."""

    @desk.get("/api/files/<file_id:str>")
    async def get(request: Request, file_id: str) -> None:
        await staff_of(request)
        row, _ = await find_file(services.store, file_id)
        await send(request, services.uploads, row)

    @desk.post("/api/files", stream=True)
    async def post(request: Request) -> HTTPResponse:
        try:
            check_origin(request)
            staff = await staff_of(request)
            return json(await take_file(services, request, Agent(staff.id, staff.name)))
        except AppError:
            await drain(request)
            raise


async def take_file(services: Services, request: Request, agent: Agent) -> dict[str, Any]:
    """The `ack` for a file that is kept, once for each client's id. AppError for one that is not."""
    attacher = Attacher(
        request.args.get("conversation", ""), client_id(request), agent=agent, epoch=_epoch(request)
    )
    taken = await check_attach(services.store, attacher)
    if taken is not None:
        await drain(request)
    else:
        received = await receive(request, services.uploads)
        name = clean_name(request.args.get("name", ""), received.kind.type, mask)
        taken = await services.whole(attach(services.store, attacher, Attachment(received, name)))
    return {"type": "ack", "id": attacher.client_id, "seq": taken.seq}


def _epoch(request: Request) -> int:
    given = request.args.get("epoch", "")
    if not (given.isascii() and given.isdecimal() and len(given) < 10):
        raise AppError("bad_value", "`epoch` is not a number.", "See docs/protocol.md.")
    return int(given)
