"""The notices of the fake chat server: a list, a new one, and the end of one."""

from typing import Any

from sanic import HTTPResponse, Request, Sanic
from sanic.response import json as json_response
from stories import Frame, ago

SITES = [{"id": "fernhill", "name": "Fernhill", "locales": ["en", "ar", "de", "es", "fr"]}]


def first_notices() -> list[Frame]:
    """One that holds, one to come and one that is over, as docs/protocol.md has them."""
    everybody: Frame = {"site": "fernhill", "over": {}, "steps": [], "countries": [], "methods": []}
    return [
        everybody
        | {
            "id": "n-paypal",
            "texts": {
                "en": "PayPal is not answering; cards work.",
                "de": "PayPal antwortet nicht; Karten gehen.",
            },
            "steps": ["payment", "review"],
            "countries": ["AT", "DE"],
            "methods": ["paypal"],
            "starts_at": ago(1800),
            "ends_at": None,
            "asked": 3,
        },
        everybody
        | {
            "id": "n-holiday",
            "texts": {"en": "Orders after 2 pm ship on Monday."},
            "starts_at": ago(-86_400),
            "ends_at": ago(-172_800),
            "asked": 0,
        },
        everybody
        | {
            "id": "n-strike",
            "texts": {"en": "Parcels to France take two days more."},
            "countries": ["FR"],
            "starts_at": ago(400_000),
            "ends_at": ago(100_000),
            "asked": 1,
        },
    ]


def refusal(code: str, status: int, words: str, hint: str) -> HTTPResponse:
    """The answer to what can't be done."""
    return json_response({"error": {"code": code, "status": status, "message": words, "hint": hint}}, status)


def add_notices(app: Sanic[Any, Any], play: Any) -> None:
    """Serve `/desk/api/notices`; `play.desk` has the list, and may refuse or be signed out."""

    def may_not() -> HTTPResponse | None:
        if not play.desk.signed_in:
            return refusal("not_signed_in", 401, "You are not signed in.", "Sign in.")
        if play.desk.refusing:
            return refusal("unavailable", 503, "The database does not answer.", "Try again in a minute.")
        return None

    @app.get("/desk/api/notices")
    async def show(_: Request) -> HTTPResponse:
        return may_not() or json_response({"notices": play.desk.notices, "sites": SITES})

    @app.post("/desk/api/notices")
    async def add(request: Request) -> HTTPResponse:
        if refused := may_not():
            return refused
        notice = request.json | {"over": {}, "asked": 0, "id": f"n-{len(play.desk.notices)}"}
        notice["starts_at"] = notice["starts_at"] or ago(0)
        play.desk.received.append({"type": "notice_added"} | request.json)
        play.desk.notices.insert(0, notice)
        await play.desk.send_all({"type": "notices"})
        return json_response({"notice": notice})

    @app.post("/desk/api/notices/<notice_id:str>/end")
    async def end(_: Request, notice_id: str) -> HTTPResponse:
        if refused := may_not():
            return refused
        notice = next(notice for notice in play.desk.notices if notice["id"] == notice_id)
        if notice["ends_at"] and notice["ends_at"] <= ago(0):
            return refusal("closed", 409, "The notice ended at 09:00 UTC.", "Nothing is to be done.")
        notice["ends_at"] = ago(0)
        play.desk.received.append({"type": "notice_ended", "notice": notice_id})
        await play.desk.send_all({"type": "notices"})
        return json_response({"notice": notice})
