"""Plays a dialogue of dialogues.yml through Rasa's REST channel, as the chat server would."""

import json
from typing import Any

import httpx

CONTEXT = {"step": "payment", "country": "AT", "currency": "EUR", "locale": "en"}
# What the widget shows as a message of its own; a sentence before these two is part of them.
ABSORBS_THE_SENTENCE = {"clarify", "offer_person"}


class Player:
    """One conversation: keeps what the chat server keeps (owner and dialogue state)."""

    def __init__(self, client: httpx.Client, url: str, sender: str) -> None:
        self._client, self._url, self._sender = client, url, sender
        self.owner = "assistant"
        self.state: dict[str, Any] | None = None

    def step(self, step: dict[str, Any]) -> dict[str, Any]:
        """Sends one step and gives {"kinds", "article", "notice", "owner", "reason"} of what came."""
        if "returned" in step:
            self.owner = "assistant"
        parts = self.send(message_of(step))
        custom = [part["custom"] for part in parts if "custom" in part]
        assert "state" in custom[-1], "the state comes last"
        self.state = custom[-1]["state"]
        seen: dict[str, Any] = {"kinds": []}
        for part in parts:
            self._see(part, seen)
        return {**seen, "owner": self.owner}

    def send(self, message: str, **metadata: Any) -> list[dict[str, Any]]:
        """Rasa's reply to one message."""
        body = {
            "sender": self._sender,
            "message": message,
            "metadata": {
                "locale": "en",
                "owner": self.owner,
                "desk": {"staffed": True},
                "context": CONTEXT,
                "state": self.state,
                **metadata,
            },
        }
        response = self._client.post(f"{self._url}/webhooks/rest/webhook", json=body)
        assert response.status_code == httpx.codes.OK, response.text
        parts: list[dict[str, Any]] = response.json()
        return parts

    def _see(self, part: dict[str, Any], seen: dict[str, Any]) -> None:
        if "text" in part:
            seen["kinds"].append("text")
            return
        kind, body = next(iter(part["custom"].items()))
        if kind in ABSORBS_THE_SENTENCE:
            assert seen["kinds"].pop() == "text", f"a sentence stands before {kind}"
            seen["kinds"].append(kind)
        elif kind in {"answer", "offer"}:
            seen["kinds"].append(kind)
            seen["article"] = body["article"]["id"]
        elif kind == "hand_over":
            seen["kinds"].append("notice")
            seen.update(notice="queued", reason=body["reason"])
            self.owner = "queue"


def message_of(step: dict[str, Any]) -> str:
    """What the chat server sends Rasa for a step."""
    if "say" in step:
        return str(step["say"])
    if "verdict" in step:
        return "/helpful" if step["verdict"] else "/not_helpful"
    if "choose" in step:
        return "/choose_article" + json.dumps({"article": step["choose"], "label": "None of these"})
    if "track" in step:
        code = step["track"]["data"].get("code")
        return "/proactive_offer" + json.dumps({**step["track"], "code": code})
    if "returned" in step:
        return "/returned_from_agent" + json.dumps({"settled": step["returned"]})
    return "/ask_human"
