"""The shopper wants the chat erased: everything kept of it, and what this process remembers of the visit."""

from bot.chat.caller import Caller
from bot.services import Services
from bot.store.erasing import erase_conversation

_REMEMBERED = ("events", "trail", "opened_by")


async def erase(services: Services, caller: Caller, conversation_id: str) -> None:
    """Delete the caller's conversation. AppError `not_found`, `not_yours`.

    Where the shopper is now stays known, as the page tells it anyway; where they were is forgotten.
    """
    visit = caller.visit
    async with visit.lock:
        await erase_conversation(services.store, conversation_id, caller.visitor_id)
        if visit.opened is not None and visit.opened[0] == conversation_id:
            visit.opened = None
        visit.context = {key: value for key, value in visit.context.items() if key not in _REMEMBERED}
