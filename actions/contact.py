"""An e-mail address, when one was wanted."""

import re
from dataclasses import replace
from typing import Final

from actions.reply import Message, Reply
from actions.turn import Turn

_EMAIL: Final = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24}")


def contact(turn: Turn) -> Reply | None:
    """Passes on the address the shopper typed; None when none was wanted or none is there."""
    found = _EMAIL.search(turn.text) if turn.state.awaiting == "contact" else None
    if found is None:
        return None
    state = replace(turn.state, awaiting=None)
    return Reply((Message("contact", {"email": found[0]}),), state)
