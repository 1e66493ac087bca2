"""The server: `python -m actions`."""

import errno
import socket
import sys
from typing import NoReturn

from actions.app import create_app
from actions.knowledge import Knowledge
from actions.logs import set_up
from actions.metrics import Metrics
from actions.settings import Settings, SettingsError, read_settings
from knowledge_base.library import Library
from knowledge_base.locales import FallBack


def main() -> None:
    """Opens the library and serves until SIGTERM or SIGINT."""
    try:
        settings = read_settings()
    except SettingsError as error:
        _stop(str(error))
    set_up(settings.log_level, settings.log_format)
    listening = _listen(settings)
    library = Library(
        shop_dir=settings.shop_dir,
        store_dir=settings.store_dir,
        model=settings.model,
        backend=settings.backend,
        fall_back=FallBack(settings.fall_back),
    )
    try:
        library.open()
    except (OSError, ValueError) as error:
        _stop(f"{error} (SHOP_DIR is {settings.shop_dir}, ACTIONS_STORE_DIR is {settings.store_dir})")
    metrics = Metrics()
    knowledge = Knowledge(
        library,
        metrics,
        threads=settings.search_threads,
        waiting=settings.search_waiting,
        timeout_s=settings.search_timeout_s,
    )
    app = create_app(knowledge, metrics)
    app.run(sock=listening, single_process=True, access_log=False, motd=False)


def _listen(settings: Settings) -> socket.socket:
    """The socket, taken before anything slow is done."""
    listening = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as error:
        why = "is in use" if error.errno == errno.EADDRINUSE else f"cannot be used: {error.strerror}"
        _stop(f"Port {settings.port} on {settings.host} {why}. Set another with ACTIONS_PORT.")
    return listening


def _stop(message: str) -> NoReturn:
    sys.stderr.write(f"{message}\n")
    raise SystemExit(1)


if __name__ == "__main__":
    main()
