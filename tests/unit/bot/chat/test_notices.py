"""Which notices are said before an answer: those that may concern the shopper and are asked about."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.chat.notices import concerns, is_asked
from bot.store.models import Conversation, Notice
from bot.store.turns import Job

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
PAYPAL = {"en": "PayPal is not answering; cards work.", "de": "PayPal antwortet nicht; Karten gehen."}
LATE = {"en": "Orders after 2 pm ship tomorrow.", "de": "Bestellungen nach 14 Uhr gehen morgen raus."}
STRIKE = {"en": "Parcels to Northern Ireland are late: the ferries are on strike."}


def notice(texts: dict[str, str], **fields: Any) -> Notice:
    limits = {"steps": [], "countries": [], "methods": []} | fields
    return Notice(id="n1", site="fernhill", texts=texts, over={}, starts_at=NOW, **limits)


def job(said: str, locale: str = "en", **context: Any) -> Job:
    row = Conversation(id="c1", site="fernhill", locale=locale, context=context, dialogue={})
    return Job(1, 1, said, 0, row)


def at(step: str, event: str | None = None, ago_s: float = 0, **data: Any) -> dict[str, Any]:
    happened = (NOW - timedelta(seconds=ago_s)).isoformat()
    events = [{"event": event, "data": data, "at": happened}] if event else []
    return {"page": {"step": step}, "events": events}


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (PAYPAL, "can I pay with PayPal?"),
        (PAYPAL, "paypal"),
        (LATE, "when will my order ship"),
        (LATE, "is my order shipped today"),
        (STRIKE, "do you send to northern ireland"),
        (STRIKE, "is there a strike"),
    ],
)
def test_a_question_that_shares_the_subject_is_about_it(texts: dict[str, str], said: str) -> None:
    assert is_asked(notice(texts), job(said), NOW)


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (PAYPAL, "which cards do you take"),
        (PAYPAL, "my card does not work"),
        (PAYPAL, "how long does delivery take"),
        (LATE, "can I cancel my order"),
        (LATE, "will it work tomorrow"),
        (STRIKE, "where is my parcel"),
        (PAYPAL, "👍"),
        (PAYPAL, ""),
    ],
)
def test_a_question_about_something_else_is_not(texts: dict[str, str], said: str) -> None:
    assert not is_asked(notice(texts), job(said), NOW)


def test_the_shoppers_language_and_english_both_tell_the_subject() -> None:
    assert is_asked(notice(LATE), job("wann geht meine Bestellung raus", "de-AT"), NOW)
    assert is_asked(notice(PAYPAL), job("warum geht paypal nicht", "de"), NOW)


def test_a_method_of_payment_is_named_also_where_the_text_does_not() -> None:
    row = notice({"en": "One of our providers has trouble."}, methods=["klarna"])
    assert is_asked(row, job("can I use Klarna"), NOW)


def test_trouble_that_the_page_has_just_reported_at_the_notices_step_is_reason_enough() -> None:
    row = notice(PAYPAL, steps=["payment"])
    said = "it does not let me through"
    assert is_asked(row, job(said, **at("payment", "payment.failed")), NOW)
    assert not is_asked(row, job(said, **at("address", "address.rejected")), NOW)
    assert not is_asked(row, job(said, **at("payment", "payment.failed", ago_s=3_600)), NOW)
    assert not is_asked(row, job(said, **at("payment", "coupon.applied")), NOW)
    assert not is_asked(notice(PAYPAL), job(said, **at("payment", "payment.failed")), NOW)


def test_a_country_or_method_that_is_known_to_be_another_rules_it_out() -> None:
    here = notice(STRIKE, countries=["GB"])
    assert concerns(here, {"country": "GB"}, NOW)
    assert concerns(here, {"country": "gb"}, NOW)
    assert concerns(here, {}, NOW)
    assert not concerns(here, {"country": "AT"}, NOW)
    paypal = notice(PAYPAL, methods=["paypal"])
    assert concerns(paypal, at("payment", "payment.failed", method="PayPal"), NOW)
    assert concerns(paypal, at("payment"), NOW)
    assert concerns(paypal, {**at("payment"), "method": "PayPal"}, NOW)
    assert not concerns(paypal, {**at("payment"), "method": "card"}, NOW)
    assert not concerns(paypal, at("payment", "payment.failed", method="card"), NOW)


def test_a_step_rules_nothing_out_as_shoppers_ask_ahead() -> None:
    assert concerns(notice(PAYPAL, steps=["payment"]), at("cart"), NOW)
