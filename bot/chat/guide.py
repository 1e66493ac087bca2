"""`GET /chat/v1/guide`: what a browser needs to notice a shopper who is stuck, and the commonest answers.

`GET /chat/v1/articles/<id>`: one more answer, by its id.
"""

import hashlib
import json
import re
from typing import Any

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import empty, raw
from sanic.response import json as json_response

from bot import markdown
from bot.chat.caller import wrong_origin
from bot.chat.notices import current_notices
from bot.errors import AppError
from bot.services import Services
from bot.settings import Site
from bot.store.experiments import quieted

VERSION = 1
CACHE = "public, max-age=60"
_LOCALE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}")


def blueprint(services: Services) -> Blueprint:
    """The guide, to be mounted on the app. It is public: no shopper's data is in it."""
    guide = Blueprint("guide", url_prefix="/chat/v1")

    @guide.get("/guide")
    async def get_guide(request: Request) -> HTTPResponse:
        site_id = request.args.get("site", "")
        site = _site(services, site_id, request.headers.get("origin"))
        locale = request.args.get("locale", "")
        told = await guide_of(services, site_id, locale if _LOCALE.fullmatch(locale) else site.locale)
        body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
        tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
        headers = {"ETag": tag, "Cache-Control": CACHE}
        if tag in _tags(request.headers.get("if-none-match", "")):
            return empty(304, headers)
        return raw(body, content_type="application/json", headers=headers)

    @guide.get("/articles/<article_id:str>")
    async def get_article(request: Request, article_id: str) -> HTTPResponse:
        """One article as a card, for a `<checkout-help>` beside a form field."""
        site = _site(services, request.args.get("site", ""), request.headers.get("origin"))
        locale = request.args.get("locale", "")
        found = await services.knowledge.article(
            article_id, locale if _LOCALE.fullmatch(locale) else site.locale
        )
        told = {"id": article_id, "title": found["title"], "nodes": markdown.nodes(found["short_answer"])}
        return json_response(told, headers={"Cache-Control": CACHE})

    async def allow_origin(request: Request, response: HTTPResponse) -> None:
        origin = request.headers.get("origin")
        if origin and services.settings.knows_origin(origin):
            response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Vary"] = "Origin"

    guide.on_response(allow_origin)  # type: ignore[no-untyped-call]
    return guide


async def guide_of(services: Services, site_id: str, locale: str) -> dict[str, Any]:
    """The guide of a site, in the words of `docs/protocol.md`. What cannot be had is left empty."""
    live = services.rules.live
    silent = await _quieted(services, site_id)
    return {
        "v": VERSION,
        "rules": [rule.as_json() for rule in live.active if rule.id not in silent],
        "manners": live.manners.as_json(),
        "notices": await _notices(services, site_id, locale),
        "steps": await services.cards.of(locale, live.questions),
    }


async def _quieted(services: Services, site_id: str) -> frozenset[str]:
    try:
        return await quieted(services.store, site_id)
    except AppError:  # it is asked again before anything is shown
        return frozenset()


async def _notices(services: Services, site_id: str, locale: str) -> list[dict[str, Any]]:
    try:
        return await current_notices(services, site_id, locale)
    except AppError:
        return []


def _site(services: Services, site_id: str, origin: str | None) -> Site:
    """The site. A page of its own server sends no origin, and what is told is no secret."""
    site = services.settings.shops.get(site_id)
    if site is None:
        raise AppError("unknown_site", f"There is no site {site_id[:64]!r}.", "Set `site` as in BOT_SITES.")
    if origin is not None and origin not in site.origins:
        raise wrong_origin(origin)
    return site


def _tags(given: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in given.split(",")}
