"""What Rasa said as messages to keep: pure, and with the last guards against silence and repetition."""

from collections.abc import Sequence
from typing import Any

from bot import markdown, words
from bot.conversation import Author, Owner
from bot.rasa import (
    EMPTY_DIALOGUE,
    Answer,
    Ask,
    Clarify,
    Contact,
    Feedback,
    HandOver,
    Offer,
    OfferPerson,
    RasaError,
    Reply,
    Said,
    Text,
)
from bot.store.hand_overs import Package
from bot.store.messages import Draft
from bot.store.models import Message
from bot.store.shopper import Trigger
from bot.store.turns import Job, Outcome

MOST_CLARIFIED = 2
# A country that has no button of its own, as `actions` reads it.
ELSEWHERE = "ZZ"


def outcome_of(reply: Reply, job: Job, last: Message | None) -> Outcome:
    """How the turn ends with this reply; `last` is the answer just before. RasaError when it says nothing."""
    drafts = _drafts(reply.said, job.conversation.locale)
    hand_over = next((part for part in reply.said if isinstance(part, HandOver)), None)
    feedback = next((part.verdict for part in reply.said if isinstance(part, Feedback)), None)
    email = next((part.email for part in reply.said if isinstance(part, Contact)), None)
    if not drafts and hand_over is None and email is None:
        raise RasaError("nonsense", "a reply that says nothing")
    package = _package(hand_over) if hand_over else None
    if package is None and _clarified_enough(drafts, job.conversation.dialogue):
        package = given_up(drafts[-1].question)
        drafts = [draft for draft in drafts if draft.kind != "clarify"]
    return settle(
        Outcome("rasa", tuple(drafts), reply.state, package, feedback=feedback, email=email), job, last
    )


def settle(outcome: Outcome, job: Job, last: Message | None) -> Outcome:
    """The outcome without an answer given twice in a row, and without a silent hand-over in the queue."""
    locale = job.conversation.locale
    drafts = with_language_told(without_repeats(outcome.drafts, last, locale), last, locale)
    hand_over = outcome.hand_over
    if hand_over is not None and job.conversation.owner == Owner.QUEUE:
        hand_over = None
        if not drafts:
            drafts = [Draft(Author.ASSISTANT, words.say("still_waiting", job.conversation.locale))]
    return Outcome(
        outcome.how,
        tuple(drafts),
        outcome.dialogue,
        hand_over,
        outcome.feedback,
        outcome.email,
        outcome.fresh,
    )


def without_repeats(drafts: Sequence[Draft], last: Message | None, locale: str) -> list[Draft]:
    """The drafts, with each answer that was the one just before replaced by the offer of a person."""
    before = _answered(last.body, last.text) if last else None
    found = []
    for draft in drafts:
        now = _answered(draft.body, draft.text) if draft.kind == "answer" else None
        if now is not None and now == before:
            title = draft.body["answer"]["article"]["title"]
            text = words.say("already_answered", locale, title=title)
            found.append(person_draft(text, draft.question, locale))
            continue
        before = now
        found.append(draft)
    return found


def with_language_told(drafts: Sequence[Draft], last: Message | None, locale: str) -> list[Draft]:
    """The drafts; a word before each answer that is in neither the shopper's language nor the last one's."""
    before = _language((last and last.lang) or locale)
    found = []
    for draft in drafts:
        if draft.kind == "answer" and draft.lang:
            spoken = _language(draft.lang)
            if spoken not in {before, _language(locale)}:
                found.append(Draft(Author.ASSISTANT, words.say("only_in", locale, language=spoken)))
            before = spoken
        found.append(draft)
    return found


def _language(locale: str) -> str:
    return locale.replace("_", "-").split("-")[0].lower()


def answer_draft(answer: Answer | Offer, *, kind: str = "answer", **facts: Any) -> Draft:
    """An article as a message."""
    body = {
        "nodes": markdown.nodes(answer.short_answer),
        "answer": {
            "article": {"id": answer.article.id, "title": answer.article.title},
            "more": markdown.nodes(answer.body) if answer.body else [],
        },
    }
    return Draft(
        Author.ASSISTANT,
        markdown.plain(answer.short_answer),
        kind=kind,
        lang=answer.article.locale,
        body=body | facts.pop("body", {}),
        **facts,
    )


def article_offer(offer: Offer, trigger: Trigger) -> Draft:
    """An article that is offered unasked."""
    about = _about(trigger, offer.title or offer.article.title)
    return answer_draft(offer, kind="offer", body={"offer": about})


def questions_offer(text: str, questions: Sequence[tuple[str, str]], trigger: Trigger) -> Draft:
    """Questions that others have here, each a button. `questions` are (article id, title)."""
    listed = [{"id": article_id, "title": title} for article_id, title in questions]
    buttons = [{"label": title, "article": article_id, "action": "choose"} for article_id, title in questions]
    body = {"choices": buttons, "offer": _about(trigger, text) | {"questions": listed}}
    return Draft(Author.ASSISTANT, text, kind="offer", body=body)


