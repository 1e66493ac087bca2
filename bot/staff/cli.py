"""`python -m bot users`: who may sign in at the desk."""

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bot.commands import fail, with_store
from bot.staff import accounts
from bot.staff.passwords import Passwords
from bot.store import staff
from bot.store.database import Store
from bot.store.models import Staff

app = typer.Typer(no_args_is_help=True, help="Add, list and switch off who may sign in at the desk.")

Email = Annotated[str, typer.Option(help="The address to sign in with.")]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input, one line.")
]


@app.command()
def add(
    email: Email,
    name: Annotated[str, typer.Option(help="The name that shoppers see.")],
    role: Annotated[str, typer.Option(help="agent, editor or admin.")] = accounts.Role.AGENT,
    password_stdin: FromStdin = False,
) -> None:
    """Add an account."""
    password = _password(password_stdin=password_stdin)

    async def work(store: Store) -> Staff:
        return await accounts.add(store, Passwords(), email=email, name=name, role=role, password=password)

    row = with_store(work)
    typer.echo(f"Added {row.email} as {row.role}.")


@app.command("list")
def show() -> None:
    """List every account."""
    rows = with_store(staff.list_staff)
    if not rows:
        typer.echo("Nobody yet. Add an agent: python -m bot users add --email … --name …")
        return
    table = Table("e-mail", "name", "role", "since", "state")
    for row in rows:
        state = "switched off" if row.disabled_at else "on"
        table.add_row(row.email, row.name, row.role, f"{row.created_at:%Y-%m-%d}", state)
    Console().print(table)


@app.command()
def disable(email: Email) -> None:
    """Switch an account off; its sign-ins end."""
    row = with_store(lambda store: staff.set_disabled(store, email, disabled=True))
    typer.echo(f"{row.email} is switched off. Switch it on again: python -m bot users enable")


@app.command()
def enable(email: Email) -> None:
    """Switch an account on again."""
    row = with_store(lambda store: staff.set_disabled(store, email, disabled=False))
    typer.echo(f"{row.email} is switched on.")


@app.command("set-password")
def set_password(email: Email, password_stdin: FromStdin = False) -> None:
    """Give an account another password; its sign-ins end."""
    password = _password(password_stdin=password_stdin)
    row = with_store(lambda store: accounts.set_password(store, Passwords(), email=email, password=password))
    typer.echo(f"{row.email} has another password.")


def _password(*, password_stdin: bool) -> str:
    if password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        fail("No terminal to ask for the password. Pass it on standard input with --password-stdin.")
    password: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password
