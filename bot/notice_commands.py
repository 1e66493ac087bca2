"""`python -m bot notice`: tell shoppers of a known problem or a change before they run into it."""

import re
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from bot import words
from bot.clock import SystemClock
from bot.commands import fail, settings_in_force, with_store
from bot.errors import AppError
from bot.notices import FALL_BACK, Announcement, checked, text_for
from bot.store.models import Notice
from bot.store.notices import add_notice, end_notice, list_notices

app = typer.Typer(no_args_is_help=True, help="Tell shoppers of a known problem or a change.")

_WITH_LOCALE = re.compile(r"([a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3})=(.*)", re.DOTALL)
Words = Annotated[list[str], typer.Option(help="What shoppers should know; --text de=… for each language.")]


@app.command()
def add(
    text: Words,
    start: Annotated[
        str, typer.Option(help="From when, such as 2026-03-01T14:00 (UTC); now if left out.")
    ] = "",
    end: Annotated[str, typer.Option(help="Until when; until it is ended if left out.")] = "",
    step: Annotated[list[str] | None, typer.Option(help="Only at this step; may be repeated.")] = None,
    country: Annotated[list[str] | None, typer.Option(help="Only this country, such as AT.")] = None,
    method: Annotated[list[str] | None, typer.Option(help="Only this method of payment.")] = None,
    over: Annotated[
        list[str] | None, typer.Option(help="What is said when it is over, to those who asked.")
    ] = None,
    site: Annotated[str, typer.Option(help="The site, where there are several.")] = "",
) -> None:
    """Add a notice."""
    try:
        announcement = checked(
            Announcement(
                texts=_by_locale(text),
                starts_at=_time(start) or SystemClock().now(),
                ends_at=_time(end),
                over=_by_locale(over or []),
                steps=step or (),
                countries=country or (),
                methods=method or (),
            )
        )
    except AppError as error:
        fail(f"{error.message} {error.hint}")
    row = with_store(lambda store: add_notice(store, _site(site), announcement))
    typer.echo(f"Added {row.id}: {_when(row)}.")
    if missing := sorted(words.locales() - set(row.texts)):
        typer.echo(f"No text for {', '.join(missing)}: those shoppers read it in English.")


@app.command("list")
def show(
    past: Annotated[bool, typer.Option("--past", help="Also those that are over.")] = False,
) -> None:
    """List the notices that hold or will."""
    rows = with_store(lambda store: list_notices(store, past=past))
    if not rows:
        typer.echo("No notice holds. Add one: python -m bot notice add --text …")
        return
    table = Table(Column("id", no_wrap=True), "text", "when", "whom it concerns")
    for row in rows:
        limits = [*row.steps, *row.countries, *row.methods]
        table.add_row(row.id, text_for(row.texts, FALL_BACK), _when(row), ", ".join(limits) or "everybody")
    Console().print(table)


@app.command()
def end(notice: Annotated[str, typer.Argument(help="The notice's id, as listed.")]) -> None:
    """End a notice now; who asked to be told gets word in the chat."""
    row = with_store(lambda store: end_notice(store, notice))
    typer.echo(f"{row.id} is over. Who asked to be told gets word in the chat.")


def _by_locale(given: list[str]) -> dict[str, str]:
    found = {}
    for text in given:
        named = _WITH_LOCALE.fullmatch(text)
        locale, told = (named[1], named[2]) if named else (FALL_BACK, text)
        if locale in found:
            fail(f"Two texts for {locale}. Give one for each language, such as --text de=…")
        found[locale] = told
    return found


def _time(given: str) -> datetime | None:
    if not given:
        return None
    try:
        found = datetime.fromisoformat(given)
    except ValueError:
        fail(f"{given!r} is no time. Write it like 2026-03-01T14:00 or 2026-03-01T14:00+01:00.")
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _site(given: str) -> str:
    sites = sorted(settings_in_force().shops)
    if given and given not in sites:
        fail(f"There is no site {given!r}. Name one of {', '.join(sites)} with --site.")
    if not given and len(sites) > 1:
        fail(f"Several sites are set. Name one of {', '.join(sites)} with --site.")
    return given or sites[0]


def _when(row: Notice) -> str:
    until = f"until {row.ends_at:%Y-%m-%d %H:%M}" if row.ends_at else "until it is ended"
    return f"from {row.starts_at:%Y-%m-%d %H:%M} {until} (UTC)"
