"""The knowledge base, as `actions` serves it: for when Rasa does not answer, and for the desk."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import AppError, unavailable


class Found(BaseModel):
    """What every part of a search shares."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Match(Found):
    """An article that may answer; `short_answer` is Markdown."""

    id: str
    title: str
    short_answer: str
    confidence: float
    locale: str | None = None


class PartResult(Found):
    """One of several questions that were asked at once."""

    question: str
    band: str
    confidence: float
    matches: list[Match] = Field(default_factory=list)


class SearchResult(Found):
    """The best articles, how sure the search is, and what to do with that (`band`)."""

    band: str
    confidence: float
    matches: list[Match] = Field(default_factory=list)
    parts: list[PartResult] | None = None
    explanations: list[dict[str, Any]] = Field(default_factory=list)


class Card(Found):
    """An article in short, as a question that may be asked; `short_answer` is Markdown."""

    id: str
    title: str
    short_answer: str


class Steps(Found):
    """The top articles of each step, `""` being any, in one version of the knowledge."""

    version: int
    steps: dict[str, list[Card]]


class Knowledge:
    """`/knowledge/*` of `actions`."""

    def __init__(self, client: httpx.AsyncClient, url: str, timeout_s: float) -> None:
        self._client = client
        self._url = url.rstrip("/")
        self._timeout_s = timeout_s

    async def search(
        self, question: str, context: dict[str, Any], limit: int = 3, *, explain: bool = False
    ) -> dict[str, Any]:
        """`{version, band, confidence, matches, ...}`, and why with `explain`. AppError `unavailable`."""
        body = {"question": question, "context": context, "limit": limit}
        body |= {"explain": True} if explain else {}
        found: dict[str, Any] = await self._request("POST", "/knowledge/search", json=body)
        return found

    async def find(
        self, question: str, context: dict[str, Any], limit: int = 4, *, explain: bool = False
    ) -> SearchResult:
        """As `search`, read and checked. AppError `unavailable` also when it cannot be read."""
        try:
            return SearchResult.model_validate(await self.search(question, context, limit, explain=explain))
        except ValidationError as error:
            raise unavailable("The knowledge base") from error

    async def article(self, article_id: str, locale: str) -> dict[str, Any]:
        """One article. AppError `unavailable`, or `not_found`."""
        found: dict[str, Any] = await self._request(
            "GET", f"/knowledge/articles/{quote(article_id, safe='')}", params={"locale": locale}
        )
        return found

    async def article_here(self, article_id: str, locale: str, context: dict[str, Any]) -> dict[str, Any]:
        """One article as it reads for this shopper. AppError `unavailable`, or `not_found`."""
        found: dict[str, Any] = await self._request(
            "POST",
            f"/knowledge/articles/{quote(article_id, safe='')}",
            json={"locale": locale, "context": context},
        )
        return found

    async def steps(self, locale: str, first: Mapping[str, Sequence[str]]) -> Steps:
        """The top articles of each step, led by those in `first`. AppError `unavailable`."""
        body = {"locale": locale, "first": {step: list(ids) for step, ids in first.items()}}
        try:
            return Steps.model_validate(await self._request("POST", "/knowledge/steps", json=body))
        except ValidationError as error:
            raise unavailable("The knowledge base") from error

    async def ready(self, timeout_s: float = 2.0) -> None:
        """Raises httpx.HTTPError unless `actions` is ready."""
        (await self._client.get(f"{self._url}/ready", timeout=timeout_s)).raise_for_status()

    async def _request(self, method: str, path: str, **request: Any) -> Any:
        try:
            async with asyncio.timeout(self._timeout_s):
                response = await self._client.request(method, self._url + path, **request)
            if response.status_code == httpx.codes.NOT_FOUND:
                raise AppError("not_found", "There is no such article.", "It may have been archived.")
            response.raise_for_status()
            found = response.json()
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise unavailable("The knowledge base") from error
        if not isinstance(found, dict):
            raise unavailable("The knowledge base")
        return found
