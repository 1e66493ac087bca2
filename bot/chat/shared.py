"""What every shopper's connection of this process shares."""

from dataclasses import dataclass

from bot.chat.rates import Rates
from bot.chat.triggers import Nudger
from bot.chat.visits import Visits
from bot.services import Services


@dataclass(frozen=True)
class Shared:
    """The parts of the server, who is here, how much each may send, and what is said unasked."""

    services: Services
    visits: Visits
    rates: Rates
    nudger: Nudger

    @classmethod
    def of(cls, services: Services) -> "Shared":
        """All of it, new."""
        nudger = Nudger(services, services.tokens.secret)
        return cls(services, Visits(), Rates(services.settings), nudger)
