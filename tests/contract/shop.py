"""Rasa and actions, stood in for by one server that tests make misbehave."""

import asyncio
import itertools
import json
from dataclasses import dataclass, field
from typing import Any

from sanic import Request, Sanic
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from scripts.line import Frame

NAMES = itertools.count(1)


def article(article_id: str, short_answer: str, confidence: float = 0.9) -> Frame:
    return {
        "id": article_id,
        "title": article_id.title(),
        "short_answer": short_answer,
        "confidence": confidence,
    }


@dataclass
class Shop:
    """Rasa and actions, as a test wants them. `asked` is every body Rasa got."""

    url: str = ""
    asked: list[Frame] = field(default_factory=list)
    searched: list[Frame] = field(default_factory=list)
    read: list[Frame] = field(default_factory=list)
    steps: Frame = field(
        default_factory=lambda: {
            "payment": [article("card-safety", "It is **safe**."), article("when-charged", "At once.")],
            "": [article("delivery-time", "Two days.")],
        }
    )
    version: int = 1
    delay_s: float = 0.0
    search_delay_s: float = 0.0
    rasa_down: bool = False
    actions_down: bool = False
    nonsense: Any = None
    found: Frame = field(
        default_factory=lambda: {
            "version": 1,
            "band": "answer",
            "confidence": 0.9,
            "matches": [article("shipping", "Two days."), article("express", "One day.", 0.5)],
        }
    )

    def answer(self, body: Frame) -> list[Frame]:
        """What a healthy Rasa says."""
        said, state = body["message"], {**body["metadata"]["state"], "last_question": body["message"]}
        if said.startswith("/proactive_offer"):
            event = json.loads(said.removeprefix("/proactive_offer"))
            if event["event"] != "payment.declined":
                return [{"custom": {"state": state}}]
            offer = {
                "event": event["event"],
                "code": event["code"],
                "title": "Card declined?",
                "article": {"id": "declined", "title": "Card declined"},
                "short_answer": "Try **another card**.",
                "body": "",
            }
            return [{"custom": {"offer": offer}}, {"custom": {"state": body["metadata"]["state"]}}]
        if "person" in said:
            hand_over = {
                "reason": "asked",
                "question": said,
                "matches": [article("returns", "Send it back.")],
            }
            return [{"custom": {"hand_over": hand_over}}, {"custom": {"state": state}}]
        if "which" in said:
            choices = [{"id": "a1", "title": "One"}, {"id": "a2", "title": "Two"}]
            clarify = {"question": said, "choices": choices, "confidence": 0.5}
            return [{"text": "Which one?"}, {"custom": {"clarify": clarify}}, {"custom": {"state": state}}]
        if said in ("/helpful", "/not_helpful") or said.startswith("/returned_from_agent"):
            return [{"text": f"Heard {said.partition('{')[0]}"}, {"custom": {"state": state}}]
        found = {
            "question": said,
            "article": {"id": f"about {said[:40]}", "title": f"About {said[:40]}"},
            "short_answer": f"The answer to **{said[:40]}**.",
            "body": "More about it.",
            "confidence": 0.93,
            "band": "answer",
            "why": "search",
        }
        return [{"custom": {"answer": found}}, {"custom": {"state": state}}]

    def app(self) -> Sanic[Any, Any]:
        """The server for both."""
        app: Sanic[Any, Any] = Sanic(f"shop{next(NAMES)}", configure_logging=False)
        app.config.MOTD = False

        async def webhook(request: Request) -> HTTPResponse:
            if self.rasa_down:
                return json_response({}, status=502)
            self.asked.append(request.json)
            reply = self.answer(request.json) if self.nonsense is None else self.nonsense
            await asyncio.sleep(self.delay_s)
            return json_response(reply)

        async def search(request: Request) -> HTTPResponse:
            self.searched.append(request.json)
            await asyncio.sleep(self.search_delay_s)
            return json_response(self.found, status=503 if self.actions_down else 200)

        async def one_article(_request: Request, article_id: str) -> HTTPResponse:
            return json_response(article(article_id, f"All about {article_id}."))

        async def article_here(request: Request, article_id: str) -> HTTPResponse:
            self.read.append({"id": article_id, **request.json})
            if self.actions_down or article_id == "gone":
                return json_response({}, status=503 if self.actions_down else 404)
            found = article(article_id, f"All about **{article_id}**.")
            return json_response({**found, "outdated": article_id == "past-its-day"})

        async def steps(request: Request) -> HTTPResponse:
            self.read.append(request.json)
            body = {"version": self.version, "steps": self.steps}
            return json_response(body, status=503 if self.actions_down else 200)

        async def rasa_status(_request: Request) -> HTTPResponse:
            return json_response({"model_file": "m.tar.gz"}, status=502 if self.rasa_down else 200)

        async def ready(_request: Request) -> HTTPResponse:
            return json_response({}, status=503 if self.actions_down else 200)

        app.add_route(webhook, "/webhooks/rest/webhook", methods=["POST"])
        app.add_route(search, "/knowledge/search", methods=["POST"])
        app.add_route(one_article, "/knowledge/articles/<article_id:str>")
        app.add_route(article_here, "/knowledge/articles/<article_id:str>", methods=["POST"], name="here")
        app.add_route(steps, "/knowledge/steps", methods=["POST"])
        app.add_route(rasa_status, "/status")
        app.add_route(rasa_status, "/", name="greeting")
        app.add_route(ready, "/ready")
        return app
