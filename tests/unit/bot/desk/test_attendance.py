"""Who of the staff takes conversations, over windows and lost connections."""

import pytest

from bot.desk.attendance import Attendance
from bot.hub import Hub
from bot.presence import Presence
from bot.store.models import Staff


def _staff(name: str) -> Staff:
    return Staff(id=name.lower(), name=name, email=f"{name}@x.example", role="agent")


MAYA, JONAS = _staff("Maya"), _staff("Jonas")


@pytest.fixture
def presence() -> Presence:
    return Presence(Hub())


@pytest.fixture
def attendance(presence: Presence) -> Attendance:
    return Attendance(presence)


def test_an_open_window_counts_as_online(attendance: Attendance, presence: Presence) -> None:
    assert not presence.staffed
    attendance.arrive("w1", MAYA)
    assert presence.staffed
    assert attendance.online() == [{"id": "maya", "name": "Maya", "status": "online"}]
    attendance.leave("w1", MAYA)
    assert not presence.staffed
    assert attendance.online() == []


def test_the_status_is_the_agents_and_not_the_windows(attendance: Attendance, presence: Presence) -> None:
    attendance.arrive("w1", MAYA)
    attendance.arrive("w2", MAYA)
    attendance.choose(MAYA, "away")
    assert not presence.staffed
    assert attendance.online() == [{"id": "maya", "name": "Maya", "status": "away"}]


def test_one_agent_away_leaves_the_other_online(attendance: Attendance, presence: Presence) -> None:
    attendance.arrive("w1", MAYA)
    attendance.arrive("w2", JONAS)
    attendance.choose(MAYA, "away")
    assert presence.staffed
    attendance.leave("w2", JONAS)
    assert not presence.staffed


def test_a_choice_outlives_the_window_not_a_sign_in(attendance: Attendance, presence: Presence) -> None:
    attendance.arrive("w1", MAYA)
    attendance.choose(MAYA, "away")
    attendance.leave("w1", MAYA)
    attendance.arrive("w2", MAYA)
    assert not presence.staffed
    attendance.leave("w2", MAYA)
    attendance.forget("maya")
    attendance.arrive("w3", MAYA)
    assert presence.staffed


def test_who_has_no_window_may_choose_without_being_there(attendance: Attendance, presence: Presence) -> None:
    attendance.choose(MAYA, "online")
    attendance.leave("w1", MAYA)
    assert not presence.staffed
