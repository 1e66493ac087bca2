"""Set up if needed, start rasa, actions and bot, and say when and where they are ready.

    python -m scripts.run

Ctrl-C stops all three. Standard library only; honcho, from the app environment, holds the processes.
"""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

from scripts.setup import APP, DEMO_AGENT, prepare_database, set_up_environments, train
from scripts.steps import QUIET_ENV, ROOT, StepError, main_with_clear_errors, say, step

READY_TIMEOUT_S = 120


def ports() -> dict[str, int]:
    """The ports the three processes will listen on, by the name of the setting that moves them."""
    defaults = {"BOT_PORT": 8000, "BOT_METRICS_PORT": 8001, "RASA_PORT": 5005, "ACTIONS_PORT": 5055}
    return {name: int(os.environ.get(name, default)) for name, default in defaults.items()}


def refuse_taken_ports() -> None:
    for name, port in ports().items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                raise StepError(
                    f"Port {port} is in use. Stop what listens there, or choose another: {name}=… make run"
                ) from error


def ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as reply:  # noqa: S310 (our own address)
            return bool(reply.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def wait_until_ready(processes: "subprocess.Popen[bytes]") -> None:
    url = f"http://127.0.0.1:{ports()['BOT_PORT']}/ready"
    deadline = time.monotonic() + READY_TIMEOUT_S
    while not ready(url):
        if processes.poll() is not None:
            raise StepError("One of the three processes ended while starting. Its last lines are above.")
        if time.monotonic() > deadline:
            raise StepError(f"Not ready after {READY_TIMEOUT_S} s. {url} names what is missing.")
        time.sleep(0.2)


def announce() -> None:
    base = f"http://127.0.0.1:{ports()['BOT_PORT']}"
    say(f"\n  Demo shop   {base}/demo/\n  Desk        {base}/desk")
    if DEMO_AGENT.exists():
        account = json.loads(DEMO_AGENT.read_text(encoding="utf-8"))
        say(f"  Sign in     {account['email']}   {account['password']}")
    say("\n  Ctrl-C stops all three.\n")


def rasa_endpoints(actions_port: int) -> Path:
    """A copy of endpoints.yml that names the port `actions` listens on."""
    written = ROOT / "var" / "endpoints.yml"
    text = (ROOT / "endpoints.yml").read_text(encoding="utf-8").replace(":5055/", f":{actions_port}/")
    written.parent.mkdir(exist_ok=True)
    written.write_text(text, encoding="utf-8")
    return written


def start() -> "subprocess.Popen[bytes]":
    wanted = ports()
    env = {
        "BOT_LOG_FORMAT": "text",
        "ACTIONS_LOG_FORMAT": "text",
        **os.environ,
        **QUIET_ENV,
        "RASA_ENDPOINTS": str(rasa_endpoints(wanted["ACTIONS_PORT"])),
        "BOT_RASA_URL": f"http://127.0.0.1:{wanted['RASA_PORT']}",
        "BOT_ACTIONS_URL": f"http://127.0.0.1:{wanted['ACTIONS_PORT']}",
        **{name: str(port) for name, port in wanted.items()},
    }
    # A session of its own, so that Ctrl-C reaches honcho once, through stop(), and not twice.
    return subprocess.Popen([APP / "bin" / "honcho", "start"], cwd=ROOT, env=env, start_new_session=True)


def stop(processes: "subprocess.Popen[bytes]") -> int:
    """Ask honcho to end its three, wait for it, and return its exit code."""
    if processes.poll() is None:
        processes.send_signal(signal.SIGTERM)
    return processes.wait(timeout=30)


def interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> int:
    signal.signal(signal.SIGTERM, interrupt)
    refuse_taken_ports()
    say("Setting up")
    set_up_environments(dev=False)
    step("Rasa model and knowledge index", train)
    step("Database", prepare_database)
    say("Starting")
    processes = start()
    try:
        step("rasa, actions and bot", lambda: wait_until_ready(processes))
        announce()
        return processes.wait()
    except KeyboardInterrupt:
        say("\nStopping")
        return 0
    finally:
        stop(processes)


if __name__ == "__main__":
    main_with_clear_errors(main)
