"""Back from a person: the assistant goes on, and knows what was settled."""

from actions.knowledge import Knowledge
from actions.reply import Reply, say
from actions.state import MAX_TEXT, DialogueState
from actions.turn import Turn


async def returned(turn: Turn, _knowledge: Knowledge) -> Reply:
    """A fresh start with the agent's words on what was settled."""
    settled = turn.payload.get("settled")
    kept = settled.strip()[:MAX_TEXT] if isinstance(settled, str) else ""
    return say(DialogueState(settled=kept or None), "utter_returned")


async def keep_state(turn: Turn, _knowledge: Knowledge) -> Reply:
    """Nothing to say: small talk was answered by Rasa, and the dialogue stands where it stood."""
    return Reply((), turn.state)
