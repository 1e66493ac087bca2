"""The versions of the index as a list, and going back to one."""

import datetime as dt
from pathlib import Path

from rich.markup import escape
from rich.table import Table

from knowledge_base.folder import read_folder
from knowledge_base.manifest import BadIndexError
from knowledge_base.versions import Hold, Versions


def table(store_dir: Path) -> Table:
    """The versions that are kept, newest first, and which of them is live."""
    found = Table()
    for name in ("version", "written", "articles", "questions", "fit", "model", ""):
        found.add_column(name, overflow="fold")
    for one in reversed(Versions(store_dir / "index").kept()):
        state = ("live, held" if one.held else "live") if one.live else ""
        if one.manifest is None:
            found.add_row(str(one.version), *[""] * 5, escape(f"{state} {one.problem}".strip()))
            continue
        counts = (one.manifest.articles, one.manifest.questions, one.manifest.fit_version)
        row = (one.manifest.written_at, *map(str, counts), one.manifest.model[:8], state)
        found.add_row(str(one.version), *row)
    return found


def go_back(shop_dir: Path, store_dir: Path, to: int | None, now: dt.datetime) -> str:
    """Makes version `to`, else the one before, the live one, and says what that means.

    Raises `BadIndexError` where there is no such version or it must not be used, `OSError` where it cannot be
    written down.
    """
    files = read_folder(shop_dir).files
    if files is None:
        raise BadIndexError(f"No articles at {shop_dir / 'articles'}. Name the shop's folder with --shop.")
    since = now.isoformat(timespec="seconds")
    manifest = Versions(store_dir / "index").back(to, Hold(since, files))
    return (
        f"Version {manifest.version} of {manifest.written_at} is live: {manifest.articles} articles. "
        "It is held until an article changes or you say python -m knowledge_base build; "
        "then all articles are live as they are on disk."
    )
