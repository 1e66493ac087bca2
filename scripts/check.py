"""Run every check: lint, types, import directions, front end, and all tests.

    python -m scripts.check [--only lint|web|python|rasa|browser]

Sets up what it needs first; Chromium comes from Debian's packages where it is missing and we are root.
"""

import argparse
import os
import shutil
import subprocess
import time
from pathlib import Path

from scripts.setup import APP, WEB, find_node, prepare_database, set_up_environments, train
from scripts.steps import QUIET_ENV, ROOT, StepError, main_with_clear_errors, run, say, step

PYTEST = [str(APP / "bin" / "python"), "-m", "pytest", "-q"]


def install_chromium() -> str | None:
    if shutil.which("chromium-headless-shell") or shutil.which("chromium"):
        return "already there"
    if not shutil.which("apt-get") or os.geteuid() != 0:
        hint = "Install it (Debian: apt-get install chromium) and run make test again."
        raise StepError(f"The browser tests need chromium on PATH. {hint}")
    hint = "Install chromium by hand and run make test again."
    run("apt-update", ["apt-get", "update", "-qq"], hint)
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "fonts-dejavu-core"]
    try:
        run("apt-chromium", [*install, "chromium-headless-shell"], hint)
    except StepError:  # Debian before 12 has no package of its own for the shell
        run("apt-chromium", [*install, "chromium"], hint)
    return None


def must_pass(title: str, command: list[str], cwd: Path = ROOT, path: str | None = None) -> None:
    """Run a check with its output on the screen; raise StepError when it does not pass."""
    say(f"\n== {title}")
    env = {**os.environ, **QUIET_ENV, "OMP_NUM_THREADS": "1"}
    if path:
        env["PATH"] = path
    started = time.monotonic()
    done = subprocess.run(command, cwd=cwd, env=env, check=False)
    if done.returncode:
        raise StepError(f"{title} failed ({' '.join(command)}).")
    say(f"   {title}: passed in {time.monotonic() - started:.0f} s")


def must_pass_in_two(title: str, command: list[str]) -> None:
    """Tests that wait for processes and browsers: what fails is run once more, and must pass then."""
    try:
        must_pass(title, command)
    except StepError as failure:
        say(f"   {failure} Once more, those that failed.")
        must_pass(
            f"{title}, those that failed", [*command, "--last-failed", "--last-failed-no-failures=none"]
        )


def lint() -> None:
    venv = str(APP / "bin")
    must_pass("style", [f"{venv}/ruff", "check", "--quiet"])
    must_pass("format", [f"{venv}/ruff", "format", "--check", "--quiet"])
    must_pass("types", [f"{venv}/mypy"])
    must_pass("import directions", [f"{venv}/lint-imports"])


def web() -> None:
    node = find_node()
    must_pass("web types", [*node.npm, "run", "--silent", "check"], WEB, node.path)
    must_pass("web tests", [*node.npm, "run", "--silent", "test"], WEB, node.path)


def python() -> None:
    must_pass_in_two(
        "unit, contract and integration tests", [*PYTEST, "tests/unit", "tests/contract", "tests/integration"]
    )


def rasa() -> None:
    must_pass_in_two("rasa tests", [*PYTEST, "tests/rasa"])


def browser() -> None:
    must_pass_in_two("browser tests", [*PYTEST, "tests/e2e"])


PARTS = {"lint": lint, "web": web, "rasa": rasa, "python": python, "browser": browser}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=PARTS, help="one part, nothing set up first")
    only = parser.parse_args().only
    if only:
        PARTS[only]()
        return 0
    say("Setting up")
    set_up_environments(dev=True)
    step("Chromium", install_chromium)
    step("Rasa model and knowledge index", train)
    step("Database", prepare_database)
    for part in PARTS.values():
        part()
    return 0


if __name__ == "__main__":
    main_with_clear_errors(main)
