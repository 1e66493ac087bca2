"""The three real processes on free ports, in a folder of their own: for tests, benchmarks, screenshots."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from scripts.steps import QUIET_ENV, ROOT

READY_TIMEOUT_S = 120
STOP_TIMEOUT_S = 15
AGENT = {"email": "maya@fernhill.example", "name": "Maya", "password": "a long enough password"}
SECOND_AGENT = {"email": "jonas@fernhill.example", "name": "Jonas", "password": "another long password"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def get_json(url: str, timeout_s: float = 5) -> tuple[int, Any]:
    """Status and body of a GET; status 0 when nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=timeout_s) as reply:  # noqa: S310 (loopback only)
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"null")
    except OSError:
        return 0, None


@dataclass
class Stack:
    """rasa, actions and bot as they run for real; `shop_dir` is copied, so tests may change articles."""

    folder: Path
    shop_dir: Path = ROOT / "knowledge_base"
    env: Mapping[str, str] = field(default_factory=dict)
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    logs: dict[str, IO[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ports = {name: free_port() for name in ("bot", "metrics", "rasa", "actions")}
        self.folder.mkdir(parents=True, exist_ok=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports['bot']}"

    @property
    def actions_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['actions']}"

    @property
    def shop(self) -> Path:
        return self.folder / "shop"

    @property
    def var(self) -> Path:
        return self.folder / "var"

    def start(self) -> Self:
        self._copy_shop()
        for name in ("rasa", "actions", "bot"):
            self.spawn(name)
        self.wait_ready()
        for agent in (AGENT, SECOND_AGENT):
            self.add_agent(agent)
        return self

    def _copy_shop(self) -> None:
        """The shop's own files, and the index that set-up made of them, which saves building it again."""
        keep = shutil.ignore_patterns("*.py", "__pycache__")
        shutil.copytree(self.shop_dir, self.shop, ignore=keep, dirs_exist_ok=True)
        built = ROOT / "var" / "knowledge"
        if built.is_dir():
            shutil.copytree(built, self.var / "knowledge", dirs_exist_ok=True)

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            **QUIET_ENV,
            "OMP_NUM_THREADS": "1",
            "SHOP_DIR": str(self.shop),
            "ACTIONS_PORT": str(self.ports["actions"]),
            "ACTIONS_STORE_DIR": str(self.var / "knowledge"),
            "BOT_PORT": str(self.ports["bot"]),
            "BOT_METRICS_PORT": str(self.ports["metrics"]),
            "BOT_VAR_DIR": str(self.var),
            "BOT_CONTROL_SHARE": "0",
            "BOT_RASA_URL": f"http://127.0.0.1:{self.ports['rasa']}",
            "BOT_ACTIONS_URL": self.actions_url,
            **self.env,
        }

    def command(self, name: str) -> list[str]:
        python = str(ROOT / ".venv" / "bin" / "python")
        if name == "bot":
            return [python, "-m", "bot", "serve"]
        if name == "actions":
            return [python, "-m", "actions"]
        endpoints = self.folder / "endpoints.yml"
        text = (ROOT / "endpoints.yml").read_text(encoding="utf-8")
        endpoints.write_text(text.replace(":5055/", f":{self.ports['actions']}/"), encoding="utf-8")
        rasa = str(ROOT / ".venv-rasa" / "bin" / "rasa")
        options = ["--interface", "127.0.0.1", "--port", str(self.ports["rasa"]), "--quiet"]
        return [rasa, "run", *options, "--endpoints", str(endpoints), "--credentials", "credentials.yml"]

    def spawn(self, name: str) -> None:
        """Start one of the three, in a process group of its own, with its output in <folder>/<name>.log."""
        log = self.logs.get(name) or (self.folder / f"{name}.log").open("ab")
        self.logs[name] = log
        self.processes[name] = subprocess.Popen(
            self.command(name),
            cwd=ROOT,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def wait_ready(self, timeout_s: float = READY_TIMEOUT_S) -> None:
        """Return once bot's /ready answers 200; RuntimeError with the end of the logs when it does not."""
        deadline = time.monotonic() + timeout_s
        seen: Any = None
        while time.monotonic() < deadline:
            status, seen = get_json(f"{self.url}/ready")
            if status == 200:
                return
            ended = [name for name, process in self.processes.items() if process.poll() is not None]
            if ended:
                raise RuntimeError(f"{', '.join(ended)} ended while starting.\n{self.tail(ended[0])}")
            time.sleep(0.1)
        raise RuntimeError(f"Not ready after {timeout_s:.0f} s: {seen}\n{self.tail('bot')}")

    def tail(self, name: str, characters: int = 3000) -> str:
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")[-characters:]

    def add_agent(self, agent: Mapping[str, str], role: str = "agent") -> None:
        subprocess.run(
            [
                *(str(ROOT / ".venv" / "bin" / "python"), "-m", "bot", "users", "add"),
                *("--email", agent["email"], "--name", agent["name"], "--role", role, "--password-stdin"),
            ],
            input=agent["password"].encode(),
            cwd=ROOT,
            env=self.environment(),
            check=True,
            capture_output=True,
        )

    def stop(self, name: str, how: signal.Signals = signal.SIGTERM) -> None:
        """End one process and all it started."""
        process = self.processes.pop(name)
        if process.poll() is None:
            os.killpg(process.pid, how)
        try:
            process.wait(timeout=STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=STOP_TIMEOUT_S)

    def stop_all(self) -> None:
        for name in list(self.processes):
            self.stop(name)
        for log in self.logs.values():
            log.close()
        self.logs.clear()

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.stop_all()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop_all()
