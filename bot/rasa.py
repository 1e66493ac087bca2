"""Rasa: what the shopper means and what to do next, asked over HTTP and read as typed parts."""

import asyncio
from typing import Any, Literal

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

EMPTY_DIALOGUE: dict[str, Any] = {
    "last_question": None,
    "tried": [],
    "awaiting": None,
    "clarified": 0,
    "not_helped": 0,
    "misses": 0,
    "last_answer": None,
    "settled": None,
    "country": None,
    "asked_country": False,
}


class RasaError(Exception):
    """Rasa gave no usable answer; `why` is slow, down or nonsense."""

    def __init__(self, why: str, detail: str) -> None:
        super().__init__(f"{why}: {detail}")
        self.why = why


class Part(BaseModel):
    """What every part shares: unknown fields are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class ArticleRef(Part):
    """An article by its id and title, and the locale it is written in, where that is known."""

    id: str = Field(min_length=1)
    title: str
    locale: str | None = Field(None, max_length=35)


class Answer(Part):
    """An article as the answer. `short_answer` and `body` are Markdown."""

    question: str = ""
    article: ArticleRef
    short_answer: str = Field(min_length=1)
    body: str = ""
    confidence: float | None = None
    band: str | None = None
    why: str = "search"


class Clarify(Part):
    """A question back, with the articles it may be about."""

    question: str = ""
    choices: list[ArticleRef] = Field(min_length=1)
    confidence: float | None = None


class Ask(Part):
    """A fact that the answer depends on. `choices` are country codes or `EU`; another one may be typed."""

    question: str = ""
    fact: Literal["country"]
    choices: list[str] = Field(min_length=1, max_length=12)
    confidence: float | None = None


class OfferPerson(Part):
    """A person is offered, not yet asked for."""

    question: str = ""


class HandOver(Part):
    """A person is needed."""

    reason: Literal["asked", "not_confident", "not_helped", "complaint", "out_of_scope", "language"]
    question: str | None = None
    confidence: float | None = None
    language: str | None = None
    matches: list[dict[str, Any]] = Field(default_factory=list)


class Offer(Part):
    """An article for an event on the page."""

    title: str = ""
    article: ArticleRef
    short_answer: str = Field(min_length=1)
    body: str = ""


class Feedback(Part):
    """What the shopper said of the last answer."""

    verdict: Literal["yes", "no"]


class Contact(Part):
    """An address that the shopper typed."""

    email: str = Field(min_length=3, max_length=320)


class Text(Part):
    """A sentence."""

    text: str


Said = Text | Answer | Clarify | Ask | OfferPerson | HandOver | Offer | Feedback | Contact
_PARTS: dict[str, type[Said]] = {
    "answer": Answer,
    "clarify": Clarify,
    "ask": Ask,
    "offer_person": OfferPerson,
    "hand_over": HandOver,
    "offer": Offer,
    "feedback": Feedback,
    "contact": Contact,
}


class Reply(Part):
    """What Rasa said, in order, and the state of the dialogue to send back next time."""

    said: tuple[Said, ...] = ()
    state: dict[str, Any] | None = None


class Rasa:
    """Rasa's REST channel."""

    def __init__(self, client: httpx.AsyncClient, url: str, timeout_s: float) -> None:
        self._client = client
        self._url = url.rstrip("/")
        self._timeout_s = timeout_s

    async def ask(self, sender: str, message: str, metadata: dict[str, Any]) -> Reply:
        """What Rasa says to `message`. Raises RasaError when it is slow, down or says nothing readable."""
        body = {"sender": sender, "message": message, "metadata": metadata}
        try:
            async with asyncio.timeout(self._timeout_s):
                response = await self._client.post(f"{self._url}/webhooks/rest/webhook", json=body)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise RasaError("slow", f"no answer in {self._timeout_s} s") from error
        except httpx.HTTPError as error:
            raise RasaError("down", str(error) or type(error).__name__) from error
        if response.status_code != httpx.codes.OK:
            raise RasaError("nonsense", f"HTTP {response.status_code}")
        try:
            return read_reply(response.json())
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise RasaError("nonsense", type(error).__name__) from error

    async def status(self, timeout_s: float = 2.0) -> dict[str, str]:
        """{"version", "model"} as far as Rasa tells. Raises httpx.HTTPError when it is down."""
        response = await self._client.get(f"{self._url}/status", timeout=timeout_s)
        if response.status_code == httpx.codes.OK:
            found = response.json()
            return {"version": "", "model": str(found.get("model_file") or "")}
        # Rasa has /status only with --enable-api; its greeting is always there.
        greeting = await self._client.get(f"{self._url}/", timeout=timeout_s)
        greeting.raise_for_status()
        return {"version": greeting.text.rpartition(" ")[2][:20], "model": ""}


def read_reply(given: list[Any]) -> Reply:
    """The parts of Rasa's reply. Raises ValueError for what is none."""
    if not isinstance(given, list):
        raise ValueError("a reply is a list")
    said: list[Said] = []
    state = None
    for item in given:
        custom = item.get("custom") or {}
        if "state" in custom:
            state = custom["state"] if isinstance(custom["state"], dict) else None
        if item.get("text"):
            said.append(Text(text=str(item["text"])))
        for name, model in _PARTS.items():
            if name in custom:
                said.append(_read(model, custom[name]))
    return Reply(said=tuple(said), state=state)


def _read(model: type[Said], given: object) -> Said:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise ValueError(f"{model.__name__} cannot be read") from error
