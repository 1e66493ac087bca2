"""The built front end: widget, demo shop, patterns, and the headers that every page carries."""

import asyncio
import mimetypes
from pathlib import Path

import structlog
from sanic import Blueprint, HTTPResponse, Request
from sanic.response import file, redirect

from bot.errors import AppError

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws: wss:; "
        "img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
# The page of patterns shows its own frames, and nobody else may.
PATTERNS_POLICY = SECURITY_HEADERS["Content-Security-Policy"].replace(
    "frame-ancestors 'none'", "frame-ancestors 'self'; frame-src 'self'"
)
IMMUTABLE = "public, max-age=31536000, immutable"
log = structlog.get_logger("bot.web")


def blueprint(static_dir: Path) -> Blueprint:
    """`/widget/*`, `/demo/*`, `/patterns` and `/`."""
    pages = Blueprint("web")

    @pages.get("/widget/<path:path>")
    async def widget(_request: Request, path: str) -> HTTPResponse:
        found = await _find(static_dir / "widget", path)
        cache = "no-cache" if path == "manifest.json" else IMMUTABLE
        return await _serve(found, cache, {"Access-Control-Allow-Origin": "*"})

    @pages.get("/demo/<path:path>")
    async def demo(_request: Request, path: str) -> HTTPResponse:
        return await _serve_demo(static_dir / "demo", path)

    @pages.get("/demo", name="demo_root")
    async def demo_root(_request: Request) -> HTTPResponse:
        return redirect("/demo/")

    @pages.get("/demo/", name="demo_index", strict_slashes=True)
    async def demo_index(_request: Request) -> HTTPResponse:
        return await _serve_demo(static_dir / "demo", "index.html")

    @pages.get("/patterns", name="patterns_index")
    async def patterns_index(_request: Request) -> HTTPResponse:
        return await _serve_patterns(static_dir / "patterns", "index.html")

    @pages.get("/patterns/<path:path>")
    async def patterns(_request: Request, path: str) -> HTTPResponse:
        return await _serve_patterns(static_dir / "patterns", "frame.html" if path == "frame" else path)

    @pages.get("/", name="root")
    async def root(_request: Request) -> HTTPResponse:
        await _find(static_dir / "demo", "index.html")
        return redirect("/demo/")

    return pages


async def add_security_headers(_request: Request, response: HTTPResponse) -> None:
    """Give every response the headers it does not set itself."""
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)


async def _serve_demo(folder: Path, path: str) -> HTTPResponse:
    """A file of the demo shop; any path that is none is a page of its single-page app."""
    try:
        found = await _find(folder, path)
    except AppError as error:
        if error.code != "not_found" or Path(path).suffix:
            raise
        found = await _find(folder, "index.html")
    return await _serve(found, "no-cache", {})


async def _serve_patterns(folder: Path, path: str) -> HTTPResponse:
    found = await _find(folder, path)
    return await _serve(found, "no-cache", {"Content-Security-Policy": PATTERNS_POLICY})


async def _find(folder: Path, path: str) -> Path:
    """The file under `folder`. AppError `unavailable` without a build, `not_found` for no file."""
    found = await asyncio.to_thread(_look, folder, path)
    if found is None:
        raise AppError("not_found", f"There is no {folder.name}/{path[:200]}.", "Look in the manifest.")
    return found


def _look(folder: Path, path: str) -> Path | None:
    if not folder.is_dir():
        log.error("the front end is not built", folder=str(folder), next_step="make setup")
        raise AppError(
            "unavailable",
            f"The {folder.name} is not built yet.",
            "Build it: make setup, then load this again.",
        )
    root = folder.resolve()
    found = (root / path).resolve()
    return found if found.is_relative_to(root) and found.is_file() else None


async def _serve(found: Path, cache: str, headers: dict[str, str]) -> HTTPResponse:
    kind = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
    kind += "; charset=utf-8" if kind == "text/html" else ""
    return await file(found, mime_type=kind, headers={"cache-control": cache, **headers})
