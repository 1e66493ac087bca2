"""Who owns a conversation: a pure state machine with one owner and an epoch that rises at each change."""

from dataclasses import dataclass
from enum import StrEnum

from bot.errors import AppError


class Owner(StrEnum):
    """Whose turn it is to answer the shopper."""

    ASSISTANT = "assistant"
    QUEUE = "queue"
    AGENT = "agent"
    CLOSED = "closed"


class Author(StrEnum):
    """Who wrote a message."""

    SHOPPER = "shopper"
    ASSISTANT = "assistant"
    AGENT = "agent"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Ownership:
    """The owner at one epoch; `agent` is the agent's id while the owner is an agent, else None."""

    owner: Owner = Owner.ASSISTANT
    epoch: int = 0
    agent: str | None = None

    def _become(self, owner: Owner, agent: str | None = None) -> "Ownership":
        return Ownership(owner, self.epoch + 1, agent)

    def ask(self) -> "Ownership":
        """The shopper is to get a person: from the assistant, or from a closed conversation.

        Where a person is asked for already, or there, nothing changes.
        """
        if self.owner in (Owner.QUEUE, Owner.AGENT):
            return self
        return self._become(Owner.QUEUE)

    def shopper_wrote(self) -> "Ownership":
        """A shopper's message is always taken; it opens a closed conversation again with the assistant."""
        return self._become(Owner.ASSISTANT) if self.owner is Owner.CLOSED else self

    def claim(self, epoch: int, agent: str) -> "Ownership":
        """The agent takes the conversation from the queue, or over from the assistant."""
        self._check_epoch(epoch)
        self._check_open()
        if self.owner is Owner.AGENT:
            raise stale(epoch, self.epoch)
        return self._become(Owner.AGENT, agent)

    def hand_back(self, epoch: int, agent: str) -> "Ownership":
        """The agent who owns it gives it back to the assistant."""
        self._check_agent(epoch, agent)
        return self._become(Owner.ASSISTANT)

    def close(self, epoch: int, agent: str) -> "Ownership":
        """The agent who owns it, or any agent while it waits in the queue, closes it."""
        if self.owner is Owner.QUEUE:
            self._check_epoch(epoch)
        else:
            self._check_agent(epoch, agent)
        return self._become(Owner.CLOSED)

    def check_assistant_writes(self, epoch: int) -> None:
        """Refuse the assistant's words unless it read this very epoch and may still speak."""
        self._check_epoch(epoch)
        if self.owner not in (Owner.ASSISTANT, Owner.QUEUE):
            raise stale(epoch, self.epoch)

    def check_agent_writes(self, epoch: int, agent: str) -> None:
        """Refuse an agent's words unless the conversation is this agent's, at this epoch."""
        self._check_agent(epoch, agent)

    def _check_agent(self, epoch: int, agent: str) -> None:
        self._check_epoch(epoch)
        self._check_open()
        if self.owner is not Owner.AGENT:
            raise AppError(
                "not_allowed", f"The owner is {self.owner}, not you.", "Claim the conversation first."
            )
        if self.agent != agent:
            raise AppError("not_allowed", "Another agent has this conversation.", "Watch it, or ask them.")

    def _check_epoch(self, epoch: int) -> None:
        if epoch != self.epoch:
            raise stale(epoch, self.epoch)

    def _check_open(self) -> None:
        if self.owner is Owner.CLOSED:
            raise AppError(
                "closed", "This conversation is closed.", "The shopper's next message opens it again."
            )


def stale(named: int, current: int) -> AppError:
    """The conversation changed hands since the writer read it."""
    return AppError(
        "stale_epoch",
        f"The conversation changed hands meanwhile (you named epoch {named}, it is at {current}).",
        "Look at it again, then decide.",
    )
