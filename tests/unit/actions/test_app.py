"""The server over HTTP, with a real library."""

import json
import socket
import threading
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from actions.app import create_app
from actions.knowledge import BusyError, Knowledge
from actions.metrics import Metrics
from actions.settings import SettingsError, read_settings
from knowledge_base.library import Library


@pytest.fixture
async def client(library: Library, request: pytest.FixtureRequest) -> AsyncIterator[httpx.AsyncClient]:
    metrics = Metrics()
    app = create_app(Knowledge(library, metrics), metrics, name=f"actions-{abs(hash(request.node.name))}")
    app.config.TOUCHUP = False
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = await app.create_server(sock=listening, return_asyncio_server=True, access_log=False)
        await server.startup()
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        async with httpx.AsyncClient(base_url=address, timeout=20) as client:
            yield client
        await server.close()


async def test_a_question_finds_its_article(client: httpx.AsyncClient) -> None:
    response = await client.post("/knowledge/search", json={"question": "how do i return something"})
    found = response.json()
    assert found["matches"][0]["id"] == "returns"
    assert found["band"] in {"answer", "clarify", "hand_over"}


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"{", 400, "bad_json"),
        (b"[]", 400, "bad_json"),
        (b"{}", 400, "missing_field"),
        (b'{"question": 7}', 400, "bad_value"),
        (b'{"question": "  "}', 400, "bad_value"),
        (b'{"question": "a", "context": []}', 400, "bad_value"),
        (b'{"question": "a", "limit": 0}', 400, "bad_value"),
        (b'{"question": "a", "limit": true}', 400, "bad_value"),
        (b'{"question": "a", "limit": 21}', 400, "bad_value"),
        (b'{"question": "a", "limit": -1}', 400, "bad_value"),
        (b'{"question": "a", "limit": 2.5}', 400, "bad_value"),
        (b'{"question": "a", "limit": 1e400}', 400, "bad_value"),
        (b'{"question": "a", "limit": NaN}', 400, "bad_value"),
        (b'{"question": "a", "limit": ' + b"9" * 4_000 + b"}", 400, "bad_value"),
        (b'{"question": "a", "limit": ' + b"9" * 9_000 + b"}", 400, "bad_json"),
        (b'{"question": "a", "limit": "' + b"9" * 9_000 + b'"}', 400, "bad_value"),
        (b'{"question": "a", "explain": 1}', 400, "bad_value"),
        (b'{"question": "a", "contxt": {}}', 400, "bad_value"),
        (b'{"question": "a", "\\ud800": {}}', 400, "bad_value"),
        (b'{"question": ["a"]}', 400, "bad_value"),
        (b'{"question": null}', 400, "missing_field"),
        (b"\xff\xfe", 400, "bad_json"),
        (b"", 400, "bad_json"),
        (b"null", 400, "bad_json"),
        (b"[" * 100_000, 400, "bad_json"),
        (b'{"question": "' + b"a" * 2_001 + b'"}', 413, "too_large"),
    ],
)
async def test_a_bad_request_is_told_what_is_wanted(
    client: httpx.AsyncClient, content: bytes, status: int, code: str
) -> None:
    response = await client.post("/knowledge/search", content=content)
    error = response.json()["error"]
    assert (response.status_code, error["status"], error["code"]) == (status, status, code)
    assert 0 < len(error["message"]) < 200
    assert error["hint"]


@pytest.mark.parametrize(
    "question",
    [
        "\ud800",
        "\x00\x00",
        "\u200b",
        "<b>",
        "😀",
        "'; DROP TABLE articles;--",
        "\u202ereturn it",
        "a" * 2_000,
    ],
)
async def test_any_question_of_the_right_length_gets_a_band(client: httpx.AsyncClient, question: str) -> None:
    content = json.dumps({"question": question, "limit": 20, "explain": True})
    response = await client.post("/knowledge/search", content=content)
    found = response.json()
    assert response.status_code == 200
    assert found["band"] in {"answer", "clarify", "hand_over"}
    assert 0 <= found["confidence"] <= 1
    assert [why["band"] for why in found["explanations"]] == [found["band"]]


async def test_why_is_told_when_it_is_asked_for(client: httpx.AsyncClient) -> None:
    plain = (await client.post("/knowledge/search", json={"question": "how do i retrun it"})).json()
    assert "explanations" not in plain
    asked = {"question": "how do i retrun it", "explain": True}
    (why,) = (await client.post("/knowledge/search", json=asked)).json()["explanations"]
    assert why["candidates"][0]["id"] == "returns"
    assert {"typed": "retrun", "read": "return", "held": True, "known": True} in why["words"]
    assert why["reasons"]


async def test_an_article_is_given_by_its_id(client: httpx.AsyncClient) -> None:
    found = (await client.get("/knowledge/articles/returns?locale=de")).json()
    assert found["title"] == "How do I return something?"
    missing = await client.get("/knowledge/articles/nothing")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "not_found")


