"""The built front end with the headers that bot gives it, and no chat server: `python pages.py PORT`."""

import sys
from pathlib import Path

from sanic import HTTPResponse, Request, Sanic
from sanic.response import file
from sanic.response import json as json_response

from bot import web

STATIC = Path(__file__).parents[3] / "bot" / "static"


def create_app() -> Sanic:
    """Widget, patterns and the desk's files, as bot serves them."""
    app = Sanic("patterns", configure_logging=False)
    app.blueprint(web.blueprint(STATIC))
    app.on_response(web.add_security_headers)

    @app.get("/desk/assets/<name>")
    async def asset(_request: Request, name: str) -> HTTPResponse:
        return await file(STATIC / "desk" / name)

    @app.post("/fake/received")
    async def received(_request: Request) -> HTTPResponse:
        """Asked until the server is up."""
        return json_response([])

    return app


if __name__ == "__main__":
    create_app().run(
        host="127.0.0.1", port=int(sys.argv[1]), single_process=True, access_log=False, motd=False
    )
