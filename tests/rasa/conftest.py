"""A trained model for the tests, the two processes around it, and a player of dialogues."""

import contextlib
import json
import os
import socket
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

ROOT = Path(__file__).parents[2]
IN_RASA = ROOT / ".venv-rasa" / "bin"
READY_WITHIN_S = 400.0
CONTEXT = {"step": "payment", "country": "AT", "currency": "EUR", "locale": "en"}
# What the widget shows as a message of its own; a sentence before these two is part of them.
ABSORBS_THE_SENTENCE = {"clarify", "ask", "offer_person"}
PROJECT = ["config.yml", "domain.yml", "data", "rasa_side"]
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "OMP_NUM_THREADS": "1",
    "HF_HUB_OFFLINE": "1",
    "PYTHONPATH": str(ROOT),
}


RunRasa = Callable[..., "subprocess.CompletedProcess[str]"]


def _run_rasa(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    command = [str(IN_RASA / arguments[0]), *arguments[1:]]
    env = {**os.environ, **QUIET}
    return subprocess.run(
        command, cwd=ROOT, env=env, input=given, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="session")
def run_rasa() -> RunRasa:
    """Runs a program of Rasa's environment at the repository root: `run_rasa("rasa", "train")`."""
    return _run_rasa


@pytest.fixture(scope="session")
def model() -> Path:
    """The newest model, trained now when the project's files are newer."""
    files = [path for name in PROJECT for path in [ROOT / name, *(ROOT / name).rglob("*")] if path.is_file()]
    changed = max(path.stat().st_mtime for path in files)
    models = sorted((ROOT / "models").glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not models or models[-1].stat().st_mtime < changed:
        trained = _run_rasa("rasa", "train", "--quiet")
        assert trained.returncode == 0, trained.stderr[-2_000:]
        models = sorted((ROOT / "models").glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    return models[-1]


@pytest.fixture(scope="session")
def actions_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running action server over the demo shop."""
    folder = tmp_path_factory.mktemp("actions")
    port = _free_port()
    env = {
        "ACTIONS_PORT": str(port),
        "ACTIONS_STORE_DIR": str(ROOT / "var" / "knowledge"),
        "SHOP_DIR": str(ROOT / "knowledge_base"),
    }
    command = [str(ROOT / ".venv" / "bin" / "python"), "-m", "actions"]
    with _running(command, env, folder / "actions.log", f"http://127.0.0.1:{port}/ready") as url:
        yield url.removesuffix("/ready")


@pytest.fixture(scope="session")
def rasa_url(model: Path, actions_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running Rasa that calls the action server."""
    folder = tmp_path_factory.mktemp("rasa")
    endpoints = yaml.safe_load((ROOT / "endpoints.yml").read_text(encoding="utf-8"))
    endpoints["action_endpoint"]["url"] = f"{actions_url}/webhook"
    (folder / "endpoints.yml").write_text(yaml.safe_dump(endpoints), encoding="utf-8")
    port = _free_port()
    command = [str(IN_RASA / "rasa"), "run", "--interface", "127.0.0.1", "--port", str(port)]
    command += ["--model", str(model), "--endpoints", str(folder / "endpoints.yml")]
    command += ["--credentials", "credentials.yml"]
    with _running(command, {}, folder / "rasa.log", f"http://127.0.0.1:{port}/webhooks/rest/") as url:
        yield url.removesuffix("/webhooks/rest/")


@pytest.fixture(scope="session")
def client() -> Iterator[httpx.Client]:
    """One HTTP client for all dialogues."""
    with httpx.Client(timeout=20) as client:
        yield client


@pytest.fixture
def player(client: httpx.Client, rasa_url: str) -> "Player":
    """A new conversation."""
    return Player(client, rasa_url, uuid.uuid4().hex)


@contextlib.contextmanager
def _running(command: list[str], env: dict[str, str], log: Path, ready_url: str) -> Iterator[str]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **QUIET, **env}, stdout=output, stderr=output
        )
    try:
        _wait_until_ready(process, ready_url, log)
        yield ready_url
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text(encoding="utf-8")[-3_000:]
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(url, timeout=2).status_code == httpx.codes.OK:
                return
        time.sleep(0.2)
    said = log.read_text(encoding="utf-8")[-3_000:]
    raise AssertionError(f"{url} did not answer in {READY_WITHIN_S} s: {said}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Player:
    """One conversation: keeps what the chat server keeps (owner and dialogue state)."""

    def __init__(self, client: httpx.Client, url: str, sender: str) -> None:
        self._client, self._url, self._sender = client, url, sender
        self.owner = "assistant"
        self.context: dict[str, Any] = CONTEXT
        self.state: dict[str, Any] | None = None

    def step(self, step: dict[str, Any]) -> dict[str, Any]:
        """Sends one step and gives {"kinds", "article", "notice", "owner", "reason"} of what came."""
        if "returned" in step:
            self.owner = "assistant"
        parts = self.send(message_of(step))
        custom = [part["custom"] for part in parts if "custom" in part]
        assert "state" in custom[-1], "the state comes last"
        self.state = custom[-1]["state"]
        seen: dict[str, Any] = {"kinds": []}
        for part in parts:
            self._see(part, seen)
        return {**seen, "owner": self.owner}

    def send(self, message: str, **metadata: Any) -> list[dict[str, Any]]:
        """Rasa's reply to one message."""
        body = {
            "sender": self._sender,
            "message": message,
            "metadata": {
                "locale": "en",
                "owner": self.owner,
                "desk": {"staffed": True},
                "context": self.context,
                "state": self.state,
                **metadata,
            },
        }
        response = self._client.post(f"{self._url}/webhooks/rest/webhook", json=body)
        assert response.status_code == httpx.codes.OK, response.text
        parts: list[dict[str, Any]] = response.json()
        return parts

    def _see(self, part: dict[str, Any], seen: dict[str, Any]) -> None:
        if "text" in part:
            seen["kinds"].append("text")
            return
        kind, body = next(iter(part["custom"].items()))
        if kind in ABSORBS_THE_SENTENCE:
            assert seen["kinds"].pop() == "text", f"a sentence stands before {kind}"
            seen["kinds"].append("clarify" if kind == "ask" else kind)
        elif kind in {"answer", "offer"}:
            seen["kinds"].append(kind)
            seen["article"] = body["article"]["id"]
            seen["text"] = body["short_answer"]
        elif kind == "hand_over":
            seen["kinds"].append("notice")
            seen.update(notice="queued", reason=body["reason"])
            self.owner = "queue"


def message_of(step: dict[str, Any]) -> str:
    """What the chat server sends Rasa for a step."""
    if "say" in step:
        return str(step["say"])
    if "verdict" in step:
        return "/helpful" if step["verdict"] else "/not_helpful"
    if "press" in step:
        label, value = step["press"]["label"], step["press"]["value"]
        return "/choose_article" + json.dumps({"article": None, "label": label, "value": value})
    if "choose" in step:
        return "/choose_article" + json.dumps({"article": step["choose"], "label": "None of these"})
    if "track" in step:
        code = step["track"]["data"].get("code")
        return "/proactive_offer" + json.dumps({**step["track"], "code": code})
    if "returned" in step:
        return "/returned_from_agent" + json.dumps({"settled": step["returned"]})
    return "/ask_human"
