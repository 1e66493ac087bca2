"""A small chat server that speaks the desk's side of the protocol, for tests of the desk's screen alone.

`python fake_desk.py PORT` serves the built desk. `/fake/<act>` lets a test play the shopper, the colleagues
and the network; each act is a method of `Play`.
"""

import asyncio
import json
import mimetypes
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from fake_notices import add_notices, first_notices
from sanic import HTTPResponse, Request, Sanic, Websocket
from sanic.response import html, raw
from sanic.response import json as json_response
from stories import (
    BEN,
    CHECK_BANK,
    MAYA,
    PAYPAL,
    Frame,
    ago,
    closed,
    coupon_in_portuguese,
    hold_jacket,
    message,
    of_ben,
    paid_twice,
)

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
ASSETS = Path(__file__).parents[3] / "bot" / "static" / "desk"
PASSWORD = "a long enough password"


class FakeDesk:
    """The conversations of one fake server, and the desks connected to it."""

    def __init__(self, empty: bool) -> None:
        made = [] if empty else [paid_twice(), hold_jacket(), coupon_in_portuguese(), of_ben()]
        self.summaries: dict[str, Frame] = {head["id"]: head for head, _, _ in made}
        self.stories: dict[str, Frame] = {head["id"]: facts for head, facts, _ in made}
        self.messages: dict[str, list[Frame]] = {head["id"]: list(said) for head, _, said in made}
        self.closed = [] if empty else [closed(number) for number in range(1, 61)]
        self.notices = [] if empty else first_notices()
        self.desks: dict[Websocket, set[str]] = {}
        self.received: list[Frame] = []
        self.files: dict[str, tuple[Frame, bytes]] = {}
        self.sent_files: list[Frame] = []
        self.file_error: Frame | None = None
        self.signed_in = False
        self.refusing = False
        self.holding = False
        self.may_welcome = asyncio.Event()
        self.may_welcome.set()
        self.status = "online"

    async def send_all(self, frame: Frame) -> None:
        """Send to every desk; what belongs to a conversation's inside goes to those who watch it."""
        inside = frame["type"] in {"message", "update", "typing", "story"}
        for desk, watched in list(self.desks.items()):
            if not inside or frame["conversation"] in watched:
                with suppress(Exception):
                    await desk.send(json.dumps(frame))

    async def say(self, conversation: str, author: str, text: str, **more: Any) -> int:
        """Store and send one message; its number."""
        said = self.messages[conversation]
        known = next(
            (known["seq"] for known in said if more.get("id") and known.get("id") == more["id"]), None
        )
        if known is not None:
            return int(known)
        said.append(message(len(said) + 1, author, text, ago(0), **more))
        await self.send_all({"type": "message", "conversation": conversation} | said[-1])
        await self.change(conversation, last={"author": author, "text": text, "at": said[-1]["at"]})
        return len(said)

    async def attach(self, author: str, conversation: str, file: Frame, data: bytes, **more: Any) -> int:
        """Store and send a file."""
        self.files[file["id"]] = (file, data)
        seq = await self.say(
            conversation, author, f"Attached: {file['name']}", kind="file", file=file, **more
        )
        facts = self.stories[conversation]
        facts["files"] = [*facts.get("files", ()), file | {"seq": seq, "author": author, "at": ago(0)}]
        await self.send_all({"type": "story", "conversation": conversation, "story": facts})
        return seq

    async def change(self, conversation: str, **changed: Any) -> None:
        """Change a summary and tell every desk."""
        self.summaries[conversation] |= changed | {"updated_at": ago(0)}
        await self.send_all({"type": "conversation", "conversation": self.summaries[conversation]})

    async def change_owner(
        self, conversation: str, owner: str, by: str, agent: Frame | None, note: str | None
    ) -> None:
        """Give the conversation to another owner under the next epoch."""
        head = self.summaries[conversation]
        epoch = head["epoch"] + 1
        facts = self.stories[conversation]
        facts["changes"] = [
            *facts["changes"],
            {"at": ago(0), "owner": owner, "epoch": epoch, "by": by, "reason": None, "note": note},
        ]
        claimed_at = ago(0) if agent else head["claimed_at"]
        await self.change(
            conversation, owner=owner, epoch=epoch, agent=agent, place=None, claimed_at=claimed_at
        )
        await self.send_all({"type": "story", "conversation": conversation, "story": facts})
        code = {"agent": "claimed", "assistant": "handed_back", "closed": "closed"}[owner]
        text = {
            "agent": f"{by} is with you now.",
            "assistant": "The assistant is back.",
            "closed": "Closed.",
        }[owner]
        await self.say(
            conversation, "system", text, kind="notice", notice={"code": code, "params": {"name": by}}
        )


