"""The desk's part of docs/protocol.md, held by the real server on a real port with a real database."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher
from sanic import HTTPResponse, Request, Sanic
from sanic.response import json as json_response
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from bot.app import create_app
from bot.settings import Settings
from bot.staff import accounts
from bot.staff.passwords import Passwords
from bot.store import staff
from bot.store.database import Store
from scripts.shopper import Agent, Frame, Shopper
from scripts.stack import free_port

PASSWORD = "a long enough password"
MAYA, JONAS, EDITOR = "maya@fernhill.example", "jonas@fernhill.example", "ed@fernhill.example"
NUMBERS = itertools.count()
QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
STAFF = ((MAYA, "Maya", "agent"), (JONAS, "Jonas", "admin"), (EDITOR, "Ed", "editor"))
MATCH = {"id": "returns", "title": "Returns", "short_answer": "Within **30 days**.", "confidence": 0.91}
EVIL = "<script>alert('x')</script><img src=x onerror=alert(1)>"
CONTEXT: Frame = {
    "page": {"url": "https://shop.example/pay", "title": EVIL, "step": "payment"},
    "cart": {"currency": "EUR", "lines": [], "subtotal": "87.90", "shipping": "4.90", "total": "92.80"},
    "country": "AT",
}


@dataclass
class Bot:
    """The running server, and what a test does to it from the inside."""

    url: str
    store: Store
    static_dir: Path
    asked: list[Frame]

    def agent(self, email: str = MAYA) -> Agent:
        return Agent(self.url, email, PASSWORD)

    def shopper(self, **more: Any) -> Shopper:
        return Shopper(self.url, context=CONTEXT, **more)

    def http(self, **headers: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.url, headers={"Origin": self.url, **headers}, trust_env=False)

    async def cookie(self, email: str = MAYA) -> str:
        async with self.http() as http:
            reply = await http.post("/desk/api/sign-in", json={"email": email, "password": PASSWORD})
        return reply.cookies["desk_session"]


@asynccontextmanager
async def _serving(app: Sanic[Any, Any], port: int) -> AsyncIterator[None]:
    app.config.TOUCHUP = False  # Sanic rewrites its own methods once a process, not once an app
    server = await app.create_server("127.0.0.1", port, return_asyncio_server=True, access_log=False)
    assert server is not None
    await server.startup()
    await server.before_start()
    await server.after_start()
    try:
        yield
    finally:
        server.close()
        await server.before_stop()
        await server.wait_closed()
        await server.after_stop()


@pytest.fixture
async def actions() -> AsyncIterator[tuple[str, list[Frame]]]:
    """The knowledge base's address, and what it was asked."""
    port, asked = free_port(), []
    app: Sanic[Any, Any] = Sanic(f"actions-{next(NUMBERS)}", configure_logging=False)

    @app.post("/knowledge/search")
    async def search(request: Request) -> HTTPResponse:
        asked.append(request.json)
        return json_response({"version": 1, "band": "answer", "confidence": 0.91, "matches": [MATCH]})

    async with _serving(app, port):
        yield f"http://127.0.0.1:{port}", asked


@pytest.fixture
async def bot(tmp_path: Path, actions: tuple[str, list[Frame]]) -> AsyncIterator[Bot]:
    port = free_port()
    settings = Settings(
        port=port,
        metrics_port=0,
        var_dir=tmp_path / "var",
        static_dir=tmp_path / "static",
        rasa_url=f"http://127.0.0.1:{free_port()}",
        actions_url=actions[0],
        ping_interval_s=1.0,
        log_level="error",
    )
    app = create_app(settings, name=f"bot-{next(NUMBERS)}")
    async with _serving(app, port):
        store = app.ctx.services.store
        for email, name, role in (
            (MAYA, "Maya", "agent"),
            (JONAS, "Jonas", "admin"),
            (EDITOR, "Ed", "editor"),
        ):
            await accounts.add(store, QUICK, email=email, name=name, role=role, password=PASSWORD)
        yield Bot(f"http://127.0.0.1:{port}", store, settings.static_dir, actions[1])


async def _asks_for_a_person(shopper: Shopper) -> str:
    """The shopper waits in the queue; the conversation's id."""
    ack = await shopper.send({"type": "ask_person"})
    assert ack["type"] == "ack", ack
    return str(shopper.conversation)


