"""`python -m bot users`: who may sign in, from the command line, on a real database."""

import sqlite3
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.staff.cli import app

PASSWORD = "a long enough password"


@pytest.fixture(autouse=True)
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BOT_VAR_DIR", str(tmp_path / "var"))
    return tmp_path / "var"


def _users(*arguments: str, given: str = "") -> Result:
    return CliRunner().invoke(app, list(arguments), input=given)


def _add(email: str = "maya@fernhill.example", role: str = "agent", password: str = PASSWORD) -> Result:
    return _users(
        "add", "--email", email, "--name", "Maya", "--role", role, "--password-stdin", given=password + "\n"
    )


def test_an_account_is_added_and_listed() -> None:
    added = _add()
    assert (added.exit_code, added.output) == (0, "Added maya@fernhill.example as agent.\n")
    listed = _users("list")
    assert listed.exit_code == 0
    assert "Maya" in listed.output
    assert "agent" in listed.output


def test_the_password_is_nowhere_in_the_database(var: Path) -> None:
    _add()
    with sqlite3.connect(var / "bot.db") as database:
        kept = database.execute("SELECT email, password_hash FROM staff").fetchall()
    database.close()
    assert kept[0][0] == "maya@fernhill.example"
    assert kept[0][1].startswith("$argon2id$")
    assert PASSWORD not in (var / "bot.db").read_bytes().decode("latin-1")


def test_an_empty_list_says_how_to_begin() -> None:
    assert "python -m bot users add" in _users("list").output


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (lambda: _add(password="short"), "The password has 5 characters, 10 are the least."),
        (lambda: _add(role="boss"), "'boss' is no role. The roles are agent, editor, admin."),
        (lambda: _add(email="maya"), "'maya' is no e-mail address."),
        (lambda: _users("disable", "--email", "x@y.example"), "Nobody has the address 'x@y.example'."),
        (
            lambda: _users("add", "--email", "m@f.example", "--name", "M"),
            "No terminal to ask for the password. Pass it on standard input with --password-stdin.",
        ),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(result: object, said: str) -> None:
    assert callable(result)
    done: Result = result()
    assert done.exit_code == 1
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_an_account_is_switched_off_and_on() -> None:
    _add()
    assert _users("disable", "--email", "maya@fernhill.example").exit_code == 0
    assert "switched off" in _users("list").output
    assert _users("enable", "--email", "maya@fernhill.example").exit_code == 0
    assert "switched off" not in _users("list").output


def test_a_password_is_replaced() -> None:
    _add()
    changed = _users(
        "set-password",
        "--email",
        "maya@fernhill.example",
        "--password-stdin",
        given="another password\n",
    )
    assert (changed.exit_code, changed.output) == (0, "maya@fernhill.example has another password.\n")


def test_an_unknown_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_PROT", "8000")
    refused = _users("list")
    assert refused.exit_code == 1
    assert "BOT_PROT" in refused.stderr
