"""The conversations the fake chat server begins with: each part of the screen has a value to show."""

from datetime import UTC, datetime, timedelta
from typing import Any

Frame = dict[str, Any]

MAYA: Frame = {"id": "st-maya", "name": "Maya Lindner", "email": "maya@fernhill.example", "role": "agent"}
BEN: Frame = {"id": "st-ben", "name": "Ben Okafor"}

PENDING = {
    "id": "pending-payments",
    "title": "Pending payments",
    "short_answer": "A declined attempt is not taken. Your bank may show it as pending for up to 3 days.",
    "confidence": 0.86,
}
CHECK_BANK = {
    "id": "check-with-your-bank",
    "title": "Check with your bank",
    "short_answer": "Your bank can see each attempt and can let the amount go sooner.",
    "confidence": 0.61,
}
PAYPAL = {
    "id": "pay-with-paypal",
    "title": "Pay with PayPal",
    "short_answer": "PayPal works too. Choose it at the payment step.",
    "confidence": 0.44,
}


def stamp(moment: datetime) -> str:
    """ISO 8601 in UTC with `Z`, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def ago(seconds: float) -> str:
    """The time that many seconds before now, as the protocol writes it."""
    return stamp(datetime.now(UTC) - timedelta(seconds=seconds))


def paragraph(text: str) -> list[Frame]:
    """One paragraph as the protocol's nodes."""
    return [{"t": "p", "c": [text]}]


def summary(conversation: str, **changed: Any) -> Frame:
    """A summary as the protocol lists it, waiting in the queue unless `changed` says otherwise."""
    return {
        "id": conversation,
        "owner": "queue",
        "epoch": 1,
        "agent": None,
        "shopper": {"name": None, "verified": False, "present": True},
        "question": "where is my order",
        "reason": "asked",
        "reason_text": "Asked for a person",
        "place": 1,
        "queued_at": ago(60),
        "claimed_at": None,
        "updated_at": ago(60),
        "step": "payment",
        "total": None,
        "last": None,
        "contact": None,
        "locale": "en",
        "language": None,
    } | changed


def story(question: str, **changed: Any) -> Frame:
    """A story as the protocol lists it, with nothing known but the question unless `changed` says more."""
    return {
        "question": question,
        "reason": "asked",
        "reason_text": "Asked for a person",
        "why": [],
        "brief": [],
        "answers": [],
        "page": None,
        "trail": [],
        "cart": None,
        "events": [],
        "opened_by": "shopper",
        "country": None,
        "currency": None,
        "device": None,
        "time_zone": None,
        "locale": "en",
        "language": None,
        "shopper": {"name": None, "email": None, "subject": None, "verified": False},
        "contact": None,
        "earlier": [],
        "suggestions": [],
        "changes": [],
        "settled": None,
    } | changed


def message(seq: int, author: str, text: str, at: str, **more: Any) -> Frame:
    """A stored message; `kind` is `text` unless `more` names another."""
    return {
        "seq": seq,
        "at": at,
        "author": author,
        "name": None,
        "lang": "en",
        "kind": "text",
        "text": text,
    } | more


def _found(match: Frame) -> Frame:
    return {key: match[key] for key in ("id", "title", "confidence")}


