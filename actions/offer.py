"""An event on the page: the article that answers it, filled with what it says, before the shopper asks."""

from actions.choose import answer_with
from actions.knowledge import Knowledge
from actions.reply import Message, Reply
from actions.turn import Turn


async def offer(turn: Turn, knowledge: Knowledge) -> Reply:
    """The article for the event and its code; nothing but the state when there is none."""
    event, code = turn.payload.get("event"), turn.payload.get("code")
    if not isinstance(event, str):
        return Reply((), turn.state)
    code = code if isinstance(code, str) else None
    said = {"event": event, "code": code, "data": turn.payload.get("data")}
    article = knowledge.article_for_event(event, code, {**turn.standing(), "event": said})
    if article is None:
        return Reply((), turn.state)
    body = {
        "event": event,
        "code": code,
        "title": article.title,
        "article": {"id": article.id, "title": article.title, "locale": article.locale},
        "short_answer": article.short_answer,
        "body": article.body,
    }
    return Reply((Message("offer", body),), answer_with(turn.state, article, article.title, 1.0).state)
