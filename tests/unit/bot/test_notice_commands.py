"""`python -m bot notice`, from the command line, on a real database."""

from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.__main__ import app


@pytest.fixture(autouse=True)
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BOT_VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path / "var"


def notice(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["notice", *arguments])


def test_a_notice_is_added_listed_and_ended() -> None:
    added = notice(
        "add", "--text", "PayPal is down.", "--text", "de=PayPal geht nicht.", "--step", "payment",
        "--country", "AT", "--method", "paypal", "--start", "2026-03-01T14:00+01:00", "--end", "2099-01-01",
    )  # fmt: skip
    assert added.exit_code == 0
    assert "from 2026-03-01 13:00 until 2099-01-01 00:00 (UTC)" in added.output
    assert "No text for ar, es, fr" in added.output
    notice_id = added.output.split()[1].rstrip(":")
    listed = notice("list").output
    assert notice_id in listed
    assert "PayPal is down." in listed
    assert "payment, AT, paypal" in listed
    assert f"{notice_id} is over" in notice("end", notice_id).output
    assert "No notice holds" in notice("list").output
    assert notice_id in notice("list", "--past").output
    again = notice("end", notice_id)
    assert again.exit_code == 1
    assert "ended at" in again.output


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--text", " "), "no text"),
        (("--text", "a", "--text", "b"), "Two texts for en"),
        (("--text", "a", "--end", "tomorrow"), "'tomorrow'"),
        (("--text", "a", "--start", "2026-03-02", "--end", "2026-03-01"), "Let it end after it starts"),
        (("--text", "a", "--country", "Austria"), "AUSTRIA"),
        (("--text", "a", "--site", "nowhere"), "nowhere"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(arguments: tuple[str, ...], named: str) -> None:
    refused = notice("add", *arguments)
    assert refused.exit_code == 1
    assert named in refused.output
    assert "Traceback" not in refused.output


def test_an_unknown_notice_says_where_to_look() -> None:
    refused = notice("end", "n-none")
    assert refused.exit_code == 1
    assert "python -m bot notice list" in refused.output
