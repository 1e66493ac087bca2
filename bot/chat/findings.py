"""What the knowledge base makes of a question that went to people: the best articles, and why."""

import contextlib
from collections.abc import Mapping
from typing import Any, Final

from bot.context import for_search
from bot.errors import AppError
from bot.services import Services
from bot.store.conversations import conversation, save_findings
from bot.store.hand_overs import hand_overs

__all__ = ["complete_package", "condensed"]

MATCHES: Final = 3
PARTS: Final = 3
WORDS: Final = 12
_KEPT: Final = ("question", "band", "confidence", "answer_at", "reasons", "unexplained")
_OF_AN_ARTICLE: Final = ("id", "title", "confidence", "phrasing", "cosine")

Json = dict[str, Any]


async def complete_package(services: Services, conversation_id: str, before: str | None = None) -> None:
    """Add to the newest hand-over why its question was handled as it was, and articles where it has none.

    `before` is the question before it, which a follow-up leans on. If nothing can be had, so be it.
    """
    made = await hand_overs(services.store, conversation_id)
    row = await conversation(services.store, conversation_id)
    if not made or row is None or not made[-1].question:
        return
    question = made[-1].question
    context = for_search(row.context, row.locale, services.clock.now())
    if told := row.dialogue.get("country"):
        context.setdefault("country", told)
    if before:
        context["last_question"] = before
    with contextlib.suppress(AppError):
        found = await services.knowledge.find(question, context, limit=MATCHES, explain=True)
        findings: Json = {"why": [condensed(one) for one in found.explanations[:PARTS]]}
        if not made[-1].package.get("matches"):
            findings["matches"] = [match.model_dump() for match in found.matches[:MATCHES]]
        await save_findings(services.store, conversation_id, findings)


def condensed(explanation: Mapping[str, Any]) -> Json:
    """What an agent wants to know of an explanation; unknown parts are left out."""
    kept = {key: explanation.get(key) for key in _KEPT}
    words = [word for word in explanation.get("words") or () if isinstance(word, Mapping)]
    repaired = [
        {"typed": word.get("typed"), "read": word.get("read")}
        for word in words
        if word.get("typed") != word.get("read")
    ]
    articles = [
        {key: one.get(key) for key in _OF_AN_ARTICLE}
        for one in explanation.get("candidates") or ()
        if isinstance(one, Mapping)
    ]
    return {
        **kept,
        "unexplained": list(kept["unexplained"] or ())[:WORDS],
        "repaired": repaired[:WORDS],
        "articles": articles[:MATCHES],
    }
