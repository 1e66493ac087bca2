"""Rows of figures against their budgets, as a table on the screen and as JSON in var/reports/bench.json."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """One measured figure; `met` is None where no budget stands."""

    what: str
    value: str
    budget: str = ""
    met: bool | None = None


def against(what: str, value: float, budget: float, unit: str, digits: int = 1) -> Figure:
    """A figure that must not exceed its budget."""
    return Figure(what, f"{value:.{digits}f} {unit}", f"≤ {budget:g} {unit}", value <= budget)


def show(title: str, figures: list[Figure]) -> None:
    table = Table(title=title, title_justify="left", header_style="bold")
    table.add_column("what", overflow="fold")
    table.add_column("measured", justify="right")
    table.add_column("budget", justify="right")
    table.add_column("")
    for figure in figures:
        mark = "" if figure.met is None else ("met" if figure.met else "MISSED")
        table.add_row(figure.what, figure.value, figure.budget, mark)
    Console(width=110).print(table)


def save(parts: dict[str, list[Figure]], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = {title: [asdict(figure) for figure in figures] for title, figures in parts.items()}
    path.write_text(json.dumps(rows, indent=1, ensure_ascii=False), encoding="utf-8")