async def _frame(agent: Agent, since: int = 0, **wanted: Any) -> Frame:
    """The first frame from `since` on that has all of these values."""
    assert agent.line is not None
    place = await agent.line.wait(
        lambda frame: all(frame.get(key) == value for key, value in wanted.items()), since, what=str(wanted)
    )
    return agent.frames[place]


async def _ask(agent: Agent, frame: Frame, answer: str) -> Frame:
    """Send a frame that is answered by more than an `ack`."""
    assert agent.line is not None
    frame = {"id": f"ask-{len(agent.frames):08d}", **frame}
    since = len(agent.frames)
    await agent.line.send(frame)
    return await _frame(agent, since, type=answer, id=frame["id"])


async def _told(shopper: Shopper, since: int = 0, **wanted: Any) -> Frame:
    assert shopper.line is not None
    place = await shopper.line.wait(
        lambda frame: all(frame.get(key) == value for key, value in wanted.items()), since, what=str(wanted)
    )
    return shopper.frames[place]


async def test_without_a_build_the_page_says_what_to_do(bot: Bot) -> None:
    async with bot.http() as http:
        reply = await http.get("/desk")
    assert reply.status_code == 503
    assert "make setup" in reply.text


async def test_the_page_loads_the_build_and_nothing_else(bot: Bot) -> None:
    built = bot.static_dir / "desk"
    built.mkdir(parents=True)
    files = {
        name: {"path": f"/desk/assets/{name}", "integrity": f"sha384-{name}"}
        for name in ("desk.js", "desk.css")
    }
    (built / "manifest.json").write_text(json.dumps({"files": files}), encoding="utf-8")
    (built / "desk.js").write_text("1", encoding="utf-8")
    async with bot.http() as http:
        page = await http.get("/desk")
        script = await http.get("/desk/assets/desk.js")
        missing = [
            await http.get(path) for path in ("/desk/assets/x.js", "/desk/assets/..%2f..%2fvar%2fsecret")
        ]
    assert page.status_code == 200
    assert 'src="/desk/assets/desk.js" integrity="sha384-desk.js"' in page.text
    assert 'href="/desk/assets/desk.css" integrity="sha384-desk.css"' in page.text
    rules = page.headers["content-security-policy"]
    assert "default-src 'none'" in rules
    assert "script-src 'self';" in rules
    assert "unsafe" not in rules
    assert "frame-ancestors 'none'" in rules
    assert page.headers["cache-control"] == "no-store"
    assert "immutable" in script.headers["cache-control"]
    assert script.headers["content-type"].startswith("text/javascript")
    assert [reply.status_code for reply in missing] == [404, 404]


async def test_signing_in_sets_a_cookie_that_scripts_and_other_sites_do_not_get(bot: Bot) -> None:
    async with bot.http() as http:
        assert (await http.get("/desk/api/me")).status_code == 401
        reply = await http.post("/desk/api/sign-in", json={"email": MAYA, "password": PASSWORD})
        assert reply.status_code == 200
        said = reply.json()["staff"]
        assert said | {"id": ""} == {"id": "", "name": "Maya", "email": MAYA, "role": "agent"}
        cookie = reply.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert "max-age=43200" in cookie
        assert "secure" not in cookie
        assert (await http.get("/desk/api/me")).json() == reply.json()
        signed_out = await http.post("/desk/api/sign-out", json={})
        assert signed_out.status_code == 200
        assert "desk_session" not in http.cookies


async def test_signing_out_ends_the_sign_in_and_not_only_the_cookie(bot: Bot) -> None:
    cookie = {"Cookie": f"desk_session={await bot.cookie()}"}
    async with bot.http(**cookie) as http:
        assert (await http.get("/desk/api/me")).status_code == 200
        await http.post("/desk/api/sign-out", json={})
        assert (await http.get("/desk/api/me", headers=cookie)).status_code == 401


async def test_behind_https_the_cookie_is_for_https_only(bot: Bot) -> None:
    async with bot.http(Origin=bot.url.replace("http:", "https:")) as http:
        reply = await http.post("/desk/api/sign-in", json={"email": MAYA, "password": PASSWORD})
    assert "secure" in reply.headers["set-cookie"].lower()


