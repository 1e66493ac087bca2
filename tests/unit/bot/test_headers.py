"""Every header is sent once, and says of this very file what it says."""

import os
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bot.app import create_app
from bot.settings import Settings
from tests.contract.server import running

FILES = {
    "desk/desk.js": 1_700_000_000,
    "desk/desk.css": 1_800_000_000,
    "desk/manifest.json": 1_800_000_000,
    "widget/manifest.json": 1_700_000_000,
    "widget/1.0/checkout-chat.js": 1_800_000_000,
    "demo/index.html": 1_700_000_000,
}
MANIFEST = (
    '{"files": {"desk.js": {"path": "/desk/assets/desk.js", "integrity": "sha384-1"}, '
    '"desk.css": {"path": "/desk/assets/desk.css", "integrity": "sha384-2"}}}'
)
NOBODY = "http://127.0.0.1:9"  # the discard port: neither Rasa nor actions


@pytest.fixture
async def client(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[httpx.AsyncClient]:
    for name, changed_at in FILES.items():
        path = tmp_path / "static" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(MANIFEST, encoding="utf-8")
        os.utime(path, (changed_at, changed_at))
    settings = Settings(
        static_dir=tmp_path / "static",
        var_dir=tmp_path / "var",
        metrics_port=0,
        rasa_url=NOBODY,
        actions_url=NOBODY,
    )
    async with (
        running(create_app(settings, name=request.node.name)) as url,
        httpx.AsyncClient(base_url=url) as client,
    ):
        yield client


async def test_no_response_says_a_header_twice(client: httpx.AsyncClient) -> None:
    paths = {
        "/desk/": "no-store",
        "/desk/assets/desk.js": "public, max-age=31536000, immutable",
        "/desk/assets/none.js": "no-store",
        "/desk/api/me": "no-store",
        "/widget/manifest.json": "no-cache",
        "/widget/1.0/checkout-chat.js": "public, max-age=31536000, immutable",
        "/demo/": "no-cache",
    }
    for path, cache in paths.items():
        sent = (await client.get(path)).headers.multi_items()
        assert [name for name, count in Counter(name for name, _ in sent).items() if count > 1] == [], path
        assert [value for name, value in sent if name == "cache-control"] == [cache], path


async def test_each_file_of_the_desk_says_when_it_was_changed_itself(client: httpx.AsyncClient) -> None:
    script = await client.get("/desk/assets/desk.js")
    style = await client.get("/desk/assets/desk.css")
    assert script.headers["last-modified"] == "Tue, 14 Nov 2023 22:13:20 GMT"
    assert style.headers["last-modified"] == "Fri, 15 Jan 2027 08:00:00 GMT"
