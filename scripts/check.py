"""Run every check: lint, types, import directions, front end, and all tests.

    python -m scripts.check [--only lint|web|python|rasa|browser]

Sets up what it needs first; Chromium comes from Debian's packages where it is missing and we are root.
"""

import argparse
import os
import shutil
import subprocess
import time

from scripts.setup import APP, WEB, node_bin, prepare_database, set_up_environments, train
from scripts.steps import QUIET_ENV, ROOT, StepError, main_with_clear_errors, run, say, step

PYTEST = [str(APP / "bin" / "python"), "-m", "pytest", "-q"]


def install_chromium() -> str | None:
    if shutil.which("chromium"):
        return "already there"
    if not shutil.which("apt-get") or os.geteuid() != 0:
        raise StepError(
            "The browser tests need chromium on PATH. Install it (Debian: apt-get install chromium) and run make test again."
        )
    hint = "Install chromium by hand and run make test again."
    run("apt-update", ["apt-get", "update", "-qq"], hint)
    run(
        "apt-chromium",
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-dejavu-core"],
        hint,
    )
    return None


def must_pass(title: str, command: list[str], path_prefix: str = "") -> None:
    """Run a check with its output on the screen; raise StepError when it does not pass."""
    say(f"\n== {title}")
    env = {**os.environ, **QUIET_ENV, "OMP_NUM_THREADS": "1"}
    if path_prefix:
        env["PATH"] = f"{path_prefix}{os.pathsep}{env['PATH']}"
    started = time.monotonic()
    done = subprocess.run(command, cwd=WEB if title.startswith("web") else ROOT, env=env, check=False)
    if done.returncode:
        raise StepError(f"{title} failed ({' '.join(command)}).")
    say(f"   {title}: passed in {time.monotonic() - started:.0f} s")


def lint() -> None:
    venv = str(APP / "bin")
    must_pass("style", [f"{venv}/ruff", "check", "--quiet"])
    must_pass("format", [f"{venv}/ruff", "format", "--check", "--quiet"])
    must_pass("types", [f"{venv}/mypy"])
    must_pass("import directions", [f"{venv}/lint-imports"])


def web() -> None:
    node = str(node_bin())
    must_pass("web types", ["npm", "run", "--silent", "check"], node)
    must_pass("web tests", ["npm", "run", "--silent", "test"], node)


def python() -> None:
    must_pass(
        "unit, contract and integration tests", [*PYTEST, "tests/unit", "tests/contract", "tests/integration"]
    )


def rasa() -> None:
    must_pass("rasa tests", [*PYTEST, "tests/rasa"])


def browser() -> None:
    must_pass("browser tests", [*PYTEST, "tests/e2e"])


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
