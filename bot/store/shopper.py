"""What shoppers change. Each names its own id for the frame; the same id again changes nothing."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.clock import iso
from bot.conversation import Author, Owner
from bot.errors import AppError
from bot.hub import Changed
from bot.store.conversations import Opening, create, lock, ownership, set_owner
from bot.store.database import Change, Store
from bot.store.hand_overs import Package, put_in_queue
from bot.store.messages import Draft, Taken, append, find, mark, notice, take, taken_before
from bot.store.models import Contact, Conversation, Message
from bot.store.nudges import about, about_offer, keep_nudge, put_away
from bot.store.turns import add_turn, command, spoken
from bot.store.visitors import keep_visitor

OFFER_AGAIN_AFTER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent a frame, from where, and the client's own id for it.

    `conversation_id` None opens one, with the id `new_id` where the sender has chosen it.
    """

    opening: Opening
    conversation_id: str | None
    client_id: str
    new_id: str | None = None


@dataclass(frozen=True, slots=True)
class Trigger:
    """Why the assistant speaks first: a typed event and its code, or a guess; and the rule that says so.

    The event of a guess is the rule's id.
    """

    event: str
    code: str | None
    data: dict[str, Any]
    rule: str = ""
    guess: bool = False

    @property
    def about(self) -> str:
        """What an offer for it is about, as `bot.store.nudges` keeps it."""
        return about(self.event, self.code)


async def say(store: Store, sender: Sender, text: str) -> Taken:
    """Keep a shopper's message, and ask for the assistant's turn unless a person answers."""
    try:
        return await _say(store, sender, text)
    except IntegrityError:  # the same frame came twice at once, and the other was first
        return await _say(store, sender, text)


async def choose(store: Store, sender: Sender, seq: int, article: str | None, label: str = "") -> Taken:
    """Keep which button was pressed. AppError `bad_value` when message `seq` has no such button."""
    async with store.change() as change:
        row, before = await begin(change, store, sender)
        if before:
            return before
        message = await find(change, row.id, seq, ("clarify", "offer_person", "offer"))
        pressed = _pressed(message, article, label)
        label = str(pressed["label"])
        mark(change, message, chosen=label)
        told = {"value": pressed["value"]} if "value" in pressed else {}
        body = {"chose": {"seq": seq, "article": article, **told}}
        said = command("choose_article", {"article": article, "label": label, **told})
        return await hear(change, store, row, sender, label, said, body)


async def choose_article(store: Store, sender: Sender, article: str, label: str) -> Taken:
    """Keep which article the shopper picked without having asked: from suggestions, or the step's cards.

    `label`, its title as they saw it, stands as their words. It is a new question, not one of an old one.
    """
    async with store.change() as change:
        row, before = await begin(change, store, sender)
        if before:
            return before
        fresh: dict[str, Any] = {
            "last_question": label,
            "tried": [],
            "awaiting": None,
            "clarified": 0,
            "not_helped": 0,
        }
        row.dialogue = {**row.dialogue, **fresh}
        said = command("choose_article", {"article": article, "label": label})
        return await hear(change, store, row, sender, label, said, {"chose": {"seq": 0, "article": article}})


async def give_verdict(store: Store, sender: Sender, seq: int, verdict: str) -> Taken:
    """Keep whether an answer helped; the assistant goes on from its newest answer. AppError `bad_value`."""
    async with store.change() as change:
        row, before = await begin(change, store, sender)
        if before:
            return before
        message = await find(change, row.id, seq, ("answer", "offer"))
        if "answer" not in message.body:
            raise AppError("bad_value", f"Message {seq} holds no answer.", "Look again.")
        if message.verdict != verdict:
            mark(change, message, verdict=verdict)
            if row.owner in (Owner.ASSISTANT, Owner.QUEUE) and await _is_newest_answer(change, message):
                add_turn(change, store, row, None, command("helpful" if verdict == "yes" else "not_helpful"))
        return take(change, sender.opening.visitor_id, sender.client_id, row.id, None)


async def ask_person(store: Store, sender: Sender, *, staffed: bool) -> Taken:
    """Put the shopper in line for a person, at once."""
    async with store.change() as change:
        row, before = await begin(change, store, sender)
        if before:
            return before
        await _press_person(change, row)
        package = Package("asked", question=await last_question(change, row))
        await put_in_queue(change, row, package, Author.SHOPPER, staffed=staffed)
        return take(change, sender.opening.visitor_id, sender.client_id, row.id, None)


async def keep_contact(store: Store, sender: Sender, name: str, email: str, question: str) -> Taken:
    """Keep where to reach the shopper, and put them in line if they are not."""
    async with store.change() as change:
        row, before = await begin(change, store, sender)
        if before:
            return before
        change.session.add(
            Contact(conversation_id=row.id, at=change.at, name=name, email=email, question=question)
        )
        row.contact = "kept"
        change.note(row.id, "contact_kept")
        change.news.append(Changed(row.id))
        if row.owner not in (Owner.QUEUE, Owner.AGENT):
            package = Package("asked", question=question or await last_question(change, row))
            await put_in_queue(change, row, package, Author.SHOPPER, staffed=True, tell=False)
        notice(change, row, "contact_kept", email=email)
        return take(change, sender.opening.visitor_id, sender.client_id, row.id, None)


