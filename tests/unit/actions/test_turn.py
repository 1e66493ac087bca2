"""A turn from what Rasa passes on."""

import pytest

from actions.turn import Turn


def test_a_message_of_the_chat_server_has_a_payload_and_no_words() -> None:
    turn = Turn.from_message({"text": '/choose_article{"article": null, "label": "None {of} these"}'})
    assert not turn.spoken
    assert turn.payload == {"article": None, "label": "None {of} these"}


@pytest.mark.parametrize("text", ["/ask_human", "/x{broken", '/x["a"]', "/"])
def test_a_payload_that_cannot_be_read_is_empty(text: str) -> None:
    assert Turn.from_message({"text": text}).payload == {}


@pytest.mark.parametrize("metadata", [None, [], "x", {"state": 1, "context": [], "desk": 7, "locale": 3}])
def test_metadata_may_be_anything(metadata: object) -> None:
    turn = Turn.from_message({"text": "hello", "metadata": metadata})
    assert (turn.locale, turn.staffed, turn.in_queue) == ("en", True, False)


def test_a_follow_up_is_searched_with_the_question_before_it() -> None:
    message = {"text": "and for express?", "metadata": {"state": {"last_question": "how much is delivery"}}}
    assert Turn.from_message(message).following()["last_question"] == "how much is delivery"


def test_what_is_out_of_scope_stands_for_itself() -> None:
    message = {
        "text": "tell me a joke",
        "intent": {"name": "out_of_scope"},
        "metadata": {"state": {"last_question": "how much is delivery"}},
    }
    assert "last_question" not in Turn.from_message(message).following()


def test_a_long_chain_of_follow_ups_is_cut() -> None:
    message = {"text": "and?", "metadata": {"state": {"last_question": "word " * 60}}}
    assert "last_question" not in Turn.from_message(message).following()
