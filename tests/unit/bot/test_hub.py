"""Who hears what, and what happens to a listener who does not keep up."""

from bot.hub import Changed, Hub, PresenceChanged, QueueMoved
from bot.presence import Presence, StaffOnline


async def test_a_listener_hears_its_own_conversation_and_what_concerns_everybody() -> None:
    hub = Hub()
    with hub.subscribe("mine") as mine, hub.subscribe() as everything:
        for event in (Changed("mine"), Changed("other"), QueueMoved("other"), PresenceChanged()):
            hub.publish(event)
        heard = [await mine.get() for _ in range(mine.events.qsize())]
        assert heard == [Changed("mine"), QueueMoved("other"), PresenceChanged()]
        assert everything.events.qsize() == 4


async def test_who_follows_two_topics_hears_an_event_once() -> None:
    hub = Hub()
    with hub.subscribe("one") as listener:
        hub.follow(listener, "two")
        hub.publish(QueueMoved("three"))
        assert listener.events.qsize() == 1


async def test_who_does_not_keep_up_is_told_and_the_others_are_not_held_up() -> None:
    hub = Hub(limit=2)
    with hub.subscribe("mine") as slow:
        for _ in range(3):
            hub.publish(Changed("mine"))
        assert await slow.get() is None
    assert not hub._by_topic


async def test_one_window_online_is_enough_to_be_staffed() -> None:
    presence = Presence(Hub())
    presence.staff_arrived("one", StaffOnline("maya", "Maya", "away"))
    assert not presence.staffed
    presence.staff_arrived("two", StaffOnline("maya", "Maya", "online"))
    assert presence.staffed
    assert presence.staff_online() == [StaffOnline("maya", "Maya", "online")]
    presence.staff_left("two")
    assert not presence.staffed


async def test_a_shopper_is_here_until_the_last_tab_closes() -> None:
    presence = Presence(Hub())
    presence.shopper_arrived("c")
    presence.shopper_arrived("c")
    presence.shopper_left("c")
    assert presence.shopper_here("c")
    presence.shopper_left("c")
    assert not presence.shopper_here("c")