REFUSED: list[tuple[dict[str, str], object, str, int]] = [
    ({}, {"email": MAYA, "password": "the wrong password"}, "not_signed_in", 401),
    ({}, {"email": "nobody@fernhill.example", "password": PASSWORD}, "not_signed_in", 401),
    ({}, {"email": EDITOR, "password": PASSWORD}, "not_allowed", 403),
    ({"Origin": "https://evil.example"}, {"email": MAYA, "password": PASSWORD}, "wrong_origin", 403),
    ({"Origin": "null"}, {"email": MAYA, "password": PASSWORD}, "wrong_origin", 403),
    ({"Origin": ""}, {"email": MAYA, "password": PASSWORD}, "wrong_origin", 403),
    ({"Content-Type": "text/plain"}, {"email": MAYA, "password": PASSWORD}, "bad_value", 400),
    ({}, {"email": MAYA}, "bad_value", 400),
    ({}, {"email": MAYA, "password": [PASSWORD]}, "bad_value", 400),
    ({}, [PASSWORD], "bad_value", 400),
    ({}, {"email": MAYA, "password": PASSWORD * 1000}, "bad_value", 400),
]


async def test_a_sign_in_that_is_refused_says_why_and_never_the_password(bot: Bot) -> None:
    for headers, body, code, status in REFUSED:
        async with bot.http(**{"Content-Type": "application/json", **headers}) as http:
            reply = await http.post("/desk/api/sign-in", content=json.dumps(body))
        error = reply.json()["error"]
        assert (error["code"], error["status"], reply.status_code) == (code, status, status), body
        assert error["message"], body
        assert error["hint"], body
        assert PASSWORD not in reply.text, body
        assert "wrong password" not in reply.text, body
        assert "set-cookie" not in reply.headers, body


async def test_guessing_is_slowed_down(bot: Bot) -> None:
    async with bot.http() as http:
        replies = [
            await http.post("/desk/api/sign-in", json={"email": MAYA, "password": "the wrong password"})
            for _ in range(6)
        ]
    assert [reply.status_code for reply in replies] == [401] * 5 + [429]
    assert replies[-1].json()["error"]["hint"] == "Try again in 5 minutes."


def _socket(bot: Bot, cookie: str | None, origin: str | None) -> Any:
    headers = {"Cookie": f"desk_session={cookie}"} if cookie else {}
    address = bot.url.replace("http", "ws", 1) + "/desk/socket"
    return connect(address, origin=origin, additional_headers=headers)  # type: ignore[arg-type]


async def test_a_socket_from_a_foreign_page_is_refused_before_it_opens(bot: Bot) -> None:
    cookie = await bot.cookie()
    for origin in ("https://evil.example", "null", None):
        with pytest.raises(InvalidStatus) as refused:
            await _socket(bot, cookie, origin)
        assert refused.value.response.status_code == 403, origin


async def test_a_socket_without_a_sign_in_is_told_so_and_closed(bot: Bot) -> None:
    for cookie in (None, "a guessed token"):
        async with _socket(bot, cookie, bot.url) as socket:
            error = json.loads(await socket.recv())
            assert (error["type"], error["code"]) == ("error", "not_signed_in")
            with pytest.raises(ConnectionClosed) as closed:
                await socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4401


async def test_an_account_that_is_switched_off_loses_its_socket_with_the_next_frame(bot: Bot) -> None:
    async with bot.agent() as maya:
        await staff.set_disabled(bot.store, MAYA, disabled=True)
        refused = await maya.send({"type": "history", "filter": "all", "before": None})
        assert refused["code"] == "not_signed_in"
        assert maya.line is not None
        async with asyncio.timeout(5):
            await maya.line.socket.wait_closed()
        assert maya.line.socket.close_code == 4401


async def test_an_idle_socket_ends_soon_after_its_sign_in(bot: Bot) -> None:
    cookie = await bot.cookie()
    async with _socket(bot, cookie, bot.url) as socket:
        assert json.loads(await socket.recv())["type"] == "welcome"
        async with bot.http(Cookie=f"desk_session={cookie}") as http:
            await http.post("/desk/api/sign-out", json={})
        async with asyncio.timeout(10):
            assert json.loads(await socket.recv())["code"] == "not_signed_in"
            await socket.wait_closed()
    assert socket.close_code == 4401


