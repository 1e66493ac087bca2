"""Who of the staff takes conversations. What an agent chose outlives a lost connection, not a sign-in."""

from typing import Final

from bot.presence import Presence, StaffOnline
from bot.store.models import Staff

__all__ = ["Attendance"]

AT_FIRST: Final = "online"


class Attendance:
    """The windows of each agent, all with the agent's one status."""

    def __init__(self, presence: Presence) -> None:
        self._presence = presence
        self._chosen: dict[str, str] = {}
        self._windows: dict[str, dict[str, StaffOnline]] = {}

    def arrive(self, window: str, staff: Staff) -> None:
        """A window opened; it takes the status the agent chose last."""
        here = StaffOnline(staff.id, staff.name, self._chosen.get(staff.id, AT_FIRST))
        self._windows.setdefault(staff.id, {})[window] = here
        self._presence.staff_arrived(window, here)

    def leave(self, window: str, staff: Staff) -> None:
        """A window closed."""
        windows = self._windows.get(staff.id, {})
        windows.pop(window, None)
        if not windows:
            self._windows.pop(staff.id, None)
        self._presence.staff_left(window)

    def choose(self, staff: Staff, status: str) -> None:
        """The agent takes conversations (`online`), or does not (`away`), in every window."""
        self._chosen[staff.id] = status
        for window in list(self._windows.get(staff.id, {})):
            self.arrive(window, staff)

    def forget(self, staff_id: str) -> None:
        """Who signs in again begins as `online`."""
        self._chosen.pop(staff_id, None)

    def online(self) -> list[dict[str, str]]:
        """`[{"id", "name", "status"}]`, each member of staff once."""
        return [
            {"id": staff.id, "name": staff.name, "status": staff.status}
            for staff in self._presence.staff_online()
        ]
