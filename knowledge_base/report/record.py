"""Where reports are kept: one JSON file for each suite, and the page rendered from all of them."""

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from knowledge_base.report.figures import FORMAT, Run, figures
from knowledge_base.report.page import render

log = logging.getLogger(__name__)

SUITES: Final = "suites"
PAGE: Final = "index.html"


def write_report(run: Run, reports_dir: Path) -> dict[str, Any]:
    """The figures of the run, written to `suites/<name>.json`; `index.html` shows all suites that are there.

    The file of the same suite that stood there before is what the run is compared with.
    """
    path = reports_dir / SUITES / f"{run.suite}.json"
    found = figures(run, _read(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path, json.dumps(found, indent=1, ensure_ascii=False))
    known = [_read(file) for file in sorted(path.parent.glob("*.json")) if file != path]
    _replace(reports_dir / PAGE, render([found, *(suite for suite in known if suite)]))
    return found


def _read(path: Path) -> Mapping[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        log.warning("The report at %s cannot be read (%s) and is left out.", path, error)
        return None
    return found if isinstance(found, dict) and found.get("format") == FORMAT else None


def _replace(path: Path, text: str) -> None:
    """Written beside and moved, so that a reader never sees half a file."""
    beside = path.with_suffix(f"{path.suffix}.new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)
