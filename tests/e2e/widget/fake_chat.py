"""A chat server for states that are hard to provoke; it speaks docs/protocol.md and plays what tests ask.

`python fake_chat.py PORT` serves the built widget, a shop's checkout page and one conversation. What the
shopper says decides the answer (see `_answer`); `POST /fake/<act>` plays people, the network and trouble.
"""

import asyncio
import contextlib
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sanic import Blueprint, Request, Sanic, Websocket
from sanic.exceptions import WebsocketClosed
from sanic.response import HTTPResponse, file, html, raw
from sanic.response import json as json_response
from shop import CSP, SCRIPT, SHEETS, page

STATIC = Path(__file__).parents[3] / "bot" / "static" / "widget"
DEMO = Path(__file__).parents[3] / "bot" / "static" / "demo"
Frame = dict[str, Any]
routes = Blueprint("fake_chat")

ANSWER_NODES = [
    {
        "t": "p",
        "c": ["Standard delivery to Austria takes ", {"t": "strong", "c": ["2 to 4 working days"]}, "."],
    }
]
MORE_NODES = [
    {"t": "p", "c": ["Orders placed before 2 pm leave the same day."]},
    {
        "t": "ul",
        "c": [[{"t": "p", "c": ["Austria and Germany: €4.90"]}], [{"t": "p", "c": ["Elsewhere: €8.90"]}]],
    },
    {
        "t": "p",
        "c": [
            "See ",
            {"t": "a", "href": "/delivery", "c": ["all delivery times"]},
            " or ",
            {"t": "a", "href": "javascript:alert(1)", "c": ["this"]},
            ".",
        ],
    },
]

MANNERS = {
    "in_step_s": 45,
    "per_session": 3,
    "per_day": 4,
    "per_trigger_day": 1,
    "quiet_after": 3,
    "quiet_days": 30,
}


class Chat:
    """One conversation, everybody who is connected to it, and how the server behaves."""

    def __init__(self) -> None:
        self.messages: list[Frame] = []
        self.received: list[Frame] = []
        self.sockets: set[Websocket] = set()
        self.news = asyncio.Event()
        self.acks: dict[str, Frame] = {}
        self.state: Frame = {
            "type": "state",
            "owner": "assistant",
            "epoch": 0,
            "agent": None,
            "queue": None,
            "desk": {"staffed": True},
            "contact": "none",
        }
        self.sockets_refused = False
        self.all_refused = False
        self.silent = False
        self.order_pattern: str | None = None
        self.busy_for = 0
        self.guide: Frame = {"v": 1, "rules": [], "manners": MANNERS, "notices": [], "steps": {}}
        self.offered_to_fire = True

    def welcome(self) -> Frame:
        return {
            "type": "welcome",
            "v": 1,
            "visitor": "visitor-token",
            "verified": False,
            "name": None,
            "conversation": "c-1" if self.messages else None,
            "last": len(self.messages),
            "locale": "en",
            "limits": {"text": 2000},
            "order_pattern": self.order_pattern,
        }

    def store(self, author: str, kind: str, text: str, **more: Any) -> Frame:
        message = {
            "type": "message",
            "seq": len(self.messages) + 1,
            "at": datetime.now(UTC).isoformat(),
            "author": author,
            "name": more.pop("name", None),
            "lang": more.pop("lang", "en"),
            "kind": kind,
            "text": text,
            **more,
        }
        self.messages.append(message)
        return message

    async def tell(self, frame: Frame) -> None:
        """To every tab."""
        self.news.set()
        for socket in list(self.sockets):
            await _send(socket, frame)


async def _send(socket: Websocket, frame: Frame) -> None:
    with contextlib.suppress(WebsocketClosed):
        await socket.send(json.dumps(frame))


async def _take(chat: Chat, frame: Frame) -> list[Frame]:
    """Frames for whoever sent this one; what all get is told by the way."""
    chat.received.append(frame)
    kind, frame_id = frame["type"], frame.get("id")
    if kind == "ping":
        return [{"type": "pong"}]
    if kind == "suggest":
        matches = [{"id": "delivery-time", "title": "How long does delivery take?"}]
        return [
            {"type": "suggestions", "id": frame_id, "matches": matches if "deliv" in frame["text"] else []}
        ]
    if chat.silent or not frame_id:
        return []
    if frame_id in chat.acks:
        return [chat.acks[frame_id]]
    if chat.busy_for > 0:
        chat.busy_for -= 1
        return [
            _error(
                "unavailable", 503, "We can't take that just now.", "It is sent again in a moment.", frame_id
            )
        ]
    if frame.get("text", "").startswith("refuse"):
        return [_error("bad_value", 400, "That can't be read.", "Write it in other words.", frame_id)]
    seq = None
    if kind in {"say", "choose"}:
        text = frame.get("text") or frame["label"]
        said = chat.store("shopper", "text", text, id=frame_id)
        seq = said["seq"]
    chat.acks[frame_id] = {"type": "ack", "id": frame_id, "seq": seq, "conversation": "c-1"}
    asyncio.get_running_loop().create_task(_go_on(chat, frame, seq))
    return [chat.acks[frame_id]]


