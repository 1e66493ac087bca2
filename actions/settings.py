"""Every setting of the action server, read from `ACTIONS_*` and checked at start."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from knowledge_base.embed import PACKAGED_MODEL
from knowledge_base.locales import FallBack

PREFIX: Final = "ACTIONS_"
Port = Annotated[int, Field(ge=0, le=65535)]


def _as_json(given: object) -> object:
    return json.loads(given) if isinstance(given, str) else given


def _chains(declared: dict[str, list[str]]) -> dict[str, list[str]]:
    FallBack(declared)
    return declared


Chains = Annotated[dict[str, list[str]], BeforeValidator(_as_json), AfterValidator(_chains)]


class SettingsError(Exception):
    """A setting is unknown or its value makes no sense. The message names it and what is expected."""


class Settings(BaseSettings):
    """The settings of one action server. `docs/settings.md` says what each is for."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True, env_file=None)

    host: str = "127.0.0.1"
    port: Port = 5055
    shop_dir: Path = Field(Path("knowledge_base"), validation_alias=AliasChoices("SHOP_DIR", "shop_dir"))
    store_dir: Path = Path("var/knowledge")
    model: str = PACKAGED_MODEL
    backend: Literal["auto", "int8", "torch"] = "auto"
    fall_back: Chains = Field(default_factory=dict)
    search_threads: Annotated[int, Field(ge=1, le=16)] = 2
    search_waiting: Annotated[int, Field(ge=1)] = 64
    search_timeout_s: Annotated[float, Field(gt=0)] = 2.5
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "text"] = "json"


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings in the environment. Raises SettingsError for an unknown name or a bad value."""
    given = os.environ if environ is None else environ
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields if name != "shop_dir"}
    unknown = sorted(name for name in given if name.startswith(PREFIX) and name.upper() not in known)
    if unknown:
        raise SettingsError(f"Unknown setting {unknown[0]}. There are: {', '.join(sorted(known))}, SHOP_DIR.")
    try:
        return Settings(**_values(given)) if environ is not None else Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        name = name if name == "SHOP_DIR" else f"{PREFIX}{name}"
        raise SettingsError(f"{name} is {first['input']!r}: {first['msg']}.") from error


def _values(given: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {
        name.removeprefix(PREFIX).lower(): value for name, value in given.items() if name.startswith(PREFIX)
    }
    if "SHOP_DIR" in given:
        values["SHOP_DIR"] = given["SHOP_DIR"]
    return values