def paid_twice() -> tuple[Frame, Frame, list[Frame]]:
    """A guest at the payment step who was not helped: every part of the story has a value."""
    messages = [
        message(
            1,
            "assistant",
            "Your bank asked for a confirmation and it timed out. This order was not placed.",
            ago(420),
            kind="offer",
            nodes=paragraph(
                "Your bank asked for a confirmation and it timed out. This order was not placed."
            ),
            answer={
                "article": {"id": "payment-3ds", "title": "Confirming with your bank"},
                "more": [
                    {"t": "p", "c": ["Try this:"]},
                    {
                        "t": "ul",
                        "c": [
                            paragraph("Open your banking app and approve."),
                            [{"t": "p", "c": ["Or use ", {"t": "strong", "c": ["another card"]}, "."]}],
                        ],
                    },
                ],
                "verdict": None,
            },
            offer={
                "event": "payment.authentication_failed",
                "data": {"code": "timeout"},
                "title": "Your bank asked for a confirmation and it timed out",
                "verdict": None,
            },
        ),
        message(2, "shopper", "will i be charged twice if i try again", ago(330), id="shopper-message-1"),
        message(
            3,
            "assistant",
            "A declined attempt is not taken. You may see it as pending for up to 3 days.",
            ago(329),
            kind="answer",
            nodes=[
                {
                    "t": "p",
                    "c": [
                        "A declined attempt is not taken. You may see it as ",
                        {"t": "em", "c": ["pending"]},
                        " for up to 3 days. ",
                        {"t": "a", "href": "https://fernhill.example/payments", "c": ["More about payments"]},
                    ],
                }
            ],
            answer={
                "article": {"id": "pending-payments", "title": "Pending payments"},
                "more": [],
                "verdict": "no",
            },
            confidence=0.93,
            band="answer",
            verdict="no",
        ),
        message(4, "shopper", "paid twice?? my bank shows 2 pending", ago(163)),
        message(
            5,
            "system",
            "We'll get someone from the shop. You are first in line.",
            ago(161),
            kind="notice",
            notice={"code": "queued", "params": {"place": 1}},
        ),
    ]
    facts = story(
        "paid twice?? my bank shows 2 pending",
        reason="not_helped",
        reason_text="Two answers did not help",
        why=[
            {
                "question": "paid twice?? my bank shows 2 pending",
                "band": "clarify",
                "confidence": 0.86,
                "answer_at": 0.92,
                "reasons": [
                    "It answers directly from .92 on; this is .86.",
                    "Missing most is the lead over the next article. With it, answered directly.",
                ],
                "articles": [
                    {**_found(PENDING), "phrasing": "why are there two pending amounts", "cosine": 0.71},
                    {**_found(CHECK_BANK), "phrasing": "my bank says it is pending", "cosine": 0.64},
                ],
                "unexplained": ["twice"],
                "repaired": [{"typed": "pendng", "read": "pending"}],
            }
        ],
        brief=[
            "Sees two pending charges of €92.80",
            "Stuck at payment: two card attempts failed at 3-D Secure",
            "The assistant explained pending charges; it did not help",
        ],
        answers=[
            {
                "article": {"id": "pending-payments", "title": "Pending payments"},
                "question": "will i be charged twice if i try again",
                "confidence": 0.93,
                "band": "answer",
                "verdict": "no",
                "at": ago(329),
            }
        ],
        page={"url": "https://shop.example/checkout/payment", "title": "Payment", "step": "payment"},
        trail=[
            {"url": "/checkout/cart", "title": "Cart", "step": "cart", "at": ago(800), "stay_s": 40},
            {"url": "/checkout/address", "title": "Address", "step": "address", "at": ago(760), "stay_s": 70},
            {
                "url": "/checkout/delivery",
                "title": "Delivery",
                "step": "delivery",
                "at": ago(690),
                "stay_s": 25,
            },
            {
                "url": "/checkout/payment",
                "title": "Payment",
                "step": "payment",
                "at": ago(665),
                "stay_s": 252,
            },
        ],
        cart={
            "currency": "EUR",
            "lines": [
                {"title": "Trail jacket", "variant": "moss, M", "quantity": 1, "price": "69.00"},
                {"title": "Wool socks, pair", "quantity": 1, "price": "18.90"},
            ],
            "subtotal": "87.90",
            "shipping": "4.90",
            "discount": "5.00",
            "tax": "14.65",
            "total": "87.80",
            "coupon": "WELCOME10",
        },
        events=[
            {
                "id": "ev1",
                "event": "payment.authentication_failed",
                "data": {"code": "timeout", "method": "card"},
                "at": ago(430),
                "reported_by": "page",
            },
            {
                "id": "ev2",
                "event": "payment.failed",
                "data": {"code": "insufficient_funds"},
                "at": ago(300),
                "reported_by": "shop",
            },
        ],
        opened_by="offer:payment.authentication_failed",
        country="AT",
        currency="EUR",
        device={"kind": "phone", "browser": "Safari 19", "width": 390, "height": 844},
        time_zone="Europe/Vienna",
        locale="en",
        language="en",
        shopper={
            "name": "Anna Gruber",
            "email": "anna@example.org",
            "subject": "customer-4711",
            "verified": True,
        },
        contact={
            "name": "Anna G.",
            "email": "anna.g@example.org",
            "question": "Was I charged twice?",
            "at": ago(150),
        },
        earlier=[
            {
                "id": "c-earlier",
                "at": ago(21 * 86400),
                "question": "do you ship to Graz",
                "outcome": "answered by the assistant",
            }
        ],
        suggestions=[PENDING, CHECK_BANK, PAYPAL],
        changes=[
            {
                "at": ago(161),
                "owner": "queue",
                "epoch": 1,
                "by": "assistant",
                "reason": "not_helped",
                "note": None,
            }
        ],
        settled="The first attempt was cancelled by the bank.",
    )
    head = summary(
        "c-paid-twice",
        shopper={"name": "Anna Gruber", "verified": True, "present": True},
        question=facts["question"],
        reason="not_helped",
        reason_text="Two answers did not help",
        queued_at=ago(161),
        updated_at=ago(161),
        total={"amount": "87.80", "currency": "EUR"},
        last={"author": "shopper", "text": facts["question"], "at": ago(163)},
        contact=facts["contact"],
        language="en",
    )
    return head, facts, messages


