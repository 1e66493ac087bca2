"""`python -m bot`: serve, migrate, accounts of staff, notices, and what triggers do to orders."""

import asyncio
import socket
import sys

import typer

from bot import logs
from bot.app import create_app
from bot.clock import SystemClock
from bot.errors import AppError, ConfigError
from bot.hub import Hub
from bot.notice_commands import app as notices
from bot.reports import cli as reports
from bot.settings import Settings, read_settings
from bot.staff.cli import app as users
from bot.store.database import open_store

app = typer.Typer(help="The chat server.", no_args_is_help=True, pretty_exceptions_enable=False)
app.add_typer(users, name="users")
app.add_typer(notices, name="notice")
app.command("uplift")(reports.uplift)
app.command("let-speak")(reports.speak)


@app.command()
def serve() -> None:
    """Serve widget, chat and desk until Ctrl-C."""
    settings = read_settings()
    logs.set_up(settings.log_level, settings.log_format)
    server = create_app(settings)
    server.run(sock=_listen(settings), single_process=True, access_log=False, motd=False)


@app.command()
def migrate() -> None:
    """Bring the database up to date, and do nothing else."""
    settings = read_settings()
    logs.set_up("warning", settings.log_format)
    asyncio.run(_migrate(settings))
    typer.echo("The database is up to date.")


async def _migrate(settings: Settings) -> None:
    store = await open_store(settings.database, SystemClock(), Hub(), settings.database_wait_s)
    await store.close()


def _listen(settings: Settings) -> socket.socket:
    """The public port, taken before anything else is started. ConfigError when it is in use."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise ConfigError(
            f"Port {settings.port} on {settings.host} cannot be opened: {error.strerror}. "
            "End what uses it, or set BOT_PORT."
        ) from error
    return listener


def main() -> None:
    """Run a command; what a person can act on is one line, not a traceback."""
    try:
        app()
    except (ConfigError, AppError) as error:
        hint = f" {error.hint}" if isinstance(error, AppError) else ""
        typer.secho(f"{error}{hint}", err=True, fg=typer.colors.RED)
        sys.exit(1)


if __name__ == "__main__":
    main()
