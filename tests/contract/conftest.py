"""The real app on a real port; Rasa and actions are stood in for by a server that tests make misbehave."""

import asyncio
import inspect
import itertools
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from sanic import Request, Sanic
from sanic.response import HTTPResponse
from sanic.response import json as json_response
from websockets.asyncio.client import ClientConnection, connect

from bot.app import create_app
from bot.presence import StaffOnline
from bot.services import Services
from bot.settings import Settings, Site

ORIGIN = "https://shop.example"
PATIENCE_S = 10.0
NAMES = itertools.count(1)
IDENTITY_KEY = "the shop signs its shoppers with this"
SITES = {
    "fernhill": Site.model_validate(
        {
            "name": "Fernhill",
            "origins": [ORIGIN],
            "identity_keys": [{"alg": "HS256", "key": IDENTITY_KEY}],
            "order_pattern": r"FH-\d{6}",
        }
    ),
    "other": Site(name="Other", origins=("https://other.example",)),
}
Frame = dict[str, Any]


def article(article_id: str, short_answer: str, confidence: float = 0.9) -> Frame:
    return {
        "id": article_id,
        "title": article_id.title(),
        "short_answer": short_answer,
        "confidence": confidence,
    }


@dataclass
class Shop:
    """Rasa and actions, as a test wants them. `asked` is every body Rasa got."""

    url: str = ""
    asked: list[Frame] = field(default_factory=list)
    searched: list[Frame] = field(default_factory=list)
    delay_s: float = 0.0
    rasa_down: bool = False
    actions_down: bool = False
    nonsense: Any = None
    found: Frame = field(
        default_factory=lambda: {
            "version": 1,
            "band": "answer",
            "confidence": 0.9,
            "matches": [article("shipping", "Two days."), article("express", "One day.", 0.5)],
        }
    )

    def answer(self, body: Frame) -> list[Frame]:
        """What a healthy Rasa says."""
        said, state = body["message"], {**body["metadata"]["state"], "last_question": body["message"]}
        if said.startswith("/proactive_offer"):
            event = json.loads(said.removeprefix("/proactive_offer"))
            if event["event"] != "payment.declined":
                return [{"custom": {"state": state}}]
            offer = {
                "event": event["event"],
                "code": event["code"],
                "title": "Card declined?",
                "article": {"id": "declined", "title": "Card declined"},
                "short_answer": "Try **another card**.",
                "body": "",
            }
            return [{"custom": {"offer": offer}}, {"custom": {"state": body["metadata"]["state"]}}]
        if "person" in said:
            hand_over = {
                "reason": "asked",
                "question": said,
                "matches": [article("returns", "Send it back.")],
            }
            return [{"custom": {"hand_over": hand_over}}, {"custom": {"state": state}}]
        if "which" in said:
            choices = [{"id": "a1", "title": "One"}, {"id": "a2", "title": "Two"}]
            clarify = {"question": said, "choices": choices, "confidence": 0.5}
            return [{"text": "Which one?"}, {"custom": {"clarify": clarify}}, {"custom": {"state": state}}]
        if said in ("/helpful", "/not_helpful") or said.startswith("/returned_from_agent"):
            return [{"text": f"Heard {said.partition('{')[0]}"}, {"custom": {"state": state}}]
        found = {
            "question": said,
            "article": {"id": f"about {said[:40]}", "title": f"About {said[:40]}"},
            "short_answer": f"The answer to **{said[:40]}**.",
            "body": "More about it.",
            "confidence": 0.93,
            "band": "answer",
            "why": "search",
        }
        return [{"custom": {"answer": found}}, {"custom": {"state": state}}]

    def app(self) -> Sanic[Any, Any]:
        """The server for both."""
        app: Sanic[Any, Any] = Sanic(f"shop{next(NAMES)}", configure_logging=False)
        app.config.MOTD = False

        async def webhook(request: Request) -> HTTPResponse:
            if self.rasa_down:
                return json_response({}, status=502)
            self.asked.append(request.json)
            reply = self.answer(request.json) if self.nonsense is None else self.nonsense
            await asyncio.sleep(self.delay_s)
            return json_response(reply)

        async def search(request: Request) -> HTTPResponse:
            self.searched.append(request.json)
            return json_response(self.found, status=503 if self.actions_down else 200)

        async def one_article(_request: Request, article_id: str) -> HTTPResponse:
            return json_response(article(article_id, f"All about {article_id}."))

        async def rasa_status(_request: Request) -> HTTPResponse:
            return json_response({"model_file": "m.tar.gz"}, status=502 if self.rasa_down else 200)

        async def ready(_request: Request) -> HTTPResponse:
            return json_response({}, status=503 if self.actions_down else 200)

        app.add_route(webhook, "/webhooks/rest/webhook", methods=["POST"])
        app.add_route(search, "/knowledge/search", methods=["POST"])
        app.add_route(one_article, "/knowledge/articles/<article_id:str>")
        app.add_route(rasa_status, "/status")
        app.add_route(rasa_status, "/", name="greeting")
        app.add_route(ready, "/ready")
        return app


