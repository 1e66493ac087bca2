"""What the commands of `python -m bot` that need the store share."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NoReturn, TypeVar

import typer

from bot.clock import SystemClock
from bot.errors import AppError, ConfigError
from bot.hub import Hub
from bot.settings import Settings, read_settings
from bot.store.database import Store, open_store

Found = TypeVar("Found")


def settings_in_force() -> Settings:
    """The settings; what is wrong with them is said in one line, and the end."""
    try:
        return read_settings()
    except ConfigError as error:
        fail(str(error))


def with_store(work: Callable[[Store], Awaitable[Found]]) -> Found:
    """What `work` gives on the store of the settings; what went wrong is said in one line, and the end."""

    async def opened() -> Found:
        settings = read_settings()
        settings.var_dir.mkdir(parents=True, exist_ok=True)
        store = await open_store(settings.database, SystemClock(), Hub(), settings.database_wait_s)
        try:
            return await work(store)
        finally:
            await store.close()

    try:
        return asyncio.run(opened())
    except AppError as error:
        fail(f"{error.message} {error.hint}".strip())
    except ConfigError as error:
        fail(str(error))


def fail(words: str) -> NoReturn:
    """Say what went wrong, and end."""
    typer.echo(words, err=True)
    raise typer.Exit(1)
