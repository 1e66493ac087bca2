"""The desk's notices: what holds or will, a new one, and the end of one."""

from collections.abc import Callable
from typing import Any, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from sanic import Blueprint, Request
from sanic.response import HTTPResponse, json

from bot.clock import iso
from bot.errors import AppError
from bot.hub import NoticesChanged
from bot.notices import FALL_BACK, Announcement, checked
from bot.services import Services
from bot.staff.accounts import DESK_ROLES
from bot.store.models import Notice
from bot.store.notices import add_notice, asked_to_be_told, end_notice, list_notices
from bot.words import locales

__all__ = ["add_routes"]

_NEVER_KEPT: Final = {"Cache-Control": "no-store"}


class NoticeBody(BaseModel):
    """What the desk sends for a new notice; times carry their zone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    site: str = Field(max_length=64)
    texts: dict[str, str]
    over: dict[str, str] = Field(default_factory=dict)
    steps: list[str] = Field(default_factory=list)
    countries: list[str] = Field(default_factory=list)
    methods: list[str] = Field(default_factory=list)
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None


def add_routes(
    desk: Blueprint, services: Services, cookie: str, check_own_page: Callable[[Request], None]
) -> None:
    """Add `/api/notices` to the desk. `check_own_page` refuses a POST that another page could have sent."""

    async def check(request: Request) -> None:
        await services.sign_in.staff_of(request.cookies.get(cookie), DESK_ROLES)

    @desk.get("/api/notices")
    async def show_notices(request: Request) -> HTTPResponse:
        await check(request)
        rows = await list_notices(services.store, past=request.args.get("past") == "1")
        asked = await asked_to_be_told(services.store, [row.id for row in rows])
        listed = [notice_json(row, asked.get(row.id, 0)) for row in rows]
        return json({"notices": listed, "sites": sites_json(services)}, headers=_NEVER_KEPT)

    @desk.post("/api/notices")
    async def add_one(request: Request) -> HTTPResponse:
        check_own_page(request)
        await check(request)
        given = read_notice(services, request.body)
        announcement = Announcement(
            given.texts,
            given.starts_at or services.clock.now(),
            given.ends_at,
            given.over,
            given.steps,
            given.countries,
            given.methods,
        )
        row = await add_notice(services.store, given.site, checked(announcement))
        services.hub.publish(NoticesChanged())
        return json({"notice": notice_json(row, 0)}, headers=_NEVER_KEPT)

    @desk.post("/api/notices/<notice_id:str>/end")
    async def end_one(request: Request, notice_id: str) -> HTTPResponse:
        check_own_page(request)
        await check(request)
        row = await end_notice(services.store, notice_id)
        services.hub.publish(NoticesChanged())
        asked = await asked_to_be_told(services.store, [row.id])
        return json({"notice": notice_json(row, asked.get(row.id, 0))}, headers=_NEVER_KEPT)


def read_notice(services: Services, body: bytes) -> NoticeBody:
    """The notice in a request's body. AppError `bad_value`, `unknown_site`."""
    try:
        given = NoticeBody.model_validate_json(body)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_context=False, include_input=False)[0]
        name = ".".join(str(part) for part in problem["loc"]) or "the body"
        raise AppError("bad_value", f"`{name}`: {problem['msg']}.", "See docs/protocol.md.") from None
    if given.site not in services.settings.shops:
        known = ", ".join(sorted(services.settings.shops))
        raise AppError("unknown_site", f"There is no site {given.site[:64]!r}.", f"Name one of {known}.")
    return given


def sites_json(services: Services) -> list[dict[str, Any]]:
    """The shops, each with the languages in which it may be told something, English first."""
    return [
        {
            "id": site_id,
            "name": site.name,
            "locales": [FALL_BACK, *sorted({*locales(), site.locale} - {FALL_BACK})],
        }
        for site_id, site in sorted(services.settings.shops.items())
    ]


def notice_json(row: Notice, asked: int) -> dict[str, Any]:
    """A notice as the desk gets it, in all its languages; `asked` conversations want word of its end."""
    return {
        "id": row.id,
        "site": row.site,
        "texts": row.texts,
        "over": row.over,
        "steps": row.steps,
        "countries": row.countries,
        "methods": row.methods,
        "starts_at": iso(row.starts_at),
        "ends_at": iso(row.ends_at) if row.ends_at else None,
        "asked": asked,
    }