async def test_the_queue_is_live(bot: Bot) -> None:
    async with bot.agent() as maya, bot.shopper() as ada, bot.shopper() as ben:
        assert maya.frames[0]["conversations"] == []
        first = await _asks_for_a_person(ada)
        summary = await maya.summary(lambda found: found["id"] == first and found["owner"] == "queue")
        assert (summary["place"], summary["reason"], summary["reason_text"]) == (
            1,
            "asked",
            "Asked for a person",
        )
        assert (summary["step"], summary["total"]) == ("payment", {"amount": "92.80", "currency": "EUR"})
        assert summary["shopper"] == {"name": None, "verified": False, "present": True}
        second = await _asks_for_a_person(ben)
        summary = await maya.summary(lambda found: found["id"] == second and found["owner"] == "queue")
        assert summary["place"] == 2
        await maya.send({"type": "claim", "conversation": first, "epoch": 1})
        await maya.summary(lambda found: found["id"] == second and found["place"] == 1)
        async with bot.agent(JONAS) as jonas:
            listed = {found["id"]: found["owner"] for found in jonas.frames[0]["conversations"]}
            assert listed == {first: "agent", second: "queue"}


async def test_the_desk_sees_when_a_shopper_leaves(bot: Bot) -> None:
    async with bot.agent() as maya:
        async with bot.shopper() as ada:
            chat = await _asks_for_a_person(ada)
            await maya.summary(lambda found: found["id"] == chat and found["shopper"]["present"])
        since = len(maya.frames)
        await maya.summary(lambda found: found["id"] == chat and not found["shopper"]["present"], since)


async def test_watching_gives_the_story_the_messages_and_then_both_live(bot: Bot) -> None:
    async with bot.agent() as maya, bot.shopper() as ada:
        await ada.say(f"how long can i return things {EVIL}")
        chat = await _asks_for_a_person(ada)
        since = len(maya.frames)
        story = await maya.watch(chat)
        assert story["question"] == f"how long can i return things {EVIL}"
        assert story["page"]["title"] == EVIL
        assert story["country"] == "AT"
        assert [answer["article"]["title"] for answer in story["answers"]] == ["Returns"]
        kinds = [
            frame["type"]
            for frame in maya.frames[since:]
            if frame.get("conversation") == chat or "id" in frame
        ]
        assert kinds[0] == "story"
        assert kinds[-1] == "ack"
        seen = [frame for frame in maya.frames[since:] if frame["type"] == "message"]
        assert [frame["seq"] for frame in seen] == list(range(1, len(seen) + 1))
        assert seen[0]["text"] == f"how long can i return things {EVIL}"
        answer = next(frame for frame in seen if frame["kind"] == "answer")
        assert (answer["confidence"], answer["band"], answer["verdict"]) == (0.91, "answer", None)

        since = len(maya.frames)
        await ada.send({"type": "verdict", "seq": answer["seq"], "helped": False})
        update = await _frame(maya, since, type="update", conversation=chat)
        assert (update["seq"], update["verdict"]) == (answer["seq"], "no")
        assert maya.line is not None
        await maya.line.wait(
            lambda frame: frame["type"] == "story" and frame["story"]["answers"][0]["verdict"] == "no", since
        )
        page = {"url": "https://shop.example/review", "title": "Review", "step": "review"}
        assert ada.line is not None
        await ada.line.send({"type": "context", "context": {"page": page}})
        await maya.line.wait(
            lambda frame: frame["type"] == "story" and frame["story"]["page"]["title"] == "Review", since
        )


async def test_watching_again_gives_only_what_is_new(bot: Bot) -> None:
    async with bot.agent() as maya, bot.shopper() as ada:
        chat = await _asks_for_a_person(ada)
        await maya.watch(chat)
        last = max(frame["seq"] for frame in maya.frames if frame["type"] == "message")
        await maya.send({"type": "unwatch", "conversation": chat})
        await maya.send({"type": "claim", "conversation": chat, "epoch": 1})
        since = len(maya.frames)
        await maya.send({"type": "watch", "conversation": chat, "after": last})
        seen = [frame["seq"] for frame in maya.frames[since:] if frame["type"] == "message"]
        assert seen == [last + 1]
        assert [frame for frame in maya.frames[:since] if frame.get("seq") == last + 1] == []


