"""The action server as a Sanic app: Rasa's webhook and the knowledge base, in one process."""

import asyncio
import contextlib
import json
from typing import Any

import structlog
from rasa_sdk.interfaces import ActionNotFoundException
from sanic import HTTPResponse, Request, Sanic
from sanic.exceptions import SanicException
from sanic.response import json as json_response

from actions.api import blueprint
from actions.catalogue import executor
from actions.errors import AppError
from actions.knowledge import BusyError, Knowledge
from actions.metrics import Metrics

App = Sanic[Any, Any]

log = structlog.get_logger(__name__)

MAX_REQUEST_BYTES = 2_000_000
RETRY_WATCH_S = 5.0


def create_app(knowledge: Knowledge, metrics: Metrics, name: str = "actions") -> App:
    """An app over an open library. It closes `knowledge` when it stops."""
    app: App = Sanic(name, configure_logging=False)
    app.config.REQUEST_MAX_SIZE = MAX_REQUEST_BYTES
    app.config.KEEP_ALIVE_TIMEOUT = 75
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = 3.0
    app.config.MOTD = False
    _add_webhook(app, knowledge, metrics)
    app.blueprint(blueprint(knowledge, metrics))
    app.exception(Exception)(_answer_error)

    @app.after_server_start
    async def start(app: App) -> None:
        app.ctx.watching = asyncio.create_task(_keep_fresh(knowledge))
        log.info("ready", articles=knowledge.status().articles, version=knowledge.status().version)

    @app.before_server_stop
    async def stop(app: App) -> None:
        app.ctx.watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await app.ctx.watching
        await asyncio.to_thread(knowledge.close)

    return app


def _add_webhook(app: App, knowledge: Knowledge, metrics: Metrics) -> None:
    run = executor(knowledge, metrics)

    @app.post("/webhook")
    async def webhook(request: Request) -> HTTPResponse:
        try:
            call = json.loads(request.body)
        except (ValueError, RecursionError) as error:
            raise AppError("bad_json", 400, "The body is not JSON.", "This address is for Rasa.") from error
        if not isinstance(call, dict) or not isinstance(call.get("tracker"), dict):
            raise AppError(
                "missing_field", 400, "The field `tracker` is missing.", "This address is for Rasa."
            )
        # The actions read no domain, so Rasa need not send one (endpoints.yml); its own SDK insists on one.
        result = await run.run({**call, "domain": call.get("domain") or {}})
        return json_response(result.model_dump() if result else None)


async def _keep_fresh(knowledge: Knowledge) -> None:
    """Watches the shop folder for as long as the server runs; a watcher that breaks is started again."""
    while True:
        try:
            await knowledge.watch()
        except Exception as error:  # the server answers with what it has meanwhile
            log.error("watch_failed", error=type(error).__name__, again_in_s=RETRY_WATCH_S)
        await asyncio.sleep(RETRY_WATCH_S)


async def _answer_error(_request: Request, error: Exception) -> HTTPResponse:
    known = _known(error)
    if known.status >= 500:
        log.error("request_failed", code=known.code, error=type(error).__name__, exc_info=_trace(error))
    return json_response(known.as_json(), status=known.status)


def _known(error: Exception) -> AppError:
    if isinstance(error, AppError):
        return error
    if isinstance(error, BusyError):
        return AppError("unavailable", 503, str(error), "Try again in a moment.")
    if isinstance(error, ActionNotFoundException):
        return AppError(
            "not_found", 404, f"There is no action {error.action_name!r}.", "domain.yml names the actions."
        )
    if isinstance(error, SanicException):
        return AppError(_code(error.status_code), error.status_code, str(error))
    return AppError("unavailable", 500, "Something went wrong here.", "The log says what.")


def _code(status: int) -> str:
    return {404: "not_found", 405: "bad_value", 413: "too_large", 503: "unavailable"}.get(status, "bad_value")


def _trace(error: Exception) -> Exception | None:
    """The error for the log, unless it is one whose words say it all."""
    return None if isinstance(error, AppError | BusyError) else error
