"""The server, put together: the only place that knows every part."""

import asyncio
from typing import Any

import httpx
import structlog
from sanic import HTTPResponse, Request, Sanic
from sanic.exceptions import SanicException
from sanic.response import json

from bot import health, protocol, web
from bot.cards import Cards
from bot.chat import files, guide
from bot.chat import routes as chat
from bot.chat.noticeboard import Noticeboard
from bot.chat.turns import TurnRunner
from bot.clock import Clock, SystemClock
from bot.desk import routes as desk
from bot.errors import AppError
from bot.hub import Hub
from bot.identity import VisitorTokens
from bot.knowledge import Knowledge
from bot.metrics import Metrics, MetricsServer
from bot.presence import Presence
from bot.rasa import Rasa
from bot.reports.quieting import Quieter
from bot.rules import Rules
from bot.services import Services
from bot.settings import Settings, read_secret
from bot.staff.passwords import Passwords
from bot.staff.sign_in import SignIn
from bot.store.database import Store, bring_up_to_date, open_engine
from bot.sweeper import Sweeper
from bot.uploads import Uploads

App = Sanic[Any, Any]
GRACE_S = 1.5
log = structlog.get_logger("bot")


def make_services(settings: Settings, clock: Clock | None = None) -> Services:
    """Every part, not yet connected to anything. Raises ConfigError."""
    clock = clock or SystemClock()
    hub = Hub(settings.send_queue)
    engine = open_engine(settings.database, settings.database_wait_s)
    secure = any(url.startswith("https:") for url in (settings.rasa_url, settings.actions_url))
    client = httpx.AsyncClient(
        verify=secure,  # without a TLS peer, reading every root certificate would only slow the start
        timeout=httpx.Timeout(10.0, connect=1.0),
        limits=httpx.Limits(max_connections=100, max_keepalive_connections=20),
        trust_env=False,
    )
    uploads = Uploads(settings.var_dir / "uploads", settings.uploads_mb * 1_000_000)
    store = Store(engine, clock, hub, settings.database_wait_s, settings.turn_lease_s, uploads=uploads)
    knowledge = Knowledge(client, settings.actions_url, settings.knowledge_timeout_s)
    return Services(
        settings=settings,
        clock=clock,
        hub=hub,
        presence=Presence(hub),
        store=store,
        client=client,
        rasa=Rasa(client, settings.rasa_url, settings.answer_timeout_s),
        knowledge=knowledge,
        cards=Cards(knowledge, clock),
        rules=Rules(settings.shop_dir, settings.var_dir),
        tokens=VisitorTokens(read_secret(settings), clock),
        sign_in=SignIn(store, Passwords()),
        uploads=uploads,
        metrics=Metrics(),
    )


def create_app(settings: Settings, name: str = "bot", clock: Clock | None = None) -> App:
    """The server. Nothing is connected, migrated or listening until it starts."""
    services = make_services(settings, clock)
    app: App = Sanic(name, configure_logging=False)
    app.ctx.services = services
    _configure(app, settings)
    checks = health.Health(services)
    app.blueprint(chat.blueprint(services))
    app.blueprint(guide.blueprint(services))
    app.blueprint(files.blueprint(services))
    app.blueprint(desk.blueprint(services))
    app.blueprint(health.blueprint(checks))
    app.blueprint(web.blueprint(settings.static_dir))
    app.on_response(web.add_security_headers)  # type: ignore[no-untyped-call]
    app.error_handler.add(AppError, _tell_app_error)
    app.error_handler.add(SanicException, _tell_sanic_error)
    app.error_handler.add(Exception, _tell_failure)
    _add_life(app, services, checks)
    return app


def _configure(app: App, settings: Settings) -> None:
    app.config.update(
        {
            "REQUEST_MAX_SIZE": protocol.BATCH_BYTES,
            "WEBSOCKET_MAX_SIZE": protocol.CLOSE_BYTES,
            "WEBSOCKET_PING_INTERVAL": settings.ping_interval_s,
            "WEBSOCKET_PING_TIMEOUT": settings.ping_interval_s,
            "GRACEFUL_SHUTDOWN_TIMEOUT": GRACE_S,
            "RESPONSE_TIMEOUT": 60,
            "FALLBACK_ERROR_FORMAT": "json",
            "PROXIES_COUNT": settings.proxies_count or None,
            "AUTO_EXTEND": False,
            "MOTD": False,
        }
    )


def _add_life(app: App, services: Services, checks: health.Health) -> None:
    runner, quieter, noticeboard = TurnRunner(services), Quieter(services), Noticeboard(services)
    sweeper = Sweeper(services.store, services.uploads)
    metrics: list[MetricsServer] = []
    watching: list[asyncio.Task[None]] = []

    @app.before_server_start
    async def begin(_app: App) -> None:
        await bring_up_to_date(services.store)
        metrics.append(services.metrics.serve(services.settings.metrics_port))
        _app.ctx.metrics_port = metrics[0].port
        await asyncio.to_thread(services.rules.load)
        watching.append(asyncio.create_task(services.rules.watch()))
        runner.start()
        quieter.start()
        noticeboard.start()
        await sweeper.start()
        checks.start()
        log.info("started", host=services.settings.host, port=services.settings.port)

    @app.before_server_stop
    async def end(_app: App) -> None:
        services.running.stopping.set()
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)
        await services.cards.close()
        await checks.stop()
        await quieter.stop()
        await noticeboard.stop()
        await sweeper.stop()
        await runner.stop()

    @app.after_server_stop
    async def close(_app: App) -> None:
        await services.finish(GRACE_S)
        await services.client.aclose()
        await services.store.close()
        for server in metrics:
            await asyncio.to_thread(server.stop)
        log.info("stopped")


async def _tell_app_error(_request: Request, error: AppError) -> HTTPResponse:
    return json({"error": error.body()}, status=error.status)


async def _tell_sanic_error(_request: Request, error: SanicException) -> HTTPResponse:
    codes = {404: "not_found", 413: "too_large", 503: "unavailable"}
    code = codes.get(error.status_code, "bad_request")
    told = AppError(code, str(error) or "That did not work.", "See docs/protocol.md.", error.status_code)
    return json({"error": told.body()}, status=error.status_code, headers=dict(error.headers))


async def _tell_failure(request: Request, error: Exception) -> HTTPResponse:
    log.error("request failed", path=request.path, exc_info=error)
    told = AppError("failed", "Something went wrong here.", "Try again; the log says more.", 500)
    return json({"error": told.body()}, status=500)
