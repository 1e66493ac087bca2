"""`python -m bot uplift` and `let-speak`: what each trigger does to orders."""

import json
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from bot.clock import iso
from bot.commands import fail, settings_in_force, with_store
from bot.reports.trials import Trial, read_trials
from bot.reports.uplift import DECIDES, FALSE_ALARMS, Count, Verdict
from bot.store.experiments import let_speak

SOURCES = (
    'Waudby-Smith & Ramdas, "Estimating means of bounded random variables by betting", JRSS B 2024',
    'Duan, Ramdas & Wasserman, "Interactive rank testing by betting", CLeaR 2022',
    (
        'Howard, Ramdas, McAuliffe & Sekhon, "Time-uniform, nonparametric, nonasymptotic confidence '
        'sequences", Annals of Statistics 2021'
    ),
)


_MORE_THAN_ENOUGH = 10_000
TEST_WORDS = {
    Verdict.HELPS: "brings orders",
    Verdict.HURTS: "costs orders",
    Verdict.OPEN: "not decided",
}


def uplift(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Only visitors from this day on, in UTC."),
    ] = None,
) -> None:
    """Print what each trigger does to orders; look as often as you like."""
    window = timedelta(seconds=settings_in_force().order_window_s)
    start = since.replace(tzinfo=UTC) if since else None
    trials = with_store(lambda store: read_trials(store, window, start))
    if as_json:
        typer.echo(json.dumps(values_of(trials, window), indent=2))
    elif not trials:
        typer.echo("No visitor has met a trigger yet.")
    else:
        console = Console()
        console.print(table_of(trials))
        console.print(legend_of(trials, window), highlight=False)


def speak(
    trigger: Annotated[str, typer.Argument(help="The trigger's id.")],
    site: Annotated[str | None, typer.Option(help="Its site, where there are several.")] = None,
) -> None:
    """Let a trigger that silenced itself speak again; it is judged anew from now on."""
    sites = sorted(settings_in_force().shops)
    if site is None and len(sites) > 1:
        fail(f"Several sites have triggers. Name one of {', '.join(sites)} with --site.")
    row = with_store(lambda store: let_speak(store, site or sites[0], trigger))
    typer.echo(f"{row.trigger} may speak again. What it does is judged anew from now on.")


def values_of(trials: list[Trial], window: timedelta) -> dict[str, Any]:
    """The figures for machines."""
    method = {
        "test": "e-process: bets on the arm, given the outcome",
        "interval": "confidence sequence of the mean effect, by the same bets",
        "level": 1 - FALSE_ALARMS,
        "decides": DECIDES,
        "sources": list(SOURCES),
    }
    triggers = [_values(trial) for trial in trials]
    return {"method": method, "window_s": window.total_seconds(), "triggers": triggers}


def table_of(trials: list[Trial]) -> Table:
    """The figures for people."""
    table = Table("trigger", "treated", "control", "difference", "test")
    several = len({trial.site for trial in trials}) > 1
    for trial in trials:
        found = trial.uplift
        name = f"{trial.site}: {trial.trigger}" if several else trial.trigger
        table.add_row(name, _share(found.treated), _share(found.control), _difference(trial), _test(trial))
    return table


def legend_of(trials: list[Trial], window: timedelta) -> str:
    """How to read the table, in a few lines."""
    waiting = sum(trial.waiting for trial in trials)
    hours = f"{window.total_seconds() / 3600:g}"
    return (
        f"Completed orders of visitors, within {hours} h of meeting the trigger; "
        f"{waiting:,} more visitors are still within theirs.\n"
        f"Difference: treated minus control in percentage points, with an interval that holds on every day "
        f"at once ({1 - FALSE_ALARMS:.0%}).\n"
        f"Test: an e-process. {DECIDES:.0f} on one side decides, and false alarms stay at or below "
        f"{FALSE_ALARMS:.0%} for each trigger, however often you look.\n"
        f"Sources: {'; '.join(SOURCES)}. docs/experiments.md says more."
    )


def _share(count: Count) -> str:
    if count.share is None:
        return "nobody yet"
    return f"{count.orders:,} of {count.visitors:,} ({count.share:.1%})"


def _difference(trial: Trial) -> str:
    found = trial.uplift
    if found.difference is None:
        return "-"
    return f"{100 * found.difference:+.1f} ({100 * found.low:+.1f} to {100 * found.high:+.1f})"


def _test(trial: Trial) -> str:
    found = trial.uplift
    words = TEST_WORDS[found.verdict]
    evidence = f"for {_evidence(found.helps)}, against {_evidence(found.hurts)}"
    if trial.quieting is None:
        return f"{words}: {evidence}"
    if trial.quiet:
        undo = f"Undo: python -m bot let-speak {trial.trigger}"
        return f"{words}: {evidence}\nsilent since {trial.quieting.at:%Y-%m-%d}. {undo}"
    return f"{words}: {evidence}\nspeaks again since {trial.quieting.lifted_at:%Y-%m-%d}"


def _evidence(value: float) -> str:
    return f"{value:,.1f}" if value < _MORE_THAN_ENOUGH else f"over {_MORE_THAN_ENOUGH:,}"


def _values(trial: Trial) -> dict[str, Any]:
    found = trial.uplift
    quieting = trial.quieting
    return {
        "site": trial.site,
        "trigger": trial.trigger,
        "treated": _count(found.treated),
        "control": _count(found.control),
        "waiting": trial.waiting,
        "difference": {"estimate": found.difference, "low": found.low, "high": found.high},
        "test": {"verdict": found.verdict, "helps": found.helps, "hurts": found.hurts},
        "quieted": quieting
        and {
            "at": iso(quieting.at),
            "evidence": quieting.evidence,
            "lifted_at": iso(quieting.lifted_at) if quieting.lifted_at else None,
        },
    }


def _count(count: Count) -> dict[str, Any]:
    return {"visitors": count.visitors, "orders": count.orders, "share": count.share}
