"""A clock for tests, moved by hand."""

from datetime import UTC, datetime, timedelta


class HandClock:
    """Stands still until a test moves it; with `step_s` it goes on so far with each look."""

    def __init__(self, step_s: float = 0.0) -> None:
        self.at = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
        self._step = timedelta(seconds=step_s)

    def now(self) -> datetime:
        self.at += self._step
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    def pass_time(self, **span: float) -> None:
        self.at += timedelta(**span)
