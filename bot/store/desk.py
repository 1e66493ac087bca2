"""What agents change: claim, reply, hand back, close. Each names the epoch it read."""

from bot.conversation import Author
from bot.store.conversations import Agent, lock, ownership, set_owner
from bot.store.database import Store
from bot.store.messages import Draft, append, find, notice, take, taken_before
from bot.store.models import Conversation, Message
from bot.store.turns import add_turn, command

CLOSE_REASONS = ("solved", "no_answer", "spam", "other")


async def claim(store: Store, conversation_id: str, epoch: int, agent: Agent) -> Conversation:
    """The agent owns the conversation. AppError `stale_epoch` when somebody was faster, `closed`."""
    async with store.change() as change:
        row = await lock(change, conversation_id)
        reason = "claimed" if row.owner == "queue" else "taken_over"
        await set_owner(
            change, row, ownership(row).claim(epoch, agent.id), agent.name, reason=reason, agent=agent
        )
        notice(change, row, "claimed", name=agent.name)
    return row


async def reply(
    store: Store, conversation_id: str, epoch: int, agent: Agent, client_id: str, text: str
) -> Message:
    """The agent's message, stored once for each `client_id`.

    AppError `stale_epoch`, `closed`, or `not_allowed` when it is not this agent's conversation.
    """
    async with store.change() as change:
        row = await lock(change, conversation_id)
        before = await taken_before(change, agent.id, client_id)
        if before and before.seq is not None:
            return await find(change, before.conversation_id, before.seq, ("text",))
        ownership(row).check_agent_writes(epoch, agent.id)
        draft = Draft(Author.AGENT, text, name=agent.name, staff_id=agent.id, client_id=client_id)
        message = append(change, row, draft)
        take(change, agent.id, client_id, row.id, message.seq)
    return message


async def hand_back(
    store: Store, conversation_id: str, epoch: int, agent: Agent, settled: str
) -> Conversation:
    """The assistant owns the conversation again, knows what was settled, and says that it is back."""
    async with store.change() as change:
        row = await lock(change, conversation_id)
        new = ownership(row).hand_back(epoch, agent.id)
        await set_owner(change, row, new, agent.name, reason="handed_back", note=settled or None)
        row.settled = settled or None
        row.dialogue = {**row.dialogue, "settled": row.settled, "awaiting": None, "clarified": 0}
        notice(change, row, "handed_back", name=agent.name)
        add_turn(change, store, row, None, command("returned_from_agent", {"settled": settled}))
    return row


async def close_conversation(
    store: Store, conversation_id: str, epoch: int, agent: Agent, reason: str
) -> Conversation:
    """Nobody owns the conversation until the shopper writes again."""
    async with store.change() as change:
        row = await lock(change, conversation_id)
        await set_owner(change, row, ownership(row).close(epoch, agent.id), agent.name, reason=reason)
        row.closed_reason = reason
        notice(change, row, "closed", name=agent.name)
    return row