def person_offer(text: str, trigger: Trigger, locale: str) -> Draft:
    """A person, offered unasked."""
    button = {"label": words.say("choice_person", locale), "article": None, "action": "person"}
    body = {"choices": [button], "offer": _about(trigger, text) | {"person": True}}
    return Draft(Author.ASSISTANT, text, kind="offer", body=body)


def clarify_draft(
    text: str, choices: Sequence[tuple[str, str]], question: str, confidence: float | None, locale: str
) -> Draft:
    """A question back. `choices` are (article id, title)."""
    buttons = [{"label": title, "article": article, "action": "choose"} for article, title in choices[:4]]
    none = {"label": words.say("choice_none", locale), "article": None, "action": "none"}
    return Draft(
        Author.ASSISTANT,
        text,
        kind="clarify",
        body={"choices": [*buttons, none]},
        question=question,
        confidence=confidence,
        band="clarify",
    )


def ask_draft(text: str, ask: Ask, locale: str) -> Draft:
    """A question for a fact, each value a button; `value` travels back with the one that is pressed."""
    labels = [(country_name(code, locale), code) for code in ask.choices]
    labels.append((words.say("choice_elsewhere", locale), ELSEWHERE))
    buttons = [
        {"label": label, "article": None, "action": "tell", "value": value}
        for label, value in dict(labels).items()
    ]
    return Draft(
        Author.ASSISTANT,
        text,
        kind="clarify",
        body={"choices": buttons},
        question=ask.question,
        confidence=ask.confidence,
        band="clarify",
    )


def country_name(code: str, locale: str) -> str:
    """The name of a country in the shopper's language; the code itself where none is known."""
    name = words.say("country", locale, country=code)
    return code if name == words.say("country", locale, country="other") else name


def person_draft(text: str, question: str | None, locale: str) -> Draft:
    """The offer of a person."""
    button = {"label": words.say("choice_person", locale), "article": None, "action": "person"}
    body = {"choices": [button]}
    return Draft(Author.ASSISTANT, text, kind="offer_person", body=body, question=question)


def given_up(question: str | None) -> Package:
    """The hand-over after as many questions back as a shopper should have to bear."""
    return Package("not_confident", question=question)


def dialogue_of(job: Job) -> dict[str, Any]:
    """The state of the dialogue, complete."""
    return {**EMPTY_DIALOGUE, **job.conversation.dialogue}


def _about(trigger: Trigger, title: str) -> dict[str, Any]:
    """Why it is offered; `event` is the rule's id where nothing was reported."""
    return {
        "event": trigger.event,
        "data": trigger.data,
        "code": trigger.code,
        "title": title,
        "trigger": trigger.rule,
        "guess": trigger.guess,
    }


def _drafts(said: Sequence[Said], locale: str) -> list[Draft]:
    drafts: list[Draft] = []
    sentence: str | None = None
    for part in said:
        if isinstance(part, Clarify | Ask | OfferPerson):
            drafts.append(_with_buttons(part, sentence, locale))
            sentence = None
            continue
        if sentence is not None:
            drafts.append(Draft(Author.ASSISTANT, sentence))
            sentence = None
        if isinstance(part, Text):
            sentence = part.text
        elif isinstance(part, Answer):
            drafts.append(
                answer_draft(part, question=part.question, confidence=part.confidence, band=part.band)
            )
    if sentence is not None:
        drafts.append(Draft(Author.ASSISTANT, sentence))
    return drafts


def _with_buttons(part: Clarify | Ask | OfferPerson, sentence: str | None, locale: str) -> Draft:
    if isinstance(part, OfferPerson):
        return person_draft(sentence or words.say("not_sure", locale), part.question, locale)
    if isinstance(part, Ask):
        return ask_draft(sentence or words.say("ask_country", locale), part, locale)
    choices = [(choice.id, choice.title) for choice in part.choices]
    text = sentence or words.say("clarify", locale)
    return clarify_draft(text, choices, part.question, part.confidence, locale)


def _package(part: HandOver) -> Package:
    return Package(part.reason, part.question, part.confidence, part.language, part.matches[:3])


def _clarified_enough(drafts: Sequence[Draft], dialogue: dict[str, Any]) -> bool:
    clarified = dialogue.get("clarified")
    asked = isinstance(clarified, int) and clarified >= MOST_CLARIFIED
    return asked and bool(drafts) and drafts[-1].kind == "clarify"


def _answered(body: dict[str, Any], text: str) -> tuple[str, str] | None:
    answer = body.get("answer")
    return (answer["article"]["id"], text) if answer else None