async def test_of_two_agents_who_claim_at_once_one_wins_and_the_other_hears_who(bot: Bot) -> None:
    async with bot.agent() as maya, bot.agent(JONAS) as jonas, bot.shopper() as ada:
        chat = await _asks_for_a_person(ada)
        claim = {"type": "claim", "conversation": chat, "epoch": 1}
        replies = await asyncio.gather(maya.send(claim), jonas.send(claim))
        assert sorted(reply["type"] for reply in replies) == ["ack", "error"]
        winner = "Maya" if replies[0]["type"] == "ack" else "Jonas"
        lost = next(reply for reply in replies if reply["type"] == "error")
        assert (lost["code"], lost["status"]) == ("stale_epoch", 409)
        assert lost["message"] == f"{winner} has this conversation."
        state = await _told(ada, type="state", owner="agent")
        assert state["agent"] == {"name": winner}
        await _told(ada, type="message", text=f"{winner} from the shop is here and sees everything above.")
        claimed = [frame for frame in ada.messages if frame["kind"] == "notice"]
        assert [frame["notice"]["code"] for frame in claimed].count("claimed") == 1


async def test_a_reply_reaches_the_shopper_once_masked_and_as_words(bot: Bot) -> None:
    async with bot.agent() as maya, bot.shopper() as ada:
        chat = await _asks_for_a_person(ada)
        await maya.send({"type": "claim", "conversation": chat, "epoch": 1})
        reply = {
            "type": "reply",
            "id": "reply-000001",
            "conversation": chat,
            "epoch": 2,
            "text": f"{EVIL} card 4242 4242 4242 4242, order FH-204817",
        }
        first, again = await maya.send(reply), await maya.send(reply)
        assert first["type"] == again["type"] == "ack"
        assert first["seq"] == again["seq"]
        message = await _told(ada, type="message", author="agent")
        assert message["text"] == f"{EVIL} card •••• 4242, order FH-204817"
        assert message["name"] == "Maya"
        await ada.send({"type": "contact", "name": "Ada", "email": "ada@shop.example", "question": ""})
        assert len([frame for frame in ada.messages if frame["author"] == "agent"]) == 1


async def test_who_may_not_reply_is_told_how_things_stand(bot: Bot) -> None:
    async with bot.agent() as maya, bot.agent(JONAS) as jonas, bot.shopper() as ada:
        chat = await _asks_for_a_person(ada)

        async def reply(agent: Agent, epoch: int) -> tuple[str, str]:
            said = await agent.send({"type": "reply", "conversation": chat, "epoch": epoch, "text": "Hello"})
            return said["code"], said["message"]

        assert await reply(maya, 1) == ("not_allowed", "This conversation waits in the queue.")
        await maya.send({"type": "claim", "conversation": chat, "epoch": 1})
        assert await reply(jonas, 2) == ("not_allowed", "Maya has this conversation.")
        assert await reply(jonas, 1) == ("stale_epoch", "Maya has this conversation.")
        assert (await reply(maya, 1))[0] == "stale_epoch"
        for act in ({"type": "hand_back", "settled": ""}, {"type": "close", "reason": "solved"}):
            refused = await jonas.send({"conversation": chat, "epoch": 2, **act})
            assert (refused["code"], refused["message"]) == ("not_allowed", "Maya has this conversation.")
        await maya.send({"type": "close", "conversation": chat, "epoch": 2, "reason": "solved"})
        assert await reply(maya, 3) == ("closed", "This conversation is closed.")
        assert await reply(maya, 2) == ("stale_epoch", "This conversation is closed.")
        assert [frame for frame in ada.messages if frame["author"] == "agent"] == []


async def test_an_agent_takes_over_from_the_assistant(bot: Bot) -> None:
    async with bot.agent() as maya, bot.shopper() as ada:
        await ada.say("how long can i return things")
        since = len(maya.frames)
        await maya.send({"type": "claim", "conversation": ada.conversation, "epoch": 0})
        summary = await maya.summary(lambda found: found["owner"] == "agent", since)
        assert (summary["reason"], summary["question"]) == ("taken_over", "how long can i return things")


