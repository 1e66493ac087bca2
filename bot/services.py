"""What every part of the server stands on, made once by bot.app."""

from dataclasses import dataclass, field

import httpx

from bot.clock import Clock
from bot.hub import Hub
from bot.identity import VisitorTokens
from bot.knowledge import Knowledge
from bot.metrics import Metrics
from bot.presence import Presence
from bot.rasa import Rasa
from bot.settings import Settings
from bot.store.database import Store


@dataclass
class Running:
    """Whether the server is on its way down: whoever waits for news gives up then."""

    stopping: bool = False


@dataclass(frozen=True)
class Services:
    """The parts of one `bot`."""

    settings: Settings
    clock: Clock
    hub: Hub
    presence: Presence
    store: Store
    client: httpx.AsyncClient
    rasa: Rasa
    knowledge: Knowledge
    tokens: VisitorTokens
    metrics: Metrics
    running: Running = field(default_factory=Running)
