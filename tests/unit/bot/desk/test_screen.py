"""A run of events comes to what has to be sent, each thing once."""

from bot.desk.screen import News
from bot.hub import Changed, Event, NoticesChanged, PresenceChanged, QueueMoved, Stored, Typing, Updated

TYPES = Typing("c", "shopper", on=True)


def _news(*events: Event) -> News:
    news = News()
    for event in events:
        news.add(event)
    return news


def test_many_events_of_one_conversation_touch_it_once() -> None:
    news = _news(Stored("c", None), Stored("c", None), Changed("c"), PresenceChanged("c"))
    assert (news.touched, news.changed) == ({"c"}, {"c"})
    assert (news.queue_moved, news.staff, news.frames) == (False, False, [])


def test_what_happens_in_order_is_sent_in_order() -> None:
    news = _news(TYPES, Updated("c", 3, {"verdict": "no"}), Typing("c", "shopper", on=False))
    assert [frame["type"] for _, frame in news.frames] == ["typing", "update", "typing"]
    assert news.frames[1] == ("c", {"type": "update", "seq": 3, "verdict": "no"})


def test_typing_touches_nothing() -> None:
    assert _news(TYPES).touched == set()


def test_staff_coming_and_going_is_no_conversation() -> None:
    news = _news(PresenceChanged())
    assert news.staff
    assert news.touched == set()


def test_notices_that_changed_are_told_once_and_are_no_conversation() -> None:
    news = _news(NoticesChanged(), NoticesChanged())
    assert news.notices
    assert news.touched == set()


def test_a_queue_that_moved_concerns_every_place_in_it() -> None:
    news = _news(QueueMoved("c"))
    assert news.queue_moved
    assert news.touched == set()