async def test_an_article_is_given_as_it_reads_for_a_shopper(client: httpx.AsyncClient) -> None:
    asked = {"locale": "de-AT", "context": {"country": "AT", "step": "payment"}}
    found = (await client.post("/knowledge/articles/returns", json=asked)).json()
    assert found["short_answer"] == "Send it back within 30 days."
    missing = await client.post("/knowledge/articles/nothing", json={})
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "not_found")


async def test_the_top_articles_of_steps_are_given_and_those_asked_for_lead(
    client: httpx.AsyncClient,
) -> None:
    asked = {"locale": "en", "first": {"cart": ["returns", "gone"], "": ["privacy"]}}
    found = (await client.post("/knowledge/steps", json=asked)).json()
    assert found["version"] >= 1
    card = {
        "id": "returns",
        "title": "How do I return something?",
        "short_answer": "Send it back within 30 days.",
    }
    assert found["steps"]["cart"] == [card]
    assert [one["id"] for one in found["steps"][""]] == ["privacy"]
    assert (await client.post("/knowledge/steps", content=b"{}")).json()["steps"] == {"": []}


@pytest.mark.parametrize(
    "body",
    [
        {"first": []},
        {"first": {"cart": "returns"}},
        {"first": {"cart": [7]}},
        {"first": {"cart": ["a"] * 6}},
        {"first": {str(number): [] for number in range(21)}},
        {"locale": 7},
        {"colour": "red"},
    ],
)
async def test_a_wrong_question_for_steps_is_told_what_is_wanted(
    client: httpx.AsyncClient, body: dict[str, Any]
) -> None:
    response = await client.post("/knowledge/steps", json=body)
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (400, "bad_value")
    assert error["hint"]


async def test_health_readiness_status_and_figures(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health")).json() == {"status": "ok"}
    assert (await client.get("/ready")).json()["ready"] is True
    assert (await client.get("/knowledge/status")).json()["articles"] == 5
    await client.post("/knowledge/search", json={"question": "returns"})
    figures = (await client.get("/metrics")).text
    assert "knowledge_index_version" in figures
    assert "knowledge_searches_total{" in figures
    made = next(
        line for line in figures.splitlines() if line.startswith('knowledge_question_vectors{from="model"}')
    )
    assert float(made.split()[-1]) >= 1


async def test_rasa_gets_sentences_messages_and_the_state_last(client: httpx.AsyncClient) -> None:
    result = (await client.post("/webhook", json=_call("action_hand_over", "a person please"))).json()
    custom = [response["custom"] for response in result["responses"]]
    assert [next(iter(part)) for part in custom] == ["hand_over", "state"]


async def test_an_unknown_action_and_a_body_that_is_none(client: httpx.AsyncClient) -> None:
    assert (await client.post("/webhook", json=_call("action_dance", "hi"))).status_code == 404
    assert (await client.post("/webhook", content=b"{")).status_code == 400
    assert (await client.post("/webhook", json={"next_action": "x"})).status_code == 400


async def test_the_queue_of_searches_has_a_bound_and_a_time_limit() -> None:
    library = StuckLibrary()
    knowledge = Knowledge(library, Metrics(), waiting=2, timeout_s=0.05)  # type: ignore[arg-type]
    for _ in range(2):
        with pytest.raises(BusyError, match="longer than"):
            await knowledge.search("a", {})
    with pytest.raises(BusyError, match="waiting"):
        await knowledge.search("a", {})
    library.let_go.set()
    knowledge.close()


def test_a_chain_of_locales_is_read_and_a_wrong_one_refused_with_its_name() -> None:
    settings = read_settings({"ACTIONS_FALL_BACK": '{"pt": ["es"]}'})
    assert settings.fall_back == {"pt": ["es"]}
    with pytest.raises(SettingsError, match=r"ACTIONS_FALL_BACK.*'ES' is no locale"):
        read_settings({"ACTIONS_FALL_BACK": '{"pt": ["ES"]}'})


def test_an_unknown_setting_is_refused_with_its_name() -> None:
    with pytest.raises(SettingsError, match="ACTIONS_PROT"):
        read_settings({"ACTIONS_PROT": "1"})
    with pytest.raises(SettingsError, match="ACTIONS_PORT is 'x'"):
        read_settings({"ACTIONS_PORT": "x"})
    assert str(read_settings({"SHOP_DIR": "elsewhere", "ACTIONS_PORT": "7"}).shop_dir) == "elsewhere"


class StuckLibrary:
    """Finds nothing until it is let go."""

    def __init__(self) -> None:
        self.let_go = threading.Event()

    def search(self, question: str, context: Any, limit: int, *, explain: bool) -> None:
        self.let_go.wait(20)

    def close(self) -> None:
        return


def _call(action: str, text: str, **metadata: Any) -> dict[str, Any]:
    said = {"event": "user", "text": text, "metadata": {"locale": "en", **metadata}}
    tracker = {
        "sender_id": "s",
        "slots": {"locale": "en"},
        "latest_message": {"text": text, "intent": {"name": "x"}, "entities": []},
        "events": [said],
        "paused": False,
        "followup_action": None,
        "active_loop": {},
        "latest_action_name": None,
    }
    return {"next_action": action, "sender_id": "s", "tracker": tracker, "version": "3.6.21"}
