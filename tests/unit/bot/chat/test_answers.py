"""What Rasa said as messages: nothing silent, nothing twice, at most two questions back."""

from typing import Any

import pytest

from bot.chat.answers import country_name, outcome_of
from bot.rasa import EMPTY_DIALOGUE, RasaError, read_reply
from bot.store.models import Conversation, Message
from bot.store.turns import Job

ANSWER = {"article": {"id": "a1", "title": "Shipping"}, "short_answer": "**Two** days.", "band": "answer"}
CLARIFY = {"question": "q", "choices": [{"id": "a1", "title": "One"}]}


def job(owner: str = "assistant", **dialogue: Any) -> Job:
    row = Conversation(id="c", owner=owner, epoch=0, locale="en", dialogue=EMPTY_DIALOGUE | dialogue)
    return Job(1, 1, "how long", 0, row)


def kinds(reply: list[Any], given: Job | None = None, last: Message | None = None) -> list[str]:
    return [draft.kind for draft in outcome_of(read_reply(reply), given or job(), last).drafts]


def test_parts_come_in_their_order_and_a_sentence_joins_its_buttons() -> None:
    reply = [
        {"text": "First."},
        {"custom": {"answer": ANSWER}},
        {"text": "Which?"},
        {"custom": {"clarify": CLARIFY}},
        {"custom": {"state": {"x": 1}}},
    ]
    outcome = outcome_of(read_reply(reply), job(), None)
    assert [(draft.kind, draft.text) for draft in outcome.drafts] == [
        ("text", "First."),
        ("answer", "Two days."),
        ("clarify", "Which?"),
    ]
    assert outcome.dialogue == {"x": 1}


def test_the_same_answer_twice_in_one_reply_is_given_once() -> None:
    assert kinds([{"custom": {"answer": ANSWER}}, {"custom": {"answer": ANSWER}}]) == [
        "answer",
        "offer_person",
    ]


def test_another_text_of_the_same_article_is_another_answer() -> None:
    last = Message(text="Three days.", body={"answer": {"article": {"id": "a1", "title": "Shipping"}}})
    assert kinds([{"custom": {"answer": ANSWER}}], last=last) == ["answer"]
    last = Message(text="Two days.", body={"answer": {"article": {"id": "a1", "title": "Shipping"}}})
    assert kinds([{"custom": {"answer": ANSWER}}], last=last) == ["offer_person"]


def test_an_answer_in_another_language_says_so_once() -> None:
    given = job()
    given.conversation.locale = "fr-CA"
    article = {"id": "a1", "title": "Shipping", "locale": "en"}
    reply = read_reply([{"custom": {"answer": ANSWER | {"article": article}}}])
    told, answer = outcome_of(reply, given, None).drafts
    assert (told.text, told.lang) == ("Pour le moment, cette réponse n’existe qu’en anglais.", None)
    assert (answer.kind, answer.lang) == ("answer", "en")
    before = Message(text="One day.", lang="en", body={"answer": {"article": {"id": "a2", "title": "Size"}}})
    assert [draft.kind for draft in outcome_of(reply, given, before).drafts] == ["answer"]
    given.conversation.locale = "en-GB"
    assert [draft.kind for draft in outcome_of(reply, given, None).drafts] == ["answer"]


def test_a_third_question_back_in_a_row_becomes_a_person() -> None:
    outcome = outcome_of(read_reply([{"custom": {"clarify": CLARIFY}}]), job(clarified=2), None)
    assert outcome.drafts == ()
    assert outcome.hand_over is not None
    assert outcome.hand_over.reason == "not_confident"


def test_a_second_hand_over_in_the_queue_is_not_silent() -> None:
    reply = [{"custom": {"hand_over": {"reason": "asked", "question": "q"}}}]
    outcome = outcome_of(read_reply(reply), job("queue"), None)
    assert outcome.hand_over is None
    assert [draft.kind for draft in outcome.drafts] == ["text"]


@pytest.mark.parametrize(
    "reply", [[], [{"custom": {"state": {}}}], [{"custom": {"feedback": {"verdict": "no"}}}]]
)
def test_a_reply_that_says_nothing_is_nonsense(reply: Any) -> None:
    with pytest.raises(RasaError, match="nonsense"):
        outcome_of(read_reply(reply), job(), None)


ASK = {"question": "what is delivery", "fact": "country", "choices": ["AT", "EU"], "more": False}


def test_a_fact_that_is_asked_for_has_its_values_as_buttons_in_the_shoppers_language() -> None:
    given = job()
    given.conversation.locale = "de-AT"
    draft = outcome_of(read_reply([{"text": "Welches Land?"}, {"custom": {"ask": ASK}}]), given, None).drafts[
        0
    ]
    assert (draft.kind, draft.text, draft.question) == ("clarify", "Welches Land?", "what is delivery")
    assert draft.body["choices"] == [
        {"label": "Österreich", "article": None, "action": "tell", "value": "AT"},
        {"label": "Ein Land in der EU", "article": None, "action": "tell", "value": "EU"},
        {"label": "Ein anderes Land", "article": None, "action": "tell", "value": "ZZ"},
    ]


def test_a_fact_asked_for_counts_as_a_question_back() -> None:
    outcome = outcome_of(read_reply([{"custom": {"ask": ASK}}]), job(clarified=2), None)
    assert (outcome.drafts, outcome.hand_over is not None) == ((), True)


def test_a_country_without_a_name_is_shown_by_its_code() -> None:
    assert country_name("AQ", "en") == "AQ"


@pytest.mark.parametrize("broken", [{**ASK, "fact": "weather"}, {**ASK, "choices": []}, {"question": "q"}])
def test_a_question_for_a_fact_that_cannot_be_read_is_no_reply(broken: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="Ask"):
        read_reply([{"custom": {"ask": broken}}])
