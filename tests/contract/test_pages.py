"""Health, metrics, and the built front end."""

import asyncio
from pathlib import Path

import httpx
import pytest

from tests.contract.server import Bot, StartBot, eventually
from tests.contract.shop import Shop
from tests.contract.tab import OpenTab


async def test_it_is_ready_once_all_three_have_answered_and_names_what_is_down(
    start_bot: StartBot, http: httpx.AsyncClient, shop: Shop
) -> None:
    shop.rasa_down = True
    bot = await start_bot()
    assert (await http.get(f"{bot.url}/health")).json() == {"alive": True}

    async def told(status: int, *, ready: bool, down: list[str]) -> bool:
        reply = await http.get(f"{bot.url}/ready")
        return (reply.status_code, reply.json()) == (status, {"ready": ready, "down": down})

    await eventually(lambda: told(503, ready=False, down=["rasa"]))
    shop.rasa_down = False
    await eventually(lambda: told(200, ready=True, down=[]))
    shop.actions_down = True
    await eventually(lambda: told(200, ready=True, down=["actions"]))


async def test_metrics_are_served_on_a_port_of_their_own(
    bot: Bot, http: httpx.AsyncClient, open_tab: OpenTab
) -> None:
    await (await open_tab(bot)).say("hello")
    await eventually(lambda: bot.services.metrics.registry.get_sample_value("bot_up", {"part": "rasa"}))
    assert (await http.get(f"{bot.url}/metrics")).status_code == 404
    told = (await http.get(f"http://127.0.0.1:{bot.app.ctx.metrics_port}/metrics")).text
    assert 'bot_up{part="rasa"} 1.0' in told
    assert 'bot_rasa_info{model="m.tar.gz",version=""} 1.0' in told
    assert 'bot_frames_total{type="say"} 1.0' in told


async def test_without_a_build_the_front_end_says_what_to_do(bot: Bot, http: httpx.AsyncClient) -> None:
    for path in ("/", "/demo/", "/demo/cart", "/widget/manifest.json"):
        reply = await http.get(bot.url + path)
        assert reply.status_code == 503
        assert "make setup" in reply.json()["error"]["hint"]


@pytest.fixture
def built(tmp_path: Path) -> Path:
    static = tmp_path / "static"
    for name, text in {
        "widget/manifest.json": "{}",
        "widget/1.0/checkout-chat.js": "export {}",
        "demo/index.html": "<!doctype html><title>Fernhill</title>",
        "demo/shop.js": "export {}",
        "patterns/index.html": "<!doctype html><title>Patterns</title>",
        "patterns/frame.html": "<!doctype html><title>Pattern</title>",
        "patterns/frame.js": "export {}",
        "secret.txt": "not for the world",
    }.items():
        (static / name).parent.mkdir(parents=True, exist_ok=True)
        (static / name).write_text(text)
    return static


async def test_the_widget_is_immutable_and_may_be_loaded_from_anywhere(
    built: Path, bot: Bot, http: httpx.AsyncClient
) -> None:
    script = await http.get(f"{bot.url}/widget/1.0/checkout-chat.js")
    assert (script.status_code, script.headers["content-type"]) == (200, "text/javascript")
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert script.headers["access-control-allow-origin"] == "*"
    assert script.headers["x-content-type-options"] == "nosniff"
    manifest = await http.get(f"{bot.url}/widget/manifest.json")
    assert manifest.headers["cache-control"] == "no-cache"


async def test_every_path_of_the_demo_that_is_no_file_is_its_page(
    built: Path, bot: Bot, http: httpx.AsyncClient
) -> None:
    assert (await http.get(f"{bot.url}/")).headers["location"] == "/demo/"
    for path in ("/demo/", "/demo/index.html", "/demo/cart", "/demo/checkout/payment"):
        reply = await http.get(bot.url + path)
        assert (reply.status_code, "Fernhill" in reply.text) == (200, True)
        policy = reply.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "require-trusted-types-for 'script'; trusted-types 'none'" in policy
    assert (await http.get(f"{bot.url}/demo/shop.js")).text == "export {}"
    assert (await http.get(f"{bot.url}/demo/nothing.js")).status_code == 404


async def test_patterns_may_be_framed_by_their_own_index_and_by_nobody_else(
    built: Path, bot: Bot, http: httpx.AsyncClient
) -> None:
    for path, title in {"/patterns": "Patterns", "/patterns/frame?of=widget&state=nudge": "Pattern"}.items():
        reply = await http.get(bot.url + path)
        assert (reply.status_code, f"<title>{title}</title>" in reply.text) == (200, True)
        policy = reply.headers["content-security-policy"]
        assert "frame-ancestors 'self'; frame-src 'self'" in policy
        assert "'unsafe" not in policy
        assert "require-trusted-types-for 'script'; trusted-types 'none'" in policy
    assert (await http.get(f"{bot.url}/patterns/frame.js")).text == "export {}"
    assert (await http.get(f"{bot.url}/patterns/nothing.js")).status_code == 404


@pytest.mark.parametrize(
    "path", ["/widget/../secret.txt", "/widget/%2e%2e/secret.txt", "/demo/..%2fsecret.txt"]
)
async def test_no_path_leads_out_of_the_folder(built: Path, bot: Bot, path: str) -> None:
    host, port = bot.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    reply = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    await writer.wait_closed()
    assert b"not for the world" not in reply
    assert reply.startswith((b"HTTP/1.1 404", b"HTTP/1.1 400"))


async def test_an_unknown_address_is_told_in_the_same_shape(bot: Bot, http: httpx.AsyncClient) -> None:
    reply = await http.get(f"{bot.url}/nowhere")
    assert (reply.status_code, reply.json()["error"]["code"]) == (404, "not_found")
