"""The desk's page: a shell that loads the built front end, and nothing else."""

import json
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, select_autoescape

from bot.errors import AppError

__all__ = ["HEADERS", "render"]

HEADERS: Final = MappingProxyType(
    {
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            "img-src 'self' data:; font-src 'self'; form-action 'self'; base-uri 'none'; "
            "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
        ),
        "Cache-Control": "no-store",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
)


def render(static_dir: Path) -> str:
    """The page as HTML. AppError `unavailable` where there is no build."""
    files = _manifest(static_dir / "desk" / "manifest.json")
    return _templates().get_template("desk.html").render(script=files["desk.js"], style=files["desk.css"])


def _manifest(path: Path) -> dict[str, Any]:
    try:
        files: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["files"]
        if {"desk.js", "desk.css"} <= files.keys():
            return files
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        pass
    raise AppError("unavailable", f"There is no built desk at {path.parent}.", "Build it: make setup")


@lru_cache(maxsize=1)
def _templates() -> Environment:
    folder = Path(__file__).with_name("templates")
    return Environment(loader=FileSystemLoader(folder), autoescape=select_autoescape(["html"]))
