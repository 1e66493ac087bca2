"""Rows as the frames that widget and desk get; docs/protocol.md is their contract."""

from typing import Any

from bot.clock import iso
from bot.conversation import Owner
from bot.store.conversations import Place
from bot.store.models import Conversation, Message

Frame = dict[str, Any]
_OFFER = ("event", "data", "title", "trigger", "guess", "questions", "person")


def message_frame(row: Message, *, desk: bool = False) -> Frame:
    """A `message`; for the desk with its conversation, and how sure the assistant was."""
    frame: Frame = {
        "type": "message",
        "seq": row.seq,
        "at": iso(row.at),
        "author": row.author,
        "name": row.name,
        "lang": row.lang,
        "kind": row.kind,
        "text": row.text,
    }
    if row.client_id:
        frame["id"] = row.client_id
    frame |= {key: row.body[key] for key in ("nodes", "notice", "file") if key in row.body}
    helped = row.verdict if row.verdict in ("yes", "no") else None
    if "answer" in row.body:
        frame["answer"] = {**row.body["answer"], "verdict": helped}
    if "choices" in row.body:
        frame["choices"] = row.body["choices"]
        frame["chosen"] = row.body.get("chosen")
    if "offer" in row.body:
        offer = row.body["offer"]
        kept = {key: offer[key] for key in _OFFER if key in offer}
        frame["offer"] = {**kept, "verdict": "dismissed" if offer.get("dismissed") else None}
    if desk:
        frame["conversation"] = row.conversation_id
        if "answer" in row.body:
            frame |= {"confidence": row.confidence, "band": row.band, "verdict": helped}
    return frame


def update_frame(seq: int, fields: dict[str, Any]) -> Frame:
    """An `update`: something about an earlier message changed."""
    return {"type": "update", "seq": seq, **fields}


def typing_frame(author: str, *, on: bool) -> Frame:
    """A `typing` frame."""
    return {"type": "typing", "author": author, "on": on}


def state_frame(row: Conversation | None, place: Place | None, *, staffed: bool) -> Frame:
    """A `state`; without a conversation that of one about to begin."""
    agent = row.agent_name if row is not None and row.owner == Owner.AGENT else None
    return {
        "type": "state",
        "owner": row.owner if row else Owner.ASSISTANT.value,
        "epoch": row.epoch if row else 0,
        "agent": {"name": agent} if agent else None,
        "queue": {"place": place.place, "waiting": place.waiting} if place else None,
        "desk": {"staffed": staffed},
        "contact": row.contact if row else "none",
    }
