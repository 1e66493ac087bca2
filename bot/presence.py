"""Who is here now: staff at the desk, and shoppers with the chat connected. In memory, for this process."""

from collections import Counter
from dataclasses import dataclass

from bot.hub import Hub, PresenceChanged


@dataclass(frozen=True, slots=True)
class StaffOnline:
    """A member of staff with the desk open; `status` is `online` or `away`."""

    id: str
    name: str
    status: str


class Presence:
    """Counts connections; tells the hub when who is here changed."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._staff: dict[str, StaffOnline] = {}
        self._shoppers: Counter[str] = Counter()

    @property
    def staffed(self) -> bool:
        """Whether anybody at the desk is `online`."""
        return any(staff.status == "online" for staff in self._staff.values())

    def staff_online(self) -> list[StaffOnline]:
        """Each member of staff once; `online` in one window wins over `away` in another."""
        found: dict[str, StaffOnline] = {}
        for staff in self._staff.values():
            if staff.id not in found or staff.status == "online":
                found[staff.id] = staff
        return sorted(found.values(), key=lambda staff: (staff.name, staff.id))

    def staff_arrived(self, connection: str, staff: StaffOnline) -> None:
        """A desk window opened, or its status changed."""
        if self._staff.get(connection) != staff:
            self._staff[connection] = staff
            self._hub.publish(PresenceChanged())

    def staff_left(self, connection: str) -> None:
        """A desk window closed."""
        if self._staff.pop(connection, None):
            self._hub.publish(PresenceChanged())

    def shopper_here(self, conversation_id: str) -> bool:
        """Whether the shopper has the conversation open in some tab."""
        return self._shoppers[conversation_id] > 0

    def shopper_arrived(self, conversation_id: str) -> None:
        """A tab opened the conversation."""
        self._shoppers[conversation_id] += 1
        if self._shoppers[conversation_id] == 1:
            self._hub.publish(PresenceChanged(conversation_id))

    def shopper_left(self, conversation_id: str) -> None:
        """A tab that had the conversation open is gone."""
        self._shoppers[conversation_id] -= 1
        if self._shoppers[conversation_id] <= 0:
            del self._shoppers[conversation_id]
            self._hub.publish(PresenceChanged(conversation_id))
