"""Every setting of the chat server, in one place; read from `BOT_*` and checked at start."""

import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import ConfigError
from bot.masking import order_numbers

PREFIX = "BOT_"
Port = Annotated[int, Field(ge=0, le=65535)]
Seconds = Annotated[float, Field(gt=0)]


class IdentityKey(BaseModel):
    """A key with which a shop signs who its shoppers are; `key` is a secret (HS256) or a PEM (ES256)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    alg: Literal["HS256", "ES256"]
    key: str = Field(min_length=32)


class Site(BaseModel):
    """A shop: its name, the origins its pages come from, and how it signs and numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    origins: tuple[str, ...] = Field(min_length=1)
    identity_keys: tuple[IdentityKey, ...] = ()
    order_pattern: str | None = None
    locale: str = "en"

    @field_validator("origins")
    @classmethod
    def _bare_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            scheme, _, host = origin.partition("://")
            if scheme not in ("http", "https") or not host or "/" in host:
                raise ValueError(f"{origin!r} is no origin; write https://shop.example, without a path")
        return origins

    @field_validator("order_pattern")
    @classmethod
    def _regular_expression(cls, pattern: str | None) -> str | None:
        try:
            order_numbers(pattern or "")
        except (re.error, OverflowError, RecursionError) as error:
            raise ValueError(
                f"expected a regular expression for order numbers, such as FH-[0-9]{{6}}; {error}"
            ) from None
        return pattern


class Settings(BaseSettings):
    """The settings of one `bot`. `docs/settings.md` says what each is for."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True, env_file=None)

    host: str = "127.0.0.1"
    port: Port = 8000
    metrics_port: Port = 8001
    proxies_count: Annotated[int, Field(ge=0)] = 0
    workers: int = 1
    shop_dir: Path = Field(Path("knowledge_base"), validation_alias=AliasChoices("SHOP_DIR", "shop_dir"))
    static_dir: Path = Path("bot/static")
    var_dir: Path = Path("var")
    database_url: str = ""
    database_wait_s: Seconds = 3.0
    rasa_url: str = "http://127.0.0.1:5005"
    actions_url: str = "http://127.0.0.1:5055"
    secret: str = ""
    sites: dict[str, Site] = Field(default_factory=dict)
    answer_timeout_s: Seconds = 3.0
    knowledge_timeout_s: Seconds = 2.0
    turn_lease_s: Seconds = 20.0
    turn_sweep_s: Seconds = 5.0
    hello_timeout_s: Seconds = 10.0
    ping_interval_s: Seconds = 20.0
    frames_at_once: Annotated[int, Field(ge=1)] = 20
    frames_per_s: Annotated[float, Field(gt=0)] = 2.0
    new_visitors_per_minute: Annotated[int, Field(ge=1)] = 600
    control_share: Annotated[float, Field(ge=0, le=0.5)] = 0.1
    order_window_s: Seconds = 24 * 3600
    quieting_interval_s: Seconds = 3600
    notice_sweep_s: Seconds = 2.0
    uploads_mb: Annotated[int, Field(ge=1)] = 2_000
    files_per_minute: Annotated[int, Field(ge=1)] = 20
    send_queue: Annotated[int, Field(ge=8)] = 256
    probe_interval_s: Seconds = 5.0
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "text"] = "json"

    @property
    def database(self) -> str:
        """The database's address: the one set, else a SQLite file in `var_dir`."""
        return self.database_url or f"sqlite+aiosqlite:///{(self.var_dir / 'bot.db').absolute()}"

    @property
    def shops(self) -> Mapping[str, Site]:
        """The sites by id: those set, else the demo shop on this server's own address."""
        return self.sites or {"fernhill": demo_site(self.port)}

    def knows_origin(self, origin: str | None) -> bool:
        """Whether any site's pages come from `origin`."""
        return any(origin in site.origins for site in self.shops.values())


def demo_site(port: int) -> Site:
    """The demo shop, as served by this very server."""
    return Site(
        name="Fernhill",
        origins=(f"http://127.0.0.1:{port}", f"http://localhost:{port}"),
        order_pattern=r"FH-\d{6}",
    )


def read_settings(**overrides: object) -> Settings:
    """The settings in force. Raises ConfigError, naming each setting that is unknown or wrong."""
    known = {PREFIX + name.upper() for name in Settings.model_fields if name != "shop_dir"}
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
    if unknown:
        raise ConfigError(f"Unknown setting {', '.join(unknown)}. docs/settings.md lists the known ones.")
    try:
        settings = Settings(**overrides)  # type: ignore[arg-type]
    except (ValidationError, ValueError) as error:
        raise ConfigError(_explain(error)) from None
    if settings.workers != 1 and settings.database.startswith("sqlite"):
        raise ConfigError(
            f"BOT_WORKERS is {settings.workers}, and with SQLite one worker is the limit. "
            "Set it to 1, or BOT_DATABASE_URL to a PostgreSQL."
        )
    if settings.workers != 1:
        raise ConfigError(f"BOT_WORKERS is {settings.workers}; this version serves with one. Set it to 1.")
    return settings


def read_secret(settings: Settings) -> str:
    """The key that signs visitor tokens: the one set, else one made once and kept in `var_dir`."""
    if settings.secret:
        if len(settings.secret) < 32:
            raise ConfigError(
                f"BOT_SECRET has {len(settings.secret)} characters, 32 are the least. "
                "Make one: openssl rand -hex 32"
            )
        return settings.secret
    path = settings.var_dir / "secret"
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        secret = path.read_text(encoding="ascii").strip()
        if len(secret) < 32:
            raise ConfigError(f"{path} holds no key. Delete it: the next start makes a new one.") from None
        return secret
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secret := secrets.token_hex(32))
    return secret


def _explain(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return f"The settings cannot be read: {error}. docs/settings.md shows each one's form."
    lines = []
    for problem in error.errors(include_url=False):
        name = PREFIX + ".".join(str(part) for part in problem["loc"]).upper()
        secret = "SECRET" in name or "KEY" in name
        lines.append(f"{name}: {problem['msg']}" + ("" if secret else f" (seen: {problem['input']!r})"))
    return "; ".join(lines) + ". docs/settings.md shows each one's form."
