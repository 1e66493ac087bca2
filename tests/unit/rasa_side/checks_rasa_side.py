"""Checks that run inside Rasa's environment, by unittest: there is no pytest in it."""

# ruff: noqa: PT009, PT027

import asyncio
import unittest
from typing import Any

from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from rasa_side.channel import language, spoken
from rasa_side.replies import check_the_schema_once
from rasa_side.tracker_store import WorkingMemory, told

DOMAIN = Domain.from_yaml(
    """
version: "3.1"
intents: [greet]
slots:
  locale:
    type: text
    influence_conversation: false
    mappings: [{type: custom}]
"""
)


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


def talk(memory: WorkingMemory, sender: str, *events: Any) -> None:
    tracker = asyncio.run(memory.get_or_create_tracker(sender, append_action_listen=False))
    for event in (ActionExecuted(ACTION_LISTEN_NAME), *events):
        tracker.update(event, DOMAIN)
    asyncio.run(memory.save(tracker))


def recalled(memory: WorkingMemory, sender: str) -> DialogueStateTracker | None:
    return asyncio.run(memory.retrieve(sender))


class WorkingMemoryForgets(unittest.TestCase):
    def test_slots_are_kept_and_words_are_not(self) -> None:
        memory = WorkingMemory(DOMAIN)
        talk(memory, "a", UserUttered("my card is 1234"), SlotSet("locale", "de"))
        tracker = recalled(memory, "a")
        assert tracker is not None
        self.assertEqual(tracker.get_slot("locale"), "de")
        self.assertFalse(any(isinstance(event, UserUttered) for event in tracker.events))
        self.assertEqual(tracker.latest_action_name, ACTION_LISTEN_NAME)

    def test_the_hundredth_message_finds_as_few_events_as_the_second(self) -> None:
        memory = WorkingMemory(DOMAIN)
        sizes = []
        for number in range(100):
            talk(memory, "a", UserUttered(f"message {number}"), SlotSet("locale", "de"))
            tracker = recalled(memory, "a")
            assert tracker is not None
            sizes.append(len(tracker.events))
        self.assertEqual(set(sizes), {2})

    def test_the_least_recently_used_conversation_goes_first(self) -> None:
        memory = WorkingMemory(DOMAIN, conversations=2)
        for sender in ("a", "b", "a", "c"):
            talk(memory, sender)
        self.assertEqual(asyncio.run(memory.keys()), ["a", "c"])

    def test_an_old_conversation_is_forgotten(self) -> None:
        clock = Clock()
        memory = WorkingMemory(DOMAIN, ttl_s=60, clock_s=clock)
        talk(memory, "a")
        clock.now_s += 59
        self.assertIsNotNone(recalled(memory, "a"))
        clock.now_s += 2
        self.assertIsNone(recalled(memory, "a"))

    def test_a_conversation_that_only_began_is_not_kept(self) -> None:
        memory = WorkingMemory(DOMAIN)
        asyncio.run(memory.get_or_create_tracker("a", append_action_listen=False))
        self.assertIsNone(recalled(memory, "a"))

    def test_a_new_conversation_begins_with_what_came_with_the_message(self) -> None:
        told.set({"locale": "de"})
        self.addCleanup(told.set, None)
        tracker = recalled(WorkingMemory(DOMAIN), "new")
        assert tracker is not None
        self.assertEqual(tracker.get_slot("locale"), "de")
        self.assertEqual(tracker.latest_action_name, ACTION_LISTEN_NAME)

    def test_what_came_with_the_message_goes_before_what_is_remembered(self) -> None:
        memory = WorkingMemory(DOMAIN)
        talk(memory, "a", SlotSet("locale", "de"))
        told.set({"locale": "en"})
        self.addCleanup(told.set, None)
        tracker = recalled(memory, "a")
        assert tracker is not None
        self.assertEqual(tracker.get_slot("locale"), "en")

    def test_options_that_keep_nothing_are_refused(self) -> None:
        for options in ({"conversations": 0}, {"ttl_s": 0}):
            with self.assertRaisesRegex(ValueError, "endpoints.yml"):
                WorkingMemory(DOMAIN, **options)


class RepliesAreChecked(unittest.TestCase):
    def setUp(self) -> None:
        check_the_schema_once()
        self.action = RemoteAction("action_answer", None)

    def test_a_reply_of_the_action_server_passes(self) -> None:
        events = [{"event": "slot", "name": "locale", "value": "de", "timestamp": None}]
        self.assertTrue(self.action._validate_action_result({"events": events, "responses": [{"text": "a"}]}))

    def test_a_reply_that_cannot_be_used_is_refused(self) -> None:
        for reply in ({"events": {}}, {"responses": ["text"]}, {"events": [{"name": "locale"}]}, []):
            with self.assertRaisesRegex(ValidationError, "cannot be used"):
                self.action._validate_action_result(reply)


class TheChannelReadsWords(unittest.TestCase):
    def test_what_the_chat_server_sends_stays_a_command(self) -> None:
        for text in ("/ask_human", '/choose_article{"article": "a"}', '/returned_from_agent{"settled": "x"}'):
            self.assertEqual(spoken(text), text)

    def test_a_shoppers_slash_is_no_command(self) -> None:
        self.assertEqual(spoken("/restart"), "restart")
        self.assertEqual(spoken(" //session_start"), "session_start")
        self.assertEqual(spoken('/greet{"x": 1}'), 'greet{"x": 1}')

    def test_the_language_is_that_of_the_locale(self) -> None:
        for metadata, wanted in (
            ({"locale": "de-AT"}, "de"),
            ({"locale": "PT_br"}, "pt"),
            ({}, "en"),
            (None, "en"),
        ):
            self.assertEqual(language(metadata), wanted)

    def test_words_stay_words(self) -> None:
        self.assertEqual(spoken("and/or what?"), "and/or what?")


if __name__ == "__main__":
    unittest.main()
