"""What can go wrong, with the words and the next step, the same over HTTP and WebSocket."""

from types import MappingProxyType
from typing import Any

STATUS_OF = MappingProxyType(
    {
        "bad_json": 400,
        "unknown_type": 400,
        "missing_field": 400,
        "bad_value": 400,
        "unsupported_version": 400,
        "bad_token": 401,
        "not_signed_in": 401,
        "wrong_origin": 403,
        "unknown_site": 403,
        "not_yours": 403,
        "not_allowed": 403,
        "not_found": 404,
        "too_slow": 408,
        "stale_epoch": 409,
        "closed": 409,
        "not_handed_over": 409,
        "too_many_files": 409,
        "too_large": 413,
        "wrong_type": 415,
        "rate_limited": 429,
        "unavailable": 503,
    }
)
CLOSE_CODE_OF = MappingProxyType(
    {
        "bad_token": 4401,
        "not_signed_in": 4401,
        "not_yours": 4403,
        "unknown_site": 4403,
        "wrong_origin": 4403,
        "unsupported_version": 4400,
    }
)


class AppError(Exception):
    """An error that a person can act on: a code, an HTTP status, words, and the next step."""

    def __init__(self, code: str, message: str, hint: str = "", status: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.status = status if status is not None else STATUS_OF.get(code, 500)

    @property
    def close_code(self) -> int | None:
        """The WebSocket close code, or None where the connection stays."""
        return CLOSE_CODE_OF.get(self.code)

    def body(self) -> dict[str, Any]:
        """`{"code", "status", "message", "hint"}`."""
        return {"code": self.code, "status": self.status, "message": self.message, "hint": self.hint}

    def frame(self, frame_id: str | None = None) -> dict[str, Any]:
        """The `error` frame; `frame_id` is the id of the frame that caused it."""
        named = {"id": frame_id} if frame_id else {}
        return {"type": "error", **self.body(), **named}


class ConfigError(Exception):
    """The server cannot start as it is set up; the message names the setting and the next step."""


def unavailable(what: str) -> AppError:
    """`what` could not be reached, and nothing was stored."""
    return AppError(
        "unavailable", f"{what} cannot be reached just now.", "Nothing was stored. Send it again."
    )
