"""The knowledge base over HTTP: search, status, articles; and health, readiness, figures."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from prometheus_client import CONTENT_TYPE_LATEST
from sanic import Blueprint, HTTPResponse, Request
from sanic.response import json as json_response
from sanic.response import raw

from actions.errors import AppError
from actions.knowledge import BusyError, Knowledge
from actions.metrics import Metrics
from knowledge_base.places import about_place
from knowledge_base.steps import MOST_AT_A_STEP, MOST_STEPS

MAX_QUESTION: Final = 2_000
MAX_LIMIT: Final = 20
DEFAULT_LIMIT: Final = 5
MAX_SHOWN: Final = 60
FIELDS: Final = ("question", "context", "limit", "explain")


def blueprint(knowledge: Knowledge, metrics: Metrics) -> Blueprint:
    """The routes; errors are AppError and are turned into responses by the app."""
    routes = Blueprint("knowledge")

    @routes.post("/knowledge/search")
    async def search(request: Request) -> HTTPResponse:
        wanted = read_search(request.body)
        context = about_place(wanted.question, wanted.context)
        try:
            found = await knowledge.search(wanted.question, context, wanted.limit, explain=wanted.explain)
        except BusyError as error:
            raise AppError("unavailable", 503, str(error), "Try again in a moment.") from error
        return json_response(dict(found.as_dict()))

    @routes.get("/knowledge/status")
    async def status(_request: Request) -> HTTPResponse:
        return json_response(knowledge.status().as_dict())

    @routes.get("/knowledge/articles/<article_id:str>")
    async def article(request: Request, article_id: str) -> HTTPResponse:
        locale = request.args.get("locale", "en")
        found = knowledge.article(article_id, locale, {})
        if found is None:
            raise _no_article(article_id)
        return json_response(asdict(found))

    @routes.post("/knowledge/articles/<article_id:str>", name="article_here")
    async def article_here(request: Request, article_id: str) -> HTTPResponse:
        given = _body(request.body, ("locale", "context"))
        found = knowledge.article(article_id, _locale(given), _context(given))
        if found is None:
            raise _no_article(article_id)
        return json_response(asdict(found))

    @routes.post("/knowledge/steps")
    async def steps(request: Request) -> HTTPResponse:
        given = _body(request.body, ("locale", "first"))
        version, found = knowledge.steps(_locale(given), _first(given))
        cards = {
            step: [{"id": one.id, "title": one.title, "short_answer": one.short_answer} for one in articles]
            for step, articles in found.items()
        }
        return json_response({"version": version, "steps": cards})

    @routes.get("/health")
    async def health(_request: Request) -> HTTPResponse:
        return json_response({"status": "ok"})

    @routes.get("/ready")
    async def ready(_request: Request) -> HTTPResponse:
        found = knowledge.status()
        down = [] if found.articles else ["articles: none is published in the shop folder"]
        body = {"ready": not down, "down": down, "version": found.version, "articles": found.articles}
        return json_response(body, status=503 if down else 200)

    @routes.get("/metrics")
    async def figures(_request: Request) -> HTTPResponse:
        text = metrics.exposition(knowledge.status(), knowledge.remembered())
        return raw(text, content_type=CONTENT_TYPE_LATEST)

    return routes


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """The body of `POST /knowledge/search`, checked."""

    question: str
    context: Mapping[str, Any]
    limit: int
    explain: bool


def read_search(body: bytes) -> SearchRequest:
    """What is searched for. Raises AppError that says what is wanted."""
    given = _body(body, FIELDS)
    return SearchRequest(_question(given), _context(given), _limit(given), _explain(given))


def _no_article(article_id: str) -> AppError:
    """Nothing published has this id."""
    return AppError(
        "not_found", 404, f"There is no published article {_short(article_id)}.", "GET /knowledge/status"
    )


def _body(body: bytes, fields: Sequence[str]) -> Mapping[str, Any]:
    """The JSON object that was sent, with none but these fields. Raises AppError."""
    hint = f'Send {{"{fields[0]}": "..."}}.'
    try:
        given = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise AppError("bad_json", 400, "The body is not JSON.", hint) from error
    if not isinstance(given, dict):
        raise AppError("bad_json", 400, "The body is not a JSON object.", hint)
    unknown = next((key for key in given if key not in fields), None)
    if unknown is not None:
        raise AppError(
            "bad_value", 400, f"There is no field {_short(unknown)}.", f"Known: {', '.join(fields)}."
        )
    return given


def _locale(given: Mapping[str, Any]) -> str:
    locale = given.get("locale", "en")
    if not isinstance(locale, str):
        raise AppError("bad_value", 400, f"`locale` is {_short(locale)}.", 'For example "en".')
    return locale[:MAX_SHOWN]


def _first(given: Mapping[str, Any]) -> Mapping[str, Sequence[str]]:
    first = given.get("first", {})
    lists = list(first.values()) if isinstance(first, dict) else [None]
    if len(lists) > MOST_STEPS or not all(
        isinstance(ids, list) and len(ids) <= MOST_AT_A_STEP and all(isinstance(one, str) for one in ids)
        for ids in lists
    ):
        hint = f'Send {{"payment": ["an-article"]}}: {MOST_STEPS} steps, {MOST_AT_A_STEP} ids each at most.'
        raise AppError("bad_value", 400, f"`first` is {_short(first)}.", hint)
    return dict(first)


def _question(given: Mapping[str, Any]) -> str:
    question = given.get("question")
    if question is None:
        raise AppError("missing_field", 400, "The field `question` is missing.", 'Send {"question": "..."}.')
    if not isinstance(question, str) or not question.strip():
        raise AppError("bad_value", 400, "`question` must be a text with words.", 'Send {"question": "..."}.')
    if len(question) > MAX_QUESTION:
        raise AppError(
            "too_large",
            413,
            f"`question` has {len(question)} characters.",
            f"At most {MAX_QUESTION} are read.",
        )
    return question.strip()


def _context(given: Mapping[str, Any]) -> Mapping[str, Any]:
    context = given.get("context")
    if context is None:
        return {}
    if not isinstance(context, dict):
        raise AppError("bad_value", 400, "`context` must be an object.", 'For example {"country": "AT"}.')
    return context


def _limit(given: Mapping[str, Any]) -> int:
    limit = given.get("limit")
    if limit is None:
        return DEFAULT_LIMIT
    if not isinstance(limit, int) or isinstance(limit, bool) or not 1 <= limit <= MAX_LIMIT:
        raise AppError(
            "bad_value", 400, f"`limit` is {_short(limit)}.", f"Send a whole number from 1 to {MAX_LIMIT}."
        )
    return limit


def _explain(given: Mapping[str, Any]) -> bool:
    explain = given.get("explain")
    if explain is not None and not isinstance(explain, bool):
        raise AppError("bad_value", 400, f"`explain` is {_short(explain)}.", "Send true or false.")
    return bool(explain)


def _short(value: object) -> str:
    shown = ascii(value)
    return shown if len(shown) <= MAX_SHOWN else shown[: MAX_SHOWN - 1] + "…"