def _error(code: str, status: int, message: str, hint: str, frame_id: str | None = None) -> Frame:
    return {"type": "error", "code": code, "status": status, "message": message, "hint": hint, "id": frame_id}


async def _go_on(chat: Chat, frame: Frame, seq: int | None) -> None:
    kind = frame["type"]
    if seq is not None:
        await chat.tell(chat.messages[seq - 1])
    if kind == "say":
        await _answer(chat, frame["text"])
    elif kind == "choose":
        if frame["seq"]:
            await chat.tell({"type": "update", "seq": frame["seq"], "chosen": frame["label"]})
        await chat.tell(_store_answer(chat))
    elif kind == "verdict":
        await chat.tell(
            {"type": "update", "seq": frame["seq"], "verdict": "yes" if frame["helped"] else "no"}
        )
    elif kind == "ask_person":
        await _ask_person(chat)
    elif kind == "contact":
        chat.state = {**chat.state, "contact": "kept"}
        text = f"We have your question and will write to {frame['email']}, usually within a day."
        await chat.tell(chat.store("system", "notice", text, notice={"code": "contact_kept", "params": {}}))
        await chat.tell(chat.state)
    elif kind == "fire" and chat.offered_to_fire:
        await chat.tell(_store_offer(chat, frame["trigger"], guess=True))
    elif kind == "erase":
        chat.messages.clear()
        await chat.tell({"type": "erased", "conversation": "c-1"})
    elif kind == "track" and frame["event"].endswith(("failed", "rejected")):
        await chat.tell(_store_offer(chat, frame["event"]))


async def _answer(chat: Chat, text: str) -> None:
    await chat.tell({"type": "typing", "author": "assistant", "on": True})
    if "slow" in text:
        return
    if "which" in text:
        choices = [
            {"label": "How long delivery takes", "article": "delivery-time", "action": "choose"},
            {"label": "What delivery costs", "article": "delivery-cost", "action": "choose"},
            {"label": "None of these", "article": None, "action": "none"},
        ]
        words = "I'm not sure I have the right answer. Is it one of these?"
        await chat.tell(chat.store("assistant", "clarify", words, choices=choices, chosen=None))
    elif "postage" in text:
        names = {"AT": "Austria", "DE": "Germany", "ZZ": "Another country"}
        choices = [
            {"label": label, "article": None, "action": "tell", "value": value}
            for value, label in names.items()
        ]
        words = "Which country is it going to? Choose one or type it."
        await chat.tell(chat.store("assistant", "clarify", words, choices=choices, chosen=None))
    elif "weather" in text:
        choices = [{"label": "Talk to a person", "article": None, "action": "person"}]
        words = "I can help with delivery, payment, returns and your order."
        await chat.tell(chat.store("assistant", "offer_person", words, choices=choices, chosen=None))
    elif "long story" in text:
        await chat.tell(chat.store("assistant", "text", "A long story. " * 120))
    else:
        await chat.tell(_store_answer(chat))


def _store_answer(chat: Chat) -> Frame:
    answer = {
        "article": {"id": "delivery-time", "title": "Delivery times"},
        "more": MORE_NODES,
        "verdict": None,
    }
    text = "Standard delivery to Austria takes 2 to 4 working days."
    return chat.store("assistant", "answer", text, nodes=ANSWER_NODES, answer=answer)


def _store_offer(chat: Chat, event: str, *, guess: bool = False) -> Frame:
    text = (
        "Your bank declined the payment, so this order was not placed. Another card or PayPal works too. "
        "A pending amount may show for some days."
    )
    answer = {
        "article": {"id": "payment-declined", "title": "Declined payments"},
        "more": MORE_NODES,
        "verdict": None,
    }
    offer = {
        "event": event,
        "trigger": event.replace(".", "-"),
        "guess": guess,
        "data": {},
        "verdict": None,
        "title": "Your bank declined the payment, so this order was not placed.",
    }
    return chat.store("assistant", "offer", text, answer=answer, offer=offer)


async def _ask_person(chat: Chat) -> None:
    if chat.state["desk"]["staffed"]:
        text = "I'll get someone from the shop. You are second in line, usually 2 to 4 minutes."
        chat.state = {**chat.state, "owner": "queue", "epoch": 1, "queue": {"place": 2, "waiting": 2}}
        await chat.tell(
            chat.store("system", "notice", text, notice={"code": "queued", "params": {"place": 2}})
        )
    else:
        text = "Nobody is at the desk until 8:00. Leave your address and we'll write to you."
        chat.state = {**chat.state, "contact": "wanted"}
        await chat.tell(chat.store("system", "notice", text, notice={"code": "contact_wanted", "params": {}}))
    await chat.tell(chat.state)


