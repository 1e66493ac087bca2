"""A choice among the offered articles, or none of them."""

from dataclasses import replace

from actions.ask import ask_first, may_ask
from actions.hand_over import Reason, hand_over
from actions.knowledge import Knowledge
from actions.reply import Reply, Why, answer_message, mark, person_for
from actions.state import DialogueState, LastAnswer
from actions.turn import Turn
from knowledge_base.article import RenderedArticle


def answer_with(
    state: DialogueState,
    article: RenderedArticle,
    question: str,
    confidence: float,
    *,
    band: str = "answer",
    why: Why = "search",
) -> Reply:
    """The article as the answer, and the state in which a verdict on it is awaited."""
    same_question = why != "search"
    after = DialogueState(
        last_question=question,
        tried=(*state.tried, article.id) if same_question else (article.id,),
        awaiting="helped",
        clarified=state.clarified if same_question else 0,
        not_helped=state.not_helped if same_question else 0,
        last_answer=LastAnswer(article.id, question, round(confidence, 4), mark(article)),
    )
    answer = answer_message(article, question, confidence, band, why)
    if article.outdated:
        return Reply((answer, *person_for(question)), replace(after, awaiting="person"))
    return Reply((answer,), after)


def answer_or_ask(
    state: DialogueState,
    article: RenderedArticle,
    question: str,
    confidence: float,
    *,
    band: str = "answer",
    why: Why = "search",
) -> Reply:
    """As `answer_with`; first the fact that the article depends on, if it may be asked for."""
    if article.ask is None or not may_ask(state, article.ask):
        return answer_with(state, article, question, confidence, band=band, why=why)
    known = state if why != "search" or state.not_helped else replace(state, tried=())
    return ask_first(known, article.ask, question, article.id, confidence)


async def choose(turn: Turn, knowledge: Knowledge) -> Reply:
    """Answers with the chosen article; none of them, or one that is gone, goes to a person."""
    state = turn.state
    wanted = turn.payload.get("article")
    question = state.last_question or str(turn.payload.get("label") or "")
    article = knowledge.article(wanted, turn.locale, turn.context) if isinstance(wanted, str) else None
    if article is None:
        return await none_of_these(turn, knowledge, question)
    # Whoever picks an article that was not offered, from suggestions or cards, has read its title.
    confidence = next((choice.confidence for choice in state.offered if choice.id == article.id), 1.0)
    return answer_or_ask(state, article, question, confidence, band="clarify", why="chosen")


async def none_of_these(turn: Turn, knowledge: Knowledge, question: str) -> Reply:
    """No offered article fits: a person, who gets the question and what was found for it."""
    reason: Reason = "not_helped" if turn.state.not_helped else "not_confident"
    after: DialogueState = replace(turn.state, offered=())
    if turn.in_queue or not question:
        return hand_over(turn, after, reason, question)
    found = await knowledge.suggestions(question, turn.standing())
    if found is None:
        return hand_over(turn, after, reason, question)
    return hand_over(turn, after, reason, question, matches=found.matches, confidence=found.confidence)
