"""Steps of set-up: each says what it does, how long it took, and on failure what to do next.

Standard library only: set-up runs before anything is installed.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / "var" / "logs"

QUIET_ENV = {
    "HF_HUB_OFFLINE": "1",
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "PYTHONUNBUFFERED": "1",
}


class StepError(Exception):
    """A step could not be done; the message names the thing and the next step."""


_print_lock = threading.Lock()


def say(text: str) -> None:
    with _print_lock:
        print(text, flush=True)


def step(title: str, work: Callable[[], str | None]) -> None:
    """Run `work` and print the title with the seconds it took; its return value is a remark."""
    started = time.monotonic()
    remark = work()
    say(f"  {title:<42} {time.monotonic() - started:6.1f} s{'  ' + remark if remark else ''}")


def run(
    name: str,
    command: Sequence[str | Path],
    hint: str,
    cwd: Path = ROOT,
    env: Mapping[str, str] | None = None,
    timeout_s: float = 1200,
) -> str:
    """Run a command with its output in var/logs/<name>.log, and return that output.

    Raises StepError with the log's last line and `hint` when the command fails.
    """
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{name}.log"
    with log.open("w", encoding="utf-8") as out:
        try:
            done = subprocess.run(
                [str(part) for part in command],
                cwd=cwd,
                env={**os.environ, **QUIET_ENV, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                timeout=timeout_s,
                check=False,
            )
        except FileNotFoundError as error:
            raise StepError(f"{name}: {command[0]} was not found. {hint}") from error
        except subprocess.TimeoutExpired as error:
            raise StepError(f"{name}: no end after {timeout_s:.0f} s. See {log}. {hint}") from error
    output = log.read_text(encoding="utf-8", errors="replace")
    if done.returncode:
        last = next((line for line in reversed(output.splitlines()) if line.strip()), "no output")
        raise StepError(f"{name} failed: {last.strip()[:300]} (whole log: {log.relative_to(ROOT)}). {hint}")
    return output


def together(*works: Callable[[], None]) -> None:
    """Run independent pieces of work side by side; the first failure is raised when all have ended."""
    failures: list[BaseException] = []

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:  # carried over to the calling thread
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def main_with_clear_errors(main: Callable[[], int]) -> None:
    """Exit with `main`'s code; a failed step ends in one line and code 1, Ctrl-C in code 130."""
    try:
        code = main()
    except StepError as failure:
        say(f"\n{failure}")
        code = 1
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)
