"""Settings: what is unknown or wrong is named, and the page that lists them is complete."""

import json
import re
import stat
from pathlib import Path

import pytest

from bot.errors import ConfigError
from bot.settings import Settings, read_secret, read_settings


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("BOT_PROT", "8000", "Unknown setting BOT_PROT"),
        ("BOT_PORT", "many", "BOT_PORT: .*'many'"),
        ("BOT_PORT", "70000", "BOT_PORT: "),
        ("BOT_WORKERS", "4", "BOT_WORKERS is 4, and with SQLite one worker"),
        ("BOT_SITES", "nonsense", "BOT_SITES|sites"),
        ("BOT_SITES", '{"x": {"name": "X", "origins": ["shop.example"]}}', "is no origin"),
        ("BOT_SITES", '{"x": {"name": "X", "origins": ["https://x.example"], "colour": 1}}', "COLOUR"),
        ("BOT_ANSWER_TIMEOUT_S", "0", "BOT_ANSWER_TIMEOUT_S: "),
        ("BOT_LOG_LEVEL", "loud", "BOT_LOG_LEVEL: "),
    ],
)
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match=told):
        read_settings()


@pytest.mark.parametrize("pattern", [r"FH-(\d{6}", "a)(b", "*", "(?i)fh-1"])
def test_an_order_pattern_that_is_none_is_refused_with_its_key_its_value_and_what_was_expected(
    monkeypatch: pytest.MonkeyPatch, pattern: str
) -> None:
    site = {"name": "X", "origins": ["https://x.example"], "order_pattern": pattern}
    monkeypatch.setenv("BOT_SITES", json.dumps({"x": site}))
    with pytest.raises(ConfigError) as refused:
        read_settings()
    told = str(refused.value)
    assert told.startswith("BOT_SITES.X.ORDER_PATTERN: ")
    assert "expected a regular expression for order numbers" in told
    assert f"(seen: {pattern!r})" in told


def test_a_key_is_never_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    key = '{"alg": "HS256", "key": "a secret of the shop"}'
    monkeypatch.setenv(
        "BOT_SITES", '{"x": {"name": "X", "origins": ["https://x.example"], "identity_keys": [' + key + "]}}"
    )
    with pytest.raises(ConfigError) as refused:
        read_settings()
    assert "a secret" not in str(refused.value)


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_PORT", "9000")
    monkeypatch.setenv("SHOP_DIR", "/srv/shop")
    settings = read_settings()
    assert (settings.port, settings.shop_dir) == (9000, Path("/srv/shop"))
    assert settings.shops["fernhill"].origins == ("http://127.0.0.1:9000", "http://localhost:9000")
    assert settings.knows_origin("http://localhost:9000")
    assert not settings.knows_origin(None)


def test_the_secret_is_made_once_for_this_user_alone(tmp_path: Path) -> None:
    settings = Settings(var_dir=tmp_path / "var")
    secret = read_secret(settings)
    assert len(secret) == 64
    assert read_secret(settings) == secret
    assert stat.S_IMODE((tmp_path / "var" / "secret").stat().st_mode) == 0o600


def test_a_secret_that_is_too_short_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="32 are the least"):
        read_secret(Settings(secret="short"))
    (tmp_path / "secret").write_text("")
    with pytest.raises(ConfigError, match="holds no key"):
        read_secret(Settings(var_dir=tmp_path))


def test_the_page_of_settings_lists_each_one() -> None:
    page = Path("docs/settings.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `((?:BOT_|SHOP_)[A-Z_]+)`", page, re.MULTILINE))
    known = {f"BOT_{name.upper()}" for name in Settings.model_fields} - {"BOT_SHOP_DIR"} | {"SHOP_DIR"}
    assert listed == known
