"""A question: answered, asked back, or handed over, by how sure the knowledge base is."""

from collections.abc import Iterable
from dataclasses import replace

from actions.ask import ask_first, may_ask
from actions.choose import answer_or_ask, choose
from actions.clarify import choices, clarify, may_clarify, named_by_place
from actions.hand_over import hand_over
from actions.knowledge import Knowledge
from actions.reply import Part as SaidPart
from actions.reply import Reply, Sentence, answer_message, mark, offer_person_message, person_for, say
from actions.state import DialogueState, LastAnswer
from actions.turn import Turn
from knowledge_base.article import RenderedArticle
from knowledge_base.result import Part, SearchResult

LIMIT = 8


async def answer(turn: Turn, knowledge: Knowledge) -> Reply:
    """What the shopper asked, with the question before it in mind."""
    if not any(char.isalnum() for char in turn.text):
        return say(turn.state, "utter_ask")
    chosen = named_by_place(turn.text, turn.state)
    if chosen:
        return await choose(replace(turn, payload={"article": chosen}), knowledge)
    found = await knowledge.search(turn.text, turn.following(), LIMIT)
    return respond(turn, knowledge, found)


def respond(turn: Turn, knowledge: Knowledge, found: SearchResult) -> Reply:
    """The reply to what was found for the turn's words."""
    several = _each_part(turn, knowledge, found) if found.parts else None
    if several:
        return several
    if found.band == "answer" and found.matches:
        return _answer(turn, knowledge, found)
    if found.band == "clarify":
        offered = choices(found.matches, _rejected(turn.state))
        if may_clarify(turn.state, offered):
            return clarify(_asked_anew(turn.state), found.question, offered, found.confidence)
    return _no_answer(turn, found)


def _answer(turn: Turn, knowledge: Knowledge, found: SearchResult) -> Reply:
    best = found.matches[0]
    article = knowledge.article(best.id, turn.locale, turn.context)
    if article is None:
        return _no_answer(turn, found)
    if _would_repeat(turn.state, article):
        return _not_again(turn, found)
    return answer_or_ask(turn.state, article, found.question, best.confidence, band=found.band)


def _would_repeat(state: DialogueState, article: RenderedArticle) -> bool:
    """Whether the shopper would read the same words as just now, or an article that did not help."""
    last = state.last_answer
    if last and last.article == article.id:
        return not last.seen or last.seen == mark(article)
    return article.id in _rejected(state)


def _rejected(state: DialogueState) -> tuple[str, ...]:
    return state.tried if state.not_helped else ()


def _not_again(turn: Turn, found: SearchResult) -> Reply:
    """The best answer was given just now: another one may be meant, else a person."""
    state = turn.state
    if state.awaiting == "person":
        return hand_over(
            turn, state, "not_helped", found.question, matches=found.matches, confidence=found.confidence
        )
    offered = choices(found.matches, {found.matches[0].id, *state.tried})
    if may_clarify(state, offered):
        return clarify(state, found.question, offered, found.confidence, "utter_same_answer")
    after = replace(state, awaiting="person", last_question=found.question)
    return Reply((Sentence("utter_same_answer_person"), offer_person_message(found.question)), after)


def _no_answer(turn: Turn, found: SearchResult) -> Reply:
    """Nothing that is sure enough: say so, and a person should answer."""
    state, question = turn.state, found.question
    if found.language:
        return hand_over(
            turn,
            state,
            "language",
            turn.text,
            confidence=found.confidence,
            language=found.language,
            matches=found.matches,
        )
    if turn.intent == "out_of_scope" and not found.near:
        if state.misses or turn.in_queue:
            return hand_over(turn, state, "out_of_scope", turn.text, confidence=found.confidence)
        after = replace(state, misses=state.misses + 1, awaiting="person", clarified=0, offered=())
        return Reply((Sentence("utter_scope"), offer_person_message(turn.text)), after)
    after = replace(state, last_question=question, tried=(), last_answer=None)
    return hand_over(
        turn, after, "not_confident", question, matches=found.matches, confidence=found.confidence
    )


def _asked_anew(state: DialogueState) -> DialogueState:
    """The state for a question that is not the last one; what did not help before stays known."""
    return state if state.not_helped else replace(state, tried=())


def _each_part(turn: Turn, knowledge: Knowledge, found: SearchResult) -> Reply | None:
    """An answer to each question that has one, and an honest word on the first that has none.

    None when no part is sure: then the message is better taken as a whole.
    """
    messages: list[SaidPart] = []
    answered: list[tuple[Part, RenderedArticle]] = []
    unsure: list[Part] = []
    for part in found.parts:
        article = _sure(turn, knowledge, part)
        if article is None:
            unsure.append(part)
        elif article.id not in {seen.id for _, seen in answered}:
            answered.append((part, article))
            messages.append(answer_message(article, part.question, part.confidence, part.band))
        if article and article.ask and may_ask(turn.state, article.ask):
            return ask_first(_asked_anew(turn.state), article.ask, found.question)
    if not answered:
        return None
    lacking = next((part for part, article in answered if article.outdated), None)
    if lacking and not unsure:
        messages.extend(person_for(lacking.question))
    part, article = answered[-1]
    state = DialogueState(
        last_question=part.question,
        tried=tuple(seen.id for _, seen in answered),
        awaiting="person" if lacking and not unsure else "helped",
        last_answer=LastAnswer(article.id, part.question, round(part.confidence, 4), mark(article)),
    )
    return _rest(turn, state, unsure).after(*messages)


def _sure(turn: Turn, knowledge: Knowledge, part: Part) -> RenderedArticle | None:
    if part.band != "answer" or not part.matches:
        return None
    article = knowledge.article(part.matches[0].id, turn.locale, turn.context)
    return None if article is None or _would_repeat(turn.state, article) else article


def _rest(turn: Turn, state: DialogueState, unsure: Iterable[Part]) -> Reply:
    """What is said about the first part without an answer, if there is one."""
    part = next(iter(unsure), None)
    if part is None:
        return Reply((), state)
    offered = choices(part.matches, state.tried)
    if part.band != "hand_over" and may_clarify(turn.state, offered):
        counted = replace(state, clarified=turn.state.clarified)
        return clarify(counted, part.question, offered, part.confidence, "utter_clarify_part")
    return hand_over(
        turn,
        replace(state, last_question=part.question),
        "not_confident",
        part.question,
        matches=part.matches,
        confidence=part.confidence,
        sentence="utter_no_answer_part",
    )