def hold_jacket() -> tuple[Frame, Frame, list[Frame]]:
    """A guest in the United Kingdom who asked for a person and has an empty story."""
    question = "can you hold the jacket for me in store"
    head = summary(
        "c-hold-jacket",
        question=question,
        place=2,
        queued_at=ago(65),
        updated_at=ago(65),
        step="cart",
        total={"amount": "140.00", "currency": "GBP"},
        last={"author": "shopper", "text": question, "at": ago(65)},
    )
    return head, story(question), [message(1, "shopper", question, ago(66))]


def coupon_in_portuguese() -> tuple[Frame, Frame, list[Frame]]:
    """A shopper who wrote in a language no article has, and has left the page."""
    question = "o cupão não funciona"
    head = summary(
        "c-coupon",
        shopper={"name": None, "verified": False, "present": False},
        question=question,
        reason="language",
        reason_text="Writes in a language no article has",
        place=3,
        queued_at=ago(22),
        updated_at=ago(22),
        step="review",
        total={"amount": "38.00", "currency": "EUR"},
        last={"author": "shopper", "text": question, "at": ago(22)},
        language="pt",
    )
    facts = story(question, reason="language", reason_text=head["reason_text"], language="pt")
    return head, facts, [message(1, "shopper", question, ago(23), lang="pt")]


def of_ben() -> tuple[Frame, Frame, list[Frame]]:
    """A conversation that a colleague holds."""
    question = "does the tent fit two tall people"
    head = summary(
        "c-of-ben",
        owner="agent",
        epoch=2,
        agent=BEN,
        question=question,
        place=None,
        queued_at=ago(900),
        claimed_at=ago(840),
        updated_at=ago(60),
        step="cart",
        total={"amount": "329.00", "currency": "EUR"},
        last={"author": "agent", "text": "It is 220 cm long inside.", "at": ago(60)},
    )
    messages = [
        message(1, "shopper", question, ago(905)),
        message(2, "agent", "It is 220 cm long inside.", ago(60), name="Ben"),
    ]
    return head, story(question), messages


def closed(number: int) -> Frame:
    """The summary of a finished conversation, the older the higher the number."""
    return summary(
        f"c-closed-{number:02}",
        owner="closed",
        epoch=4,
        question=f"an older question {number}",
        place=None,
        queued_at=ago(86_400 * number),
        updated_at=ago(86_400 * number),
        step="after",
        shopper={"name": f"Shopper {number}", "verified": False, "present": False},
        last={"author": "agent", "text": "Glad that works.", "at": ago(86_400 * number)},
    )
