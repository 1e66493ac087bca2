"""A stock `rasa init` bot that says hello: the yardstick for our own latency."""

import json
import shutil
import statistics
import subprocess
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import psutil

from scripts.stack import free_port
from scripts.steps import QUIET_ENV, ROOT, run

RASA = ROOT / ".venv-rasa" / "bin" / "rasa"
START_TIMEOUT_S = 120


def train(folder: Path) -> Path:
    """The folder of a trained `rasa init` project; made once and kept under var/."""
    project = folder / "project"
    if not list(project.glob("models/*.tar.gz")):
        shutil.rmtree(project, ignore_errors=True)
        project.mkdir(parents=True)
        run(
            "stock-init",
            [RASA, "init", "--no-prompt", "--init-dir", project],
            "Run make setup first.",
            cwd=project,
        )
        if not list(project.glob("models/*.tar.gz")):
            run("stock-train", [RASA, "train"], "Run make setup first.", cwd=project)
    return project


@dataclass
class StockRasa:
    """The stock bot's server while it runs."""

    project: Path

    def __post_init__(self) -> None:
        self.port = free_port()

    def __enter__(self) -> "StockRasa":
        log = (self.project / "rasa.log").open("wb")
        self.process = subprocess.Popen(
            [RASA, "run", "--interface", "127.0.0.1", "--port", str(self.port), "--quiet"],
            cwd=self.project,
            env={**QUIET_ENV, "PATH": f"{RASA.parent}:/usr/bin:/bin", "HOME": str(self.project)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.process.kill()
                raise RuntimeError(f"The stock bot did not start; see {log.name}")
            time.sleep(0.3)
        return self

    def answers(self) -> bool:
        """Whether the server is there; a stock server says so as text, and without its model's name."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=5):
                return True
        except OSError:
            return False

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)

    def hello_s(self, sender: str) -> float:
        """Seconds for one 'hello' through the REST channel."""
        body = json.dumps({"sender": sender, "message": "hello"}).encode()
        url = f"http://127.0.0.1:{self.port}/webhooks/rest/webhook"
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
        started = time.perf_counter()
        with urllib.request.urlopen(request, timeout=30) as reply:  # noqa: S310
            said = json.load(reply)
        if not said:
            raise RuntimeError("The stock bot said nothing to hello.")
        return time.perf_counter() - started

    def hello_p50_s(self, rounds: int) -> float:
        """Median over first messages of fresh conversations, as a shopper's first question is."""
        for warm in range(5):
            self.hello_s(f"warm-{warm}")
        return statistics.median(self.hello_s(f"bench-{n}") for n in range(rounds))

    def memory_bytes(self) -> int:
        process = psutil.Process(self.process.pid)
        family = [process, *process.children(recursive=True)]
        return sum(int(one.memory_info().rss) for one in family)