async def make_offer(
    store: Store, sender: Sender, trigger: Trigger, draft: Draft, dialogue: dict[str, Any] | None
) -> Taken | None:
    """Keep what the assistant offers unasked; None when it must not be offered.

    One offer for each event and code in ten minutes; none once it was dismissed; none beside an agent.
    A guess waits until no other offer stands, and keeps out of the way of who waits for a person.
    """
    async with store.change() as change:
        row, before = await begin(change, store, sender)
        if before:
            return before
        if not await _may_offer(change, row, trigger):
            return None
        await set_owner(change, row, ownership(row).shopper_wrote(), Author.SYSTEM, reason="offer")
        message = append(change, row, draft)
        if dialogue is not None:
            row.dialogue = dialogue
        if sender.opening.linked:
            visitor_id = sender.opening.visitor_id
            keep_nudge(change, message, visitor_id, trigger.rule, trigger.about, guess=trigger.guess)
        return take(change, sender.opening.visitor_id, sender.client_id, row.id, message.seq)


async def may_offer(store: Store, conversation_id: str, trigger: Trigger) -> bool:
    """Whether such an offer may be made now."""
    async with store.read() as session:
        row = await session.get(Conversation, conversation_id)
        return row is not None and await _may_offer(Change(session, store.clock.now()), row, trigger)


async def dismiss_offer(store: Store, conversation_id: str, seq: int) -> None:
    """An offer was put away, and stays away. AppError `bad_value` when `seq` is none."""
    async with store.change() as change:
        await lock(change, conversation_id)
        message = await find(change, conversation_id, seq, ("offer",))
        if not message.body["offer"].get("dismissed"):
            offer = {**message.body["offer"], "dismissed": True, "dismissed_at": iso(change.at)}
            message.body = {**message.body, "offer": offer}
            await put_away(change, message)
            given = message.verdict
            mark(change, message, verdict="dismissed")
            message.verdict = given or "dismissed"


async def last_question(change: Change, row: Conversation) -> str | None:
    """What the shopper last asked in their own words, or None."""
    known = row.dialogue.get("last_question")
    if known:
        return str(known)
    query = (
        select(Message.text)
        .where(Message.conversation_id == row.id, Message.author == Author.SHOPPER, Message.kind != "file")
        .order_by(Message.seq.desc())
        .limit(1)
    )
    return await change.session.scalar(query)


async def _say(store: Store, sender: Sender, text: str) -> Taken:
    async with store.change() as change:
        row, before = await begin(change, store, sender)
        return before or await hear(change, store, row, sender, text, spoken(text), {})


async def begin(change: Change, store: Store, sender: Sender) -> tuple[Conversation, Taken | None]:
    """The conversation, locked or new, and what was answered if this frame came before."""
    visitor_id = sender.opening.visitor_id
    if sender.conversation_id is not None:
        row = await lock(change, sender.conversation_id)
        if row.visitor_id != visitor_id:
            raise AppError("not_yours", "This conversation belongs to somebody else.", "Start a new one.")
        # With the row locked, whoever sent the same frame at the same time has finished.
        return row, await taken_before(change, visitor_id, sender.client_id)
    before = await taken_before(change, visitor_id, sender.client_id)
    if before:
        return await lock(change, before.conversation_id), before
    row = create(change, sender.new_id or store.new_id(), sender.opening)
    await change.session.flush()
    if sender.opening.linked:
        await keep_visitor(change, visitor_id, sender.opening.site)
    return row, None


async def hear(
    change: Change,
    store: Store,
    row: Conversation,
    sender: Sender,
    text: str,
    said: str,
    body: dict[str, Any],
) -> Taken:
    draft = Draft(Author.SHOPPER, text, client_id=sender.client_id, body=body)
    message = append(change, row, draft)
    reopened = ownership(row).shopper_wrote()
    if reopened.epoch != row.epoch:
        await set_owner(change, row, reopened, Author.SHOPPER, reason="reopened")
        notice(change, row, "reopened")
    if row.owner != Owner.AGENT:
        add_turn(change, store, row, message.seq, said)
    return take(change, sender.opening.visitor_id, sender.client_id, row.id, message.seq)


def _pressed(message: Message, article: str | None, label: str) -> dict[str, Any]:
    """The button; where several have no article, the one with the label."""
    fitting: list[dict[str, Any]] = [
        choice
        for choice in message.body.get("choices", ())
        if choice["action"] in ("choose", "none", "tell") and choice["article"] == article
    ]
    named = [choice for choice in fitting if choice["label"] == label]
    if not named and len(fitting) != 1:
        raise AppError(
            "bad_value",
            f"Message {message.seq} offers no article {article!r} labelled {label[:60]!r}.",
            "Choose one it offers.",
        )
    return (named or fitting)[0]


async def _press_person(change: Change, row: Conversation) -> None:
    """The button that asked for a person stays readable as the one that was pressed."""
    newest = (
        select(Message)
        .where(Message.conversation_id == row.id, Message.author == Author.ASSISTANT)
        .order_by(Message.seq.desc())
        .limit(1)
    )
    message = await change.session.scalar(newest)
    if message is None or message.body.get("chosen") or not message.body.get("choices"):
        return
    for choice in message.body["choices"]:
        if choice["action"] == "person":
            mark(change, message, chosen=choice["label"])


async def _is_newest_answer(change: Change, message: Message) -> bool:
    query = select(Message.seq).where(
        Message.conversation_id == message.conversation_id, Message.kind.in_(("answer", "offer"))
    )
    return await change.session.scalar(query.order_by(Message.seq.desc()).limit(1)) == message.seq


async def _may_offer(change: Change, row: Conversation, trigger: Trigger) -> bool:
    if row.owner == Owner.AGENT or (trigger.guess and row.owner == Owner.QUEUE):
        return False
    query = select(Message).where(Message.conversation_id == row.id, Message.kind == "offer")
    for message in await change.session.scalars(query):
        offer, is_new = message.body["offer"], change.at - message.at < OFFER_AGAIN_AFTER
        if trigger.guess and is_new and message.seq == row.last_seq and not offer.get("dismissed"):
            return False
        if about_offer(offer) != trigger.about:
            continue
        if offer.get("dismissed") or is_new:
            return False
    return True
