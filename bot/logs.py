"""Structured logs: one line for each thing that happened, never with a shopper's words above debug."""

import logging
import sys

import structlog
from structlog.typing import Processor

from bot.errors import AppError, ConfigError

LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}


class _NotToldTwice(logging.Filter):
    """Drops what the command line tells in one line of words anyway, when the server cannot start."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is to be written."""
        return not (record.exc_info and isinstance(record.exc_info[1], ConfigError | AppError))


def set_up(level: str, form: str) -> None:
    """Send every log, ours and the libraries', to standard error as JSON or as text."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    drawn = (
        structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            *shared,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_NotToldTwice())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, drawn],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(LEVELS[level])
    # These speak of every request and frame, and at debug with every word in it.
    for name in ("httpx", "httpcore", "websockets", "aiosqlite", "sqlalchemy", "alembic", "sanic"):
        logging.getLogger(name).setLevel(max(LEVELS[level], logging.WARNING))