@asynccontextmanager
async def running(app: Sanic[Any, Any]) -> AsyncIterator[str]:
    """The app on a free port of the loopback interface; gives its address."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    app.config.TOUCHUP = False  # it rewrites Sanic once for each process
    server = await app.create_server(sock=listener, return_asyncio_server=True, access_log=False)
    assert server is not None
    await server.startup()
    await server.before_start()
    await server.after_start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        await server.before_stop()
        server.close()
        for connection in list(server.connections):
            connection.close_if_idle()
        await asyncio.sleep(0)
        for connection in list(server.connections):
            connection.abort()
        await server.after_stop()


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    """A healthy shop."""
    made = Shop()
    async with running(made.app()) as url:
        made.url = url
        yield made


@dataclass
class Bot:
    """The server under test."""

    url: str
    services: Services
    app: Sanic[Any, Any]

    def staff_the_desk(self) -> None:
        """Somebody is online at the desk."""
        self.services.presence.staff_arrived("window-1", StaffOnline("maya", "Maya", "online"))


StartBot = Callable[..., Awaitable[Bot]]


@pytest.fixture
async def start_bot(shop: Shop, tmp_path: Path) -> AsyncIterator[StartBot]:
    """Starts servers with settings of a test's choice; all share one database."""
    stack = []

    async def start(**overrides: Any) -> Bot:
        wanted = {
            "var_dir": tmp_path / "var",
            "static_dir": tmp_path / "static",
            "metrics_port": 0,
            "rasa_url": shop.url,
            "actions_url": shop.url,
            "sites": SITES,
            "answer_timeout_s": 1.0,
            "knowledge_timeout_s": 1.0,
            "database_wait_s": 2.0,
            "probe_interval_s": 0.2,
            "turn_sweep_s": 0.2,
            "frames_at_once": 1000,
            "frames_per_s": 1000.0,
        } | overrides
        app = create_app(Settings(**wanted), name=f"bot{next(NAMES)}")
        context = running(app)
        url = await context.__aenter__()
        stack.append(context)
        return Bot(url, app.ctx.services, app)

    yield start
    for context in reversed(stack):
        await context.__aexit__(None, None, None)


@pytest.fixture
async def bot(start_bot: StartBot) -> Bot:
    """A server as a shop would run it."""
    return await start_bot()


class Shopper:
    """A browser tab. `frames` is everything that came, in order."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.frames: list[Frame] = []
        self._read = 0
        self._ids = itertools.count(1)
        self.welcome: Frame = {}
        self.conversation: str | None = None

    def new_id(self) -> str:
        return f"frame-{next(NAMES):06}"

    async def send(self, **frame: Any) -> str:
        """Send a frame, with an id of its own unless one is given; gives the id."""
        frame.setdefault("id", self.new_id())
        await self.socket.send(json.dumps(frame))
        return str(frame["id"])

    async def next(self) -> Frame:
        """The next frame that nobody has looked at."""
        if self._read == len(self.frames):
            async with asyncio.timeout(PATIENCE_S):
                self.frames.append(json.loads(await self.socket.recv()))
        self._read += 1
        frame = self.frames[self._read - 1]
        self.conversation = frame.get("conversation") or self.conversation
        return frame

    async def until(self, **wanted: Any) -> Frame:
        """The next frame with these fields; what comes before it is passed over."""
        while True:
            frame = await self.next()
            if all(frame.get(name) == value for name, value in wanted.items()):
                return frame

    async def hello(self, **fields: Any) -> Frame:
        """Say hello and wait until the greeting is over."""
        hello = {
            "type": "hello",
            "v": 1,
            "site": "fernhill",
            "visitor": None,
            "conversation": None,
            "after": 0,
            "locale": "en",
            "context": {},
        }
        await self.socket.send(json.dumps(hello | fields))
        self.welcome = await self.until(type="welcome")
        await self.until(type="state")
        return self.welcome

    async def say(self, text: str) -> Frame:
        """Say something and give the assistant's reply."""
        await self.send(type="say", text=text)
        return await self.until(type="message", author="assistant")

    async def ping(self) -> list[Frame]:
        """Everything that came until a pong."""
        before = self._read
        await self.socket.send('{"type": "ping"}')
        await self.until(type="pong")
        return self.frames[before : self._read - 1]


OpenTab = Callable[..., Awaitable[Shopper]]
Eventually = Callable[..., Awaitable[None]]


@pytest.fixture
def eventually() -> Eventually:
    """Waits until a condition, plain or async, holds."""

    async def wait(condition: Callable[[], Any], patience_s: float = PATIENCE_S) -> None:
        async with asyncio.timeout(patience_s):
            while True:
                found = condition()
                if await found if inspect.isawaitable(found) else found:
                    return
                await asyncio.sleep(0.01)

    return wait


@pytest.fixture
async def open_tab() -> AsyncIterator[OpenTab]:
    """Opens tabs on a server; `hello=False` leaves the greeting to the test, other fields go into it."""
    sockets: list[ClientConnection] = []

    async def make(bot: Bot, *, hello: bool = True, origin: str = ORIGIN, **fields: Any) -> Shopper:
        url = bot.url.replace("http", "ws") + "/chat/v1/socket"
        opened = await connect(url, origin=origin, max_size=None, ping_interval=None)  # type: ignore[arg-type]
        sockets.append(opened)
        shopper = Shopper(opened)
        if hello:
            await shopper.hello(**fields)
        return shopper

    yield make
    for opened in sockets:
        await opened.close()


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """A client for plain HTTP."""
    async with httpx.AsyncClient(timeout=PATIENCE_S, trust_env=False) as client:
        yield client
