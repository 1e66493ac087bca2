"""Rasa's REST channel, without a shopper's words in its logs."""

import logging
from typing import Any, Awaitable, Callable

from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.channels.rest import RestInput
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from rasa_side.replies import check_the_schema_once
from rasa_side.tracker_store import told

logger = logging.getLogger(__name__)

# What the chat server may send as /intent{json}. Any other message that starts with a slash is a shopper's.
SENT_BY_THE_CHAT_SERVER = frozenset(
    {"choose_article", "helpful", "not_helpful", "ask_human", "proactive_offer", "returned_from_agent"}
)

DEFAULT_LANGUAGE = "en"

OnNewMessage = Callable[[UserMessage], Awaitable[Any]]


def spoken(text: str) -> str:
    """The message as Rasa may read it: a slash is left only before an intent of the chat server.

    Rasa takes any message that starts with a slash for a command (`/restart`), and prints those it can't
    read as warnings.
    """
    stripped = text.strip()
    if not stripped.startswith("/"):
        return text
    words = stripped.lstrip("/ ")
    name = words.split("{", 1)[0].strip()
    return f"/{words}" if name in SENT_BY_THE_CHAT_SERVER else words


def language(metadata: Any) -> str:
    """The language of the locale in a message's metadata: "de" for "de-AT"."""
    locale = metadata.get("locale") if isinstance(metadata, dict) else None
    if not isinstance(locale, str) or not locale:
        return DEFAULT_LANGUAGE
    return locale.replace("_", "-").split("-")[0].lower()


class QuietRest(RestInput):
    """POST /webhooks/rest/webhook: {"sender", "message", "metadata"} gives the list of replies.

    Differs from Rasa's own in three ways: a failure is told as status 500 and logged by its type only (Rasa's
    logs the message and gives an empty list), a shopper can't send Rasa commands, and the slot `locale` is
    set from the metadata of each message.
    """

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The routes of the channel; Rasa asks for them once, when the server starts."""
        check_the_schema_once()
        routes = Blueprint("quiet_rest")

        @routes.route("/", methods=["GET"])
        async def health(_request: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @routes.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            body = request.json
            if not isinstance(body, dict) or not isinstance(body.get("message"), str):
                return response.json({"error": "Send a JSON object with the text `message`."}, status=400)
            collector = CollectingOutputChannel()
            told.set({"locale": language(body.get("metadata"))})
            message = UserMessage(
                spoken(body["message"]),
                collector,
                body.get("sender"),
                input_channel=self.name(),
                metadata=body.get("metadata"),
            )
            try:
                await on_new_message(message)
            except Exception as error:  # whatever it was, the chat server has its own way on
                logger.error("A message could not be handled: %s", type(error).__name__)
                return response.json({"error": "The message could not be handled."}, status=500)
            return response.json(collector.messages)

        return routes