def error(frame: Frame, code: str, status: int, words: str, hint: str) -> Frame:
    """The answer to a frame that can't be done."""
    return {
        "type": "error",
        "id": frame["id"],
        "code": code,
        "status": status,
        "message": words,
        "hint": hint,
    }


async def answer(desk: FakeDesk, frame: Frame, socket: Websocket) -> Frame | None:
    """Do what a frame asks; the frame that answers it."""
    kind = frame["type"]
    ack = {"type": "ack", "id": frame.get("id")}
    if kind == "ping":
        return {"type": "pong"}
    if kind == "watch":
        if frame["conversation"] not in desk.stories:
            return error(frame, "not_found", 404, "There is no such conversation.", "Look in the list.")
        await watch(desk, frame, socket)
    elif kind == "unwatch":
        desk.desks[socket].discard(frame["conversation"])
    elif kind in {"claim", "reply", "hand_back", "close"}:
        if frame["conversation"] not in desk.summaries:
            return error(frame, "not_found", 404, "There is no such conversation.", "Look in the list.")
        return await write(desk, frame)
    elif kind == "presence":
        desk.status = frame["status"]
        await desk.send_all({"type": "presence", "staff_online": staff_online(desk)})
    elif kind == "history":
        older = sorted(desk.closed, key=lambda head: head["updated_at"], reverse=True)
        if frame["filter"] == "all":
            older = [*desk.summaries.values(), *older]
        before = frame.get("before")
        found = [head for head in older if before is None or head["updated_at"] < before][:50]
        return {"type": "conversations", "id": frame["id"], "conversations": found}
    elif kind == "search":
        return {"type": "articles", "id": frame["id"], "matches": [PAYPAL, CHECK_BANK]}
    return ack


async def watch(desk: FakeDesk, frame: Frame, socket: Websocket) -> None:
    """Send the story and the messages a desk has not seen."""
    conversation = frame["conversation"]
    desk.desks[socket].add(conversation)
    facts = desk.stories[conversation]
    await socket.send(json.dumps({"type": "story", "conversation": conversation, "story": facts}))
    for said in desk.messages[conversation]:
        if said["seq"] > frame["after"]:
            await socket.send(json.dumps({"type": "message", "conversation": conversation} | said))


async def write(desk: FakeDesk, frame: Frame) -> Frame:
    """Claim, reply, hand back or close, when the epoch is the one that holds."""
    conversation = frame["conversation"]
    head = desk.summaries[conversation]
    if frame["epoch"] != head["epoch"]:
        words = f"{BEN['name']} has this conversation."
        return error(frame, "stale_epoch", 409, words, "You can watch it, or ask them.")
    ack = {"type": "ack", "id": frame["id"]}
    me = {"id": MAYA["id"], "name": MAYA["name"]}
    match frame["type"]:
        case "claim":
            await desk.change_owner(conversation, "agent", MAYA["name"], me, None)
        case "hand_back":
            await desk.change_owner(conversation, "assistant", MAYA["name"], None, frame["settled"] or None)
        case "close":
            await desk.change_owner(conversation, "closed", MAYA["name"], None, frame["reason"])
        case "reply":
            ack["seq"] = await desk.say(conversation, "agent", frame["text"], name="Maya", id=frame["id"])
    return ack


def staff_online(desk: FakeDesk) -> list[Frame]:
    """Who is at the desk, the one signed in first."""
    return [
        {"id": MAYA["id"], "name": MAYA["name"], "status": desk.status},
        BEN | {"status": "online"},
    ]


async def serve_socket(desk: FakeDesk, socket: Websocket) -> None:
    """Speak with one desk until it goes."""
    desk.desks[socket] = set()
    try:
        live = [head for head in desk.summaries.values() if head["owner"] in {"queue", "agent"}]
        welcome = {
            "type": "welcome",
            "staff": MAYA,
            "conversations": live,
            "staff_online": staff_online(desk),
        }
        await desk.may_welcome.wait()
        await socket.send(json.dumps(welcome))
        while (raw := await socket.recv()) is not None:
            frame = json.loads(raw)
            desk.received.append(frame)
            if desk.holding and frame["type"] != "ping":
                continue
            reply = await answer(desk, frame, socket)
            if reply is not None:
                await socket.send(json.dumps(reply))
    finally:
        desk.desks.pop(socket, None)