async def _play(chat: Chat, act: str, asked: Frame) -> Any:
    if act == "received":
        return chat.received
    if act == "claim":
        chat.state = {**chat.state, "owner": "agent", "epoch": 2, "queue": None, "agent": {"name": "Maya"}}
        await chat.tell(
            chat.store(
                "system", "notice", "Maya from the shop is here.", notice={"code": "claimed", "params": {}}
            )
        )
        await chat.tell(chat.state)
    elif act == "message":
        await chat.tell(
            chat.store(asked.pop("author"), asked.pop("kind", "text"), asked.pop("text"), **asked)
        )
    elif act == "frame":
        await chat.tell(asked)
    elif act == "state":
        chat.state = {**chat.state, **asked}
        await chat.tell(chat.state)
    elif act == "guide":
        chat.guide = {**chat.guide, **asked}
    elif act == "behave":
        for name, value in asked.items():
            setattr(chat, name, value)
    elif act == "cut":
        for socket in list(chat.sockets):
            await socket.close(asked.get("code", 1012))
    return {}


@routes.before_server_start
async def _begin(app: Sanic) -> None:
    app.ctx.chat = Chat()


@routes.websocket("/chat/v1/socket")
async def _socket(request: Request, socket: Websocket) -> None:
    chat = request.app.ctx.chat
    if chat.sockets_refused or chat.all_refused:
        await socket.close(1011)
        return
    hello = json.loads(await socket.recv())
    chat.received.append(hello)
    chat.sockets.add(socket)
    try:
        for frame in [chat.welcome(), *chat.messages[hello["after"] :], chat.state]:
            await _send(socket, frame)
        async for text in socket:
            for frame in await _take(chat, json.loads(text)):
                await _send(socket, frame)
    finally:
        chat.sockets.discard(socket)


@routes.post("/chat/v1/frames")
async def _frames(request: Request) -> HTTPResponse:
    chat = request.app.ctx.chat
    if chat.all_refused:
        return json_response(
            {"error": {"code": "unavailable", "status": 503, "message": "", "hint": ""}}, 503
        )
    hello, *frames = request.json["frames"]
    chat.received.append({**hello, "type": "hello over http"})
    own = [answer for frame in frames for answer in await _take(chat, frame)]
    await asyncio.sleep(0.05)
    if not frames and len(chat.messages) == hello["after"] and request.json["wait_s"]:
        chat.news.clear()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(chat.news.wait(), request.json["wait_s"])
    return json_response({"frames": [chat.welcome(), *own, *chat.messages[hello["after"] :], chat.state]})


@routes.get("/chat/v1/guide")
async def _guide(request: Request) -> HTTPResponse:
    chat = request.app.ctx.chat
    if chat.all_refused:
        return json_response({"error": {"code": "unavailable"}}, 503)
    chat.received.append({"type": "guide", "site": request.args["site"][0]})
    return json_response(chat.guide)


@routes.post("/fake/<act>")
async def _fake(request: Request, act: str) -> HTTPResponse:
    if act == "reset":
        for socket in list(request.app.ctx.chat.sockets):
            await socket.close(1012)
        request.app.ctx.chat = Chat()
        return json_response({})
    return json_response(await _play(request.app.ctx.chat, act, request.json or {}))


@routes.get("/widget/<path:path>")
async def _widget(request: Request, path: str) -> HTTPResponse:
    return await file(STATIC / path)


@routes.get("/demo/<path:path>")
async def _demo(request: Request, path: str) -> HTTPResponse:
    found = DEMO / path
    return await file(found if found.is_file() else DEMO / "index.html")


@routes.get("/sheets/<name>")
async def _sheet(request: Request, name: str) -> HTTPResponse:
    return raw(SHEETS[name].encode(), content_type="text/css")


@routes.get("/shop.js")
async def _script(request: Request) -> HTTPResponse:
    return raw(SCRIPT.encode(), content_type="text/javascript")


@routes.get("/checkout/<step>")
async def _checkout(request: Request, step: str) -> HTTPResponse:
    manifest = json.loads((STATIC / "manifest.json").read_text())
    headers = {"Content-Security-Policy": CSP.format(host=request.host)}
    return html(
        page(manifest, step, {name: request.args.get(name) for name in request.args}), headers=headers
    )


def create_app() -> Sanic:
    """The server, with an empty conversation; `POST /fake/reset` empties it again."""
    app = Sanic("fake_chat", configure_logging=False)
    app.blueprint(routes)
    return app


if __name__ == "__main__":
    create_app().run(
        host="127.0.0.1", port=int(sys.argv[1]), single_process=True, access_log=False, motd=False
    )
