"""The one shape in which the action server says that something went wrong."""

from typing import Any


class AppError(Exception):
    """An error with a code for programs and words for people."""

    def __init__(self, code: str, status: int, message: str, hint: str = "") -> None:
        """`status` is the HTTP status; `hint` says what to do next."""
        super().__init__(message)
        self.code, self.status, self.message, self.hint = code, status, message, hint

    def as_json(self) -> dict[str, Any]:
        """The body of the response."""
        return {
            "error": {"code": self.code, "status": self.status, "message": self.message, "hint": self.hint}
        }