class Play:
    """What a test can make happen, one method an act."""

    def __init__(self, desk: FakeDesk) -> None:
        self.desk = desk

    async def frame(self, asked: Frame) -> None:
        """Send this frame to every desk, whatever the store says."""
        await self.desk.send_all(asked)

    async def summary(self, asked: Frame) -> Frame:
        """One conversation as it stands in the list."""
        return self.desk.summaries[asked["conversation"]]

    async def story(self, asked: Frame) -> None:
        """Change part of a story."""
        facts = self.desk.stories[asked["conversation"]]
        facts |= asked["story"]
        await self.desk.send_all({"type": "story", "conversation": asked["conversation"], "story": facts})

    async def shopper(self, asked: Frame) -> None:
        """The shopper writes."""
        await self.desk.say(asked["conversation"], "shopper", asked["text"])

    async def erase(self, asked: Frame) -> None:
        """The shopper erases a conversation; `told` (as a rule) says so to the desks."""
        key = asked["conversation"]
        del self.desk.summaries[key], self.desk.stories[key], self.desk.messages[key]
        if asked.get("told", True):
            await self.desk.send_all({"type": "erased", "conversation": key})

    async def announce(self, asked: Frame) -> None:
        """A colleague changes a notice, or adds one."""
        known = next((kept for kept in self.desk.notices if kept["id"] == asked["id"]), None)
        if known:
            known |= asked
        else:
            self.desk.notices.insert(0, first_notices()[0] | asked)
        await self.desk.send_all({"type": "notices"})

    async def attaches(self, asked: Frame) -> None:
        """The shopper attaches a file; without `data` it has been deleted meanwhile."""
        data = bytes.fromhex(asked.pop("data", ""))
        await self.desk.attach("shopper", asked.pop("conversation"), asked | {"bytes": len(data) or 1}, data)

    async def refuse_files(self, asked: Frame) -> None:
        """Take no files while `with_error` holds one."""
        self.desk.file_error = asked["with_error"]

    async def sent_files(self, _: Frame) -> list[Frame]:
        """What desks have attached, also what was refused."""
        return self.desk.sent_files

    async def arrives(self, asked: Frame) -> None:
        """One more shopper asks for a person."""
        head, facts, said = hold_jacket()
        head |= {"id": asked["conversation"], "question": asked["question"], "place": 4, "queued_at": ago(1)}
        key = asked["conversation"]
        self.desk.summaries[key], self.desk.stories[key], self.desk.messages[key] = head, facts, said
        await self.desk.change(key)

    async def taken(self, asked: Frame) -> None:
        """A colleague claims first; `told` says so to the desks."""
        head = self.desk.summaries[asked["conversation"]]
        if head["agent"] != BEN:
            head |= {"owner": "agent", "epoch": head["epoch"] + 1, "agent": BEN, "place": None}
        if asked.get("told"):
            await self.desk.change(asked["conversation"], claimed_at=ago(0))

    async def forget(self, asked: Frame) -> None:
        """Leave a conversation out of the next welcome."""
        self.desk.summaries[asked["conversation"]]["owner"] = "closed"

    async def drop(self, _: Frame) -> None:
        """Cut every connection."""
        for socket in list(self.desk.desks):
            await socket.close(1012, "going away")

    async def refuse(self, asked: Frame) -> None:
        """Take no new connections while `on`."""
        self.desk.refusing = asked["on"]

    async def hold(self, asked: Frame) -> None:
        """Answer no frame while `on`."""
        self.desk.holding = asked["on"]

    async def hold_welcome(self, asked: Frame) -> None:
        """Connect but say nothing while `on`."""
        (self.desk.may_welcome.clear if asked["on"] else self.desk.may_welcome.set)()

    async def sign_in(self, _: Frame) -> None:
        """The session is there, as after the form."""
        self.desk.signed_in = True

    async def sign_out(self, _: Frame) -> None:
        """The session has expired."""
        self.desk.signed_in = False
        for socket in list(self.desk.desks):
            await socket.close(4401, "signed out")

    async def received(self, _: Frame) -> list[Frame]:
        """What desks have sent since the last `reset`."""
        return [frame for frame in self.desk.received if frame["type"] != "ping"]

    async def reset(self, asked: Frame) -> None:
        """Begin again, signed out, with the first conversations or with none."""
        await self.drop(asked)
        self.desk = FakeDesk(asked.get("empty", False))


