"""Figures for Prometheus, on their own port of the loopback interface."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

from bot.errors import ConfigError

_SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 3, 5, 10)


class Metrics:
    """What `bot` counts."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.frames = Counter("bot_frames", "Frames from shoppers", ["type"], registry=self.registry)
        self.errors = Counter("bot_errors", "Errors told to shoppers", ["code"], registry=self.registry)
        self.turns = Counter("bot_turns", "Turns of the assistant", ["outcome"], registry=self.registry)
        self.answer_s = Histogram(
            "bot_answer_seconds", "Message kept to answer kept", buckets=_SECONDS, registry=self.registry
        )
        self.offers = Counter("bot_offers", "Offers made unasked", registry=self.registry)
        self.nudges = Counter(
            "bot_nudges",
            "Triggers that came true, by what became of them",
            ["outcome"],
            registry=self.registry,
        )
        self.sockets = Gauge("bot_sockets", "Shoppers' open WebSockets", registry=self.registry)
        self.up = Gauge("bot_up", "Whether a part answers", ["part"], registry=self.registry)
        self.rasa = Gauge(
            "bot_rasa_info", "Rasa, by version and model", ["version", "model"], registry=self.registry
        )

    def serve(self, port: int) -> "MetricsServer":
        """Serve /metrics on 127.0.0.1:`port`. ConfigError when the port is taken."""
        try:
            server, _thread = start_http_server(port, addr="127.0.0.1", registry=self.registry)
        except OSError as error:
            raise ConfigError(
                f"Port {port} for metrics cannot be opened: {error.strerror}. Set BOT_METRICS_PORT."
            ) from error
        return MetricsServer(server)


class MetricsServer:
    """The running metrics endpoint."""

    def __init__(self, server: object) -> None:
        self._server = server

    @property
    def port(self) -> int:
        """The port it listens on."""
        port: int = self._server.server_port  # type: ignore[attr-defined]
        return port

    def stop(self) -> None:
        """Close it. Blocks for a moment."""
        self._server.shutdown()  # type: ignore[attr-defined]
        self._server.server_close()  # type: ignore[attr-defined]