async def test_handing_back_tells_the_assistant_and_the_shopper_what_was_settled(bot: Bot) -> None:
    async with bot.agent() as maya, bot.shopper() as ada:
        chat = await _asks_for_a_person(ada)
        await maya.watch(chat)
        await maya.send({"type": "claim", "conversation": chat, "epoch": 1})
        since = len(maya.frames)
        settled = "refund of card 4242424242424242 agreed"
        ack = await maya.send({"type": "hand_back", "conversation": chat, "epoch": 2, "settled": settled})
        assert ack["type"] == "ack"
        assert maya.line is not None
        place = await maya.line.wait(
            lambda frame: frame["type"] == "story" and frame["story"]["settled"] is not None, since
        )
        story = maya.frames[place]["story"]
        assert story["settled"] == story["changes"][-1]["note"] == "refund of card •••• 4242 agreed"
        assert story["changes"][-1]["by"] == "Maya"
        await _told(ada, type="state", owner="assistant")
        notices = [frame["notice"]["code"] for frame in ada.messages if frame["kind"] == "notice"]
        assert "handed_back" in notices


async def test_closing_takes_it_off_the_list_and_the_shoppers_next_words_open_it(bot: Bot) -> None:
    async with bot.agent() as maya, bot.shopper() as ada:
        chat = await _asks_for_a_person(ada)
        await maya.send({"type": "claim", "conversation": chat, "epoch": 1})
        await maya.send({"type": "close", "conversation": chat, "epoch": 2, "reason": "solved"})
        await maya.summary(lambda found: found["id"] == chat and found["owner"] == "closed")
        history = await _ask(maya, {"type": "history", "filter": "closed", "before": None}, "conversations")
        assert [found["id"] for found in history["conversations"]] == [chat]
        await ada.say("one more thing")
        await _told(ada, type="state", owner="assistant")
        history = await _ask(maya, {"type": "history", "filter": "closed", "before": None}, "conversations")
        assert history["conversations"] == []


async def test_typing_is_seen_on_both_sides(bot: Bot) -> None:
    async with bot.agent() as maya, bot.agent(JONAS) as jonas, bot.shopper() as ada:
        chat = await _asks_for_a_person(ada)
        await maya.watch(chat)
        assert ada.line is not None
        await ada.line.send({"type": "typing"})
        assert (await _frame(maya, type="typing", conversation=chat))["author"] == "shopper"
        await maya.send({"type": "claim", "conversation": chat, "epoch": 1})
        await jonas.send({"type": "typing", "conversation": chat, "on": True})
        await maya.send({"type": "typing", "conversation": chat, "on": True})
        await _told(ada, type="typing", author="agent", on=True)
        since = len(ada.frames)
        await maya.send({"type": "reply", "conversation": chat, "epoch": 2, "text": "Hello"})
        await _told(ada, since, type="typing", author="agent", on=False)
        assert [frame["on"] for frame in ada.frames if frame.get("author") == "agent" and "on" in frame] == [
            True,
            False,
        ]


async def test_the_shop_is_staffed_while_an_agent_is_online(bot: Bot) -> None:
    async with bot.shopper() as ada:
        assert ada.state["desk"] == {"staffed": False}
        async with bot.agent() as maya:
            await _told(ada, type="state", desk={"staffed": True})
            since = len(ada.frames)
            await maya.send({"type": "presence", "status": "away"})
            await _told(ada, since, type="state", desk={"staffed": False})
            since = len(ada.frames)
            await maya.send({"type": "presence", "status": "online"})
            await _told(ada, since, type="state", desk={"staffed": True})
            since = len(ada.frames)
        await _told(ada, since, type="state", desk={"staffed": False})


async def test_agents_see_who_else_is_there(bot: Bot) -> None:
    async with bot.agent() as maya:
        async with bot.agent(JONAS):
            assert maya.line is not None
            await maya.line.wait(lambda frame: _names(frame) == ["Jonas", "Maya"])
        since = len(maya.frames)
        await maya.line.wait(lambda frame: _names(frame) == ["Maya"], since - 1)


def _names(frame: Frame) -> list[str]:
    return [here["name"] for here in frame["staff_online"]] if frame["type"] == "presence" else []


async def test_away_lasts_through_a_lost_connection(bot: Bot) -> None:
    cookie = await bot.cookie()
    async with _socket(bot, cookie, bot.url) as socket:
        assert [here["status"] for here in json.loads(await socket.recv())["staff_online"]] == ["online"]
        await socket.send(json.dumps({"type": "presence", "id": "presence-1", "status": "away"}))
        while json.loads(await socket.recv())["type"] != "ack":
            pass
    async with _socket(bot, cookie, bot.url) as socket:
        assert [here["status"] for here in json.loads(await socket.recv())["staff_online"]] == ["away"]
    async with _socket(bot, await bot.cookie(), bot.url) as socket:
        assert [here["status"] for here in json.loads(await socket.recv())["staff_online"]] == ["online"]