def shell(assets: Mapping[str, bytes]) -> str:
    """The page that loads the desk's built files, as the chat server serves it."""
    files = json.loads(assets["manifest.json"])["files"]
    script, style = (files[name]["path"].rsplit("/", 1)[-1] for name in ("desk.js", "desk.css"))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Desk</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f'<link rel="stylesheet" href="/desk/assets/{style}">'
        f'<script type="module" src="/desk/assets/{script}"></script></head>'
        '<body><div id="desk"></div></body></html>'
    )


def create_app() -> Sanic[Any, Any]:
    """The fake server, with its pages, its socket and its strings for the test to pull.

    It keeps the build it found at its start: another one in the middle of a test would take files away.
    """
    files = {path.name: path.read_bytes() for path in ASSETS.iterdir()}
    app: Sanic[Any, Any] = Sanic("fake_desk", configure_logging=False)
    play = Play(FakeDesk(empty=False))

    @app.get("/desk")
    async def page(_: Request) -> HTTPResponse:
        return html(shell(files), headers={"Content-Security-Policy": CSP})

    @app.get("/desk/assets/<name:path>")
    async def asset(_: Request, name: str) -> HTTPResponse:
        return raw(files[name], content_type=mimetypes.guess_type(name)[0] or "text/plain")

    @app.get("/desk/api/me")
    async def me(_: Request) -> HTTPResponse:
        if not play.desk.signed_in:
            return json_response(
                {"error": {"code": "signed_out", "status": 401, "message": "", "hint": ""}}, 401
            )
        return json_response({"staff": MAYA})

    @app.post("/desk/api/sign-in")
    async def sign_in(request: Request) -> HTTPResponse:
        given = request.json
        if given != {"email": MAYA["email"], "password": PASSWORD}:
            words = {
                "code": "wrong_password",
                "status": 401,
                "message": "E-mail or password is wrong.",
                "hint": "",
            }
            return json_response({"error": words}, 401)
        play.desk.signed_in = True
        return json_response({"staff": MAYA})

    @app.post("/desk/api/sign-out")
    async def sign_out(_: Request) -> HTTPResponse:
        play.desk.signed_in = False
        return json_response({})

    add_notices(app, play)

    @app.get("/desk/api/files/<file_id:str>")
    async def get_file(_: Request, file_id: str) -> HTTPResponse:
        file, data = play.desk.files[file_id]
        kept = {
            "Content-Disposition": f'attachment; filename="{file["name"]}"',
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cross-Origin-Resource-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
        }
        return raw(data, status=200 if data else 404, content_type=file["type"], headers=kept)

    @app.post("/desk/api/files")
    async def post_file(request: Request) -> HTTPResponse:
        desk, asked = play.desk, {name: request.args.get(name) for name in ("conversation", "epoch", "name")}
        key = request.headers["x-client-id"]
        desk.sent_files.append(asked | {"id": key, "size": len(request.body)})
        if desk.file_error:
            return json_response({"error": desk.file_error}, desk.file_error["status"])
        file = {
            "id": f"f-{key}",
            "name": asked["name"],
            "type": "application/pdf",
            "bytes": len(request.body),
        }
        seq = await desk.attach("agent", asked["conversation"], file, request.body, name="Maya", id=key)
        return json_response({"type": "ack", "id": key, "seq": seq})

    @app.websocket("/desk/socket")
    async def socket(_: Request, ws: Websocket) -> None:
        if play.desk.refusing:
            await ws.close(1013, "try later")
        elif not play.desk.signed_in:
            await ws.close(4401, "signed out")
        else:
            await serve_socket(play.desk, ws)

    @app.post("/fake/<act:str>")
    async def fake(request: Request, act: str) -> HTTPResponse:
        return json_response(await getattr(play, act)(request.json or {}))

    return app


if __name__ == "__main__":
    create_app().run(
        host="127.0.0.1", port=int(sys.argv[1]), single_process=True, access_log=False, motd=False
    )
