"""What an agent does to a conversation, and the words when it cannot be done."""

from dataclasses import dataclass
from typing import Any, Final

from bot.conversation import Owner
from bot.desk.frames import Claim, Close, HandBack, Reply, Search
from bot.errors import AppError
from bot.markdown import plain
from bot.masking import mask
from bot.services import Services
from bot.store import conversations, desk
from bot.store.conversations import Agent
from bot.store.models import Conversation

__all__ = ["Act", "Acts"]

MATCHES: Final = 5

Act = Claim | Reply | HandBack | Close


@dataclass(frozen=True, slots=True)
class Acts:
    """The acts of one agent."""

    services: Services
    agent: Agent

    async def do(self, act: Act) -> int | None:
        """Do it; the number of the stored message, for a reply.

        AppError `stale_epoch` says who has the conversation now; `not_allowed`, `closed`, `not_found`.
        """
        try:
            return await self._do(act)
        except AppError as error:
            if error.code not in {"stale_epoch", "not_allowed"}:
                raise
            row = await conversations.conversation(self.services.store, act.conversation)
            raise (self._who_has(row, error, act) if row else error) from error

    async def _do(self, act: Act) -> int | None:
        store, agent = self.services.store, self.agent
        match act:
            case Claim():
                await desk.claim(store, act.conversation, act.epoch, agent)
            case HandBack():
                settled = (await self._masked(act.conversation, act.settled)).strip()
                await desk.hand_back(store, act.conversation, act.epoch, agent, settled)
            case Close():
                await desk.close_conversation(store, act.conversation, act.epoch, agent, act.reason)
            case Reply():
                text = await self._masked(act.conversation, act.text)
                stored = await desk.reply(store, act.conversation, act.epoch, agent, act.id, text)
                return stored.seq
        return None

    async def search(self, asked: Search) -> list[dict[str, Any]]:
        """The articles nearest to a question, with the shopper's page and country where there is one."""
        row = None
        if asked.conversation:
            row = await conversations.conversation(self.services.store, asked.conversation)
        question = mask(asked.question, self._order_pattern(row))
        found = await self.services.knowledge.find(question, _search_context(row), MATCHES)
        return [{**match.model_dump(), "short_answer": plain(match.short_answer)} for match in found.matches]

    async def _masked(self, conversation_id: str, text: str) -> str:
        row = await conversations.conversation(self.services.store, conversation_id)
        return mask(text, self._order_pattern(row))

    def _order_pattern(self, row: Conversation | None) -> str | None:
        site = self.services.settings.shops.get(row.site) if row else None
        return site.order_pattern if site else None

    def _who_has(self, row: Conversation, error: AppError, act: Act) -> AppError:
        """The same error, in words that say how things stand now."""
        if row.owner == Owner.AGENT and row.agent_id == self.agent.id:
            if error.code == "not_allowed" or not isinstance(act, Claim):
                return error
            return AppError(error.code, "You have this conversation already.", "Write your reply.")
        words = {
            Owner.AGENT: (f"{row.agent_name} has this conversation.", "You can watch it, or ask them."),
            Owner.QUEUE: ("This conversation waits in the queue.", "Look at it again, then claim it."),
            Owner.CLOSED: ("This conversation is closed.", "The shopper's next message opens it again."),
            Owner.ASSISTANT: ("The assistant has this conversation.", "Look at it again, then take it over."),
        }
        return AppError(error.code, *words[Owner(row.owner)])


def _search_context(row: Conversation | None) -> dict[str, Any]:
    if row is None:
        return {}
    facts = {
        "step": (row.context.get("page") or {}).get("step"),
        "country": row.context.get("country"),
        "currency": row.context.get("currency"),
        "locale": row.locale,
        "cart": row.context.get("cart"),
    }
    return {key: value for key, value in facts.items() if value}
