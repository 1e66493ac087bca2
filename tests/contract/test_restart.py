"""The process is killed in mid-answer and started again: nothing lost, doubled or out of order."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from scripts.shopper import hello
from scripts.stack import free_port
from tests.contract.server import ORIGIN, eventually
from tests.contract.shop import Shop
from tests.contract.tab import OpenTab

PATIENCE_S = 40.0


class Process:
    """`python -m bot serve`, as it is started for real."""

    def __init__(self, environment: dict[str, str], port: int, log_file: Path) -> None:
        self._log_file = log_file
        self.url = f"http://127.0.0.1:{port}"
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    def _spawn(self) -> subprocess.Popen[bytes]:
        with self._log_file.open("ab") as log:
            return subprocess.Popen([sys.executable, "-m", "bot", "serve"], env=self._environment, stderr=log)

    async def start(self) -> None:
        """Start it, and wait until it answers."""
        self._process = self._spawn()
        async with httpx.AsyncClient(trust_env=False) as client, asyncio.timeout(PATIENCE_S):
            while True:
                with suppress(httpx.HTTPError):
                    if (await client.get(f"{self.url}/health")).status_code == 200:
                        return
                assert self._process.poll() is None, self.log()
                await asyncio.sleep(0.05)

    async def end(self, with_signal: signal.Signals) -> tuple[int, float]:
        """The exit code, and how long it took."""
        if self._process is None or self._process.poll() is not None:
            return 0, 0.0
        began = asyncio.get_running_loop().time()
        self._process.send_signal(with_signal)
        code = await asyncio.to_thread(self._process.wait, PATIENCE_S)
        return code, asyncio.get_running_loop().time() - began

    def log(self) -> str:
        """What it wrote, over all its starts."""
        return self._log_file.read_text()


@pytest.fixture
async def process_of(shop: Shop, tmp_path: Path) -> AsyncIterator[Callable[..., Process]]:
    made: list[Process] = []

    def make(**settings: str) -> Process:
        port = free_port()
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("BOT_")},
            "BOT_PORT": str(port),
            "BOT_METRICS_PORT": str(free_port()),
            "BOT_VAR_DIR": str(tmp_path / "var"),
            "BOT_RASA_URL": shop.url,
            "BOT_ACTIONS_URL": shop.url,
            "BOT_SITES": json.dumps({"fernhill": {"name": "Fernhill", "origins": [ORIGIN]}}),
            **settings,
        }
        made.append(Process(environment, port, tmp_path / "log"))
        return made[-1]

    yield make
    for process in made:
        await process.end(signal.SIGKILL)


async def test_killed_in_mid_answer_it_answers_after_the_restart(
    process_of: Any, open_tab: OpenTab, shop: Shop
) -> None:
    process = process_of()
    await process.start()
    tab = await open_tab(process)
    await tab.say("one")
    shop.delay_s = 60.0
    before = len(shop.asked)
    for words in ("two", "three"):
        said = await tab.send(type="say", text=words)
        await tab.until(type="ack", id=said)
    await eventually(lambda: len(shop.asked) > before)
    await process.end(signal.SIGKILL)
    shop.delay_s = 0.0
    await process.start()
    again = await open_tab(process, **tab.shopper)
    while not any(frame.get("text") == "The answer to three." for frame in again.frames):
        await again.next()
    assert again.said == [
        (1, "one"),
        (2, "The answer to one."),
        (3, "two"),
        (4, "three"),
        (5, "The answer to two."),
        (6, "The answer to three."),
    ]
    again_for_two = [body["sender"] for body in shop.asked if body["message"] == "two"]
    assert len(set(again_for_two)) == len(again_for_two) == 2
    resent = await again.send(type="say", text="three", id=said)
    assert (await again.until(type="ack", id=resent))["seq"] == 4


@pytest.mark.parametrize("with_signal", [signal.SIGTERM, signal.SIGINT])
async def test_a_stop_is_quick_and_clean_with_shoppers_connected(
    process_of: Any, open_tab: OpenTab, with_signal: signal.Signals
) -> None:
    process = process_of()
    await process.start()
    tab = await open_tab(process)
    await tab.say("hello")
    async with httpx.AsyncClient(trust_env=False) as client:
        body = {"v": 1, "wait_s": 25, "frames": [hello()]}
        waiting = asyncio.create_task(
            client.post(
                f"{process.url}/chat/v1/frames",
                json=body,
                headers={"Origin": ORIGIN},
                timeout=30,
            )
        )
        await tab.say("again")
        code, took_s = await process.end(with_signal)
        reply = await waiting
    log = process.log()
    assert (code, reply.status_code) == (0, 200), log
    assert took_s < 3
    assert "Traceback" not in log
    assert "hello" not in log


def serve(tmp_path: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Start it, where it is expected to give up at once."""
    return subprocess.run(
        [sys.executable, "-m", "bot", "serve"],
        env={**os.environ, "BOT_VAR_DIR": str(tmp_path), "COLUMNS": "400", **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("name", ["BOT_PORT", "BOT_METRICS_PORT"])
def test_a_port_in_use_is_one_clear_line(tmp_path: Path, name: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = serve(tmp_path, **{"BOT_PORT": "0", "BOT_METRICS_PORT": "0", name: port})
    assert done.returncode == 1
    assert f"Port {port}" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr


def test_a_wrong_setting_is_one_clear_line(tmp_path: Path) -> None:
    done = serve(tmp_path, BOT_PROT="8000")
    assert done.returncode == 1
    assert done.stderr == "Unknown setting BOT_PROT. docs/settings.md lists the known ones.\n"