async def test_nobody_there_the_question_is_kept_and_shown_at_the_desk(bot: Bot) -> None:
    async with bot.shopper() as ada:
        await _asks_for_a_person(ada)
        kept = {"name": "Ada", "email": "ada@shop.example", "question": f"where is it {EVIL}"}
        await ada.send({"type": "contact", **kept})
        async with bot.agent() as maya:
            assert [found["contact"] for found in maya.frames[0]["conversations"]] == [kept]


async def test_history_goes_back_page_by_page(bot: Bot) -> None:
    async with bot.agent() as maya, bot.shopper() as ada, bot.shopper() as ben:
        first, second = await _asks_for_a_person(ada), await _asks_for_a_person(ben)
        newest = await _ask(maya, {"type": "history", "filter": "all", "before": None}, "conversations")
        assert [found["id"] for found in newest["conversations"]] == [second, first]
        before = newest["conversations"][0]["updated_at"]
        older = await _ask(maya, {"type": "history", "filter": "all", "before": before}, "conversations")
        assert [found["id"] for found in older["conversations"]] == [first]


async def test_searching_asks_the_knowledge_base_as_the_shopper_would(bot: Bot) -> None:
    async with bot.agent() as maya, bot.shopper() as ada:
        chat = await _asks_for_a_person(ada)
        found = await _ask(
            maya,
            {"type": "search", "question": "return with 4242424242424242", "conversation": chat},
            "articles",
        )
        assert found["matches"] == [{**MATCH, "short_answer": "Within 30 days."}]
        asked = bot.asked[-1]
        assert asked["question"] == "return with •••• 4242"
        assert (asked["context"]["step"], asked["context"]["country"]) == ("payment", "AT")


BAD_FRAMES = [
    ({"type": "dance"}, "unknown_type"),
    ({"type": "claim", "conversation": "x"}, "missing_field"),
    ({"type": "claim", "conversation": "x", "epoch": "1"}, "bad_value"),
    ({"type": "claim", "conversation": "x", "epoch": 1}, "not_found"),
    ({"type": "watch", "conversation": "x", "after": 0}, "not_found"),
    ({"type": "watch", "conversation": "x", "after": -1}, "bad_value"),
    ({"type": "close", "conversation": "x", "epoch": 1, "reason": "bored"}, "bad_value"),
    ({"type": "presence", "status": "asleep"}, "bad_value"),
    ({"type": "history", "filter": "all", "before": "yesterday"}, "bad_value"),
    ({"type": "search", "question": ""}, "bad_value"),
    ({"type": "reply", "conversation": "x", "epoch": 1, "text": " "}, "bad_value"),
    ({"type": "reply", "conversation": "x", "epoch": 1, "text": "x" * 2001}, "too_large"),
]
BAD_RAW = [
    ("not json", "bad_json"),
    ("[]", "bad_json"),
    ("{}", "missing_field"),
    ('{"type": "claim", "conversation": "x", "epoch": 1}', "missing_field"),
    ('{"type": "claim", "id": "short", "conversation": "x", "epoch": 1}', "bad_value"),
    (json.dumps({"type": "ping", "more": "x" * 20_000}), "too_large"),
    *((json.dumps({"id": "frame-000001", **frame}), code) for frame, code in BAD_FRAMES),
]


async def test_a_bad_frame_gets_a_typed_error_and_the_line_stays(bot: Bot) -> None:
    async with _socket(bot, await bot.cookie(), bot.url) as socket:
        assert json.loads(await socket.recv())["type"] == "welcome"
        for raw, code in BAD_RAW:
            await socket.send(raw)
            error = json.loads(await socket.recv())
            assert (error["type"], error["code"]) == ("error", code), raw
            assert error["message"], raw
            assert error["hint"], raw
            if "frame-000001" in raw:
                assert error["id"] == "frame-000001", raw
        await socket.send('{"type": "ping"}')
        assert json.loads(await socket.recv()) == {"type": "pong"}


async def test_a_huge_frame_closes_the_line(bot: Bot) -> None:
    async with _socket(bot, await bot.cookie(), bot.url) as socket:
        await socket.recv()
        await socket.send("x" * 100_000)
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009
