"""The actions of domain.yml by name, and how Rasa calls them."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import structlog
from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher

from actions.answer import answer
from actions.choose import choose
from actions.complain import complain
from actions.contact import contact
from actions.feedback import affirm, deny, helpful, not_helpful
from actions.hand_over import ask_human
from actions.knowledge import Knowledge
from actions.metrics import Metrics
from actions.offer import offer
from actions.reply import Message, Reply, Sentence, say
from actions.returned import keep_state, returned
from actions.tell import remembering, tell
from actions.turn import Turn

log = structlog.get_logger(__name__)

Action = Callable[[Turn, Knowledge], Awaitable[Reply]]

ACTIONS: Final[Mapping[str, Action]] = {
    "action_answer": answer,
    "action_choose_article": choose,
    "action_helpful": helpful,
    "action_not_helpful": not_helpful,
    "action_affirm": affirm,
    "action_deny": deny,
    "action_hand_over": ask_human,
    "action_complain": complain,
    "action_returned": returned,
    "action_offer": offer,
    "action_keep_state": keep_state,
}


async def decide(action: Action, turn: Turn, knowledge: Knowledge) -> Reply:
    """The action's reply; an address or a country that was waited for comes before anything else."""
    kept = contact(turn)
    if kept:
        kept = Reply((*kept.parts, *say(kept.state, "utter_contact_kept").parts), kept.state)
    reply = kept or await tell(turn, knowledge) or await action(turn, knowledge)
    return remembering(reply, turn.state)


def executor(knowledge: Knowledge, metrics: Metrics) -> ActionExecutor:
    """Rasa's executor with all actions registered."""
    made = ActionExecutor()
    for name, action in ACTIONS.items():
        made.register_function(name, _as_rasa_calls_it(name, action, knowledge, metrics))
    return made


def _as_rasa_calls_it(
    name: str, action: Action, knowledge: Knowledge, metrics: Metrics
) -> Callable[..., Any]:
    async def run(
        dispatcher: CollectingDispatcher, tracker: Tracker, _domain: Mapping[str, Any]
    ) -> list[EventType]:
        turn = Turn.from_message(_latest(tracker))
        metrics.actions.labels(name).inc()
        try:
            reply = await decide(action, turn, knowledge)
        except Exception:
            metrics.failures.labels(name).inc()
            raise
        _utter(dispatcher, reply)
        log.debug("acted", action=name, said=[_name(part) for part in reply.parts])
        return []

    return run


def _latest(tracker: Tracker) -> dict[str, Any]:
    """Rasa's `latest_message` and its metadata, which stands only in the event of the message."""
    events: list[dict[str, Any]] = tracker.events or []
    said: dict[str, Any] = next((event for event in reversed(events) if event.get("event") == "user"), {})
    latest: dict[str, Any] = tracker.latest_message
    return {**latest, "metadata": said.get("metadata")}


def _utter(dispatcher: CollectingDispatcher, reply: Reply) -> None:
    for part in reply.parts:
        if isinstance(part, Sentence):
            dispatcher.utter_message(response=part.name)
        else:
            dispatcher.utter_message(json_message={part.kind: dict(part.body)})
    dispatcher.utter_message(json_message={"state": reply.state.as_json()})


def _name(part: Sentence | Message) -> str:
    return part.name if isinstance(part, Sentence) else part.kind
