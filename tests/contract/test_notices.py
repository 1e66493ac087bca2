"""Notices: told to who is connected, said before the answer, and over when they are over."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.chat.noticeboard import Noticeboard
from bot.notices import Announcement, checked
from bot.store.models import Notice
from bot.store.notices import add_notice, end_notice
from scripts.line import Frame
from tests.contract.server import Bot, StartBot
from tests.contract.tab import OpenTab, Tab

PAYPAL = {"en": "PayPal is not answering; cards work.", "de": "PayPal antwortet nicht; Karten gehen."}
START = datetime(2026, 1, 1, tzinfo=UTC)


async def announce(bot: Bot, site: str = "fernhill", **fields: Any) -> Notice:
    """A notice that holds at once, as from the command line of another process."""
    wanted = {"texts": PAYPAL, "methods": ["paypal"], "starts_at": START} | fields
    return await add_notice(bot.services.store, site, checked(Announcement(**wanted)))


def announced(tab: Tab) -> list[Frame]:
    return [
        message
        for message in tab.messages
        if message["kind"] == "notice" and message["notice"]["code"] == "announced"
    ]


async def test_a_connected_widget_hears_when_a_notice_begins_and_when_it_ends(
    start_bot: StartBot, open_tab: OpenTab
) -> None:
    bot = await start_bot(notice_sweep_s=0.05)
    german = await open_tab(bot, locale="de-AT")
    row = await announce(bot, steps=["payment"], countries=["AT"])
    told = await german.until(type="notices")
    assert told["notices"] == [
        {
            "id": row.id,
            "text": PAYPAL["de"],
            "steps": ["payment"],
            "countries": ["AT"],
            "methods": ["paypal"],
            "until": None,
        }
    ]
    await end_notice(bot.services.store, row.id)
    assert (await german.until(type="notices"))["notices"] == []


async def test_who_connects_later_hears_what_holds_on_their_site(bot: Bot, open_tab: OpenTab) -> None:
    row = await announce(bot)
    await announce(bot, site="other")
    tab = await open_tab(bot)
    assert [notice["id"] for notice in (await tab.until(type="notices"))["notices"]] == [row.id]


async def test_without_notices_the_greeting_has_none(bot: Bot, open_tab: OpenTab) -> None:
    tab = await open_tab(bot)
    await tab.ping()
    assert [frame for frame in tab.frames if frame["type"] == "notices"] == []


async def test_who_was_away_hears_that_nothing_holds_any_more(bot: Bot, open_tab: OpenTab) -> None:
    row = await announce(bot)
    tab = await open_tab(bot)
    await tab.until(type="notices")
    await end_notice(bot.services.store, row.id)
    again = await open_tab(bot, visitor=tab.welcome["visitor"])
    assert (await again.until(type="notices"))["notices"] == []


async def test_the_notice_is_said_before_the_answer_it_is_about_and_once(bot: Bot, open_tab: OpenTab) -> None:
    row = await announce(bot)
    tab = await open_tab(bot)
    await tab.say("can I pay with paypal")
    await tab.say("is PayPal down")
    kinds = [(message["author"], message["kind"]) for message in tab.messages]
    assert kinds == [
        ("shopper", "text"),
        ("system", "notice"),
        ("assistant", "answer"),
        ("shopper", "text"),
        ("assistant", "answer"),
    ]
    assert announced(tab)[0]["text"] == PAYPAL["en"]
    assert announced(tab)[0]["notice"]["params"] == {"notice": row.id}


async def test_a_question_about_something_else_is_answered_alone(bot: Bot, open_tab: OpenTab) -> None:
    await announce(bot)
    tab = await open_tab(bot)
    await tab.say("how long does delivery take")
    assert announced(tab) == []


async def test_the_notice_is_said_also_where_rasa_is_down(bot: Bot, shop: Any, open_tab: OpenTab) -> None:
    await announce(bot)
    shop.rasa_down = True
    tab = await open_tab(bot)
    await tab.say("paypal does not open")
    assert len(announced(tab)) == 1


async def test_who_asked_gets_word_in_the_chat_when_it_is_over(
    start_bot: StartBot, open_tab: OpenTab
) -> None:
    bot = await start_bot(notice_sweep_s=0.05)
    row = await announce(bot, over={"en": "PayPal works again."})
    tab = await open_tab(bot)
    asked = await tab.send(type="notify_me", notice=row.id)
    ack = await tab.until(type="ack", id=asked)
    waiting = await tab.until(type="message", kind="notice")
    assert waiting["notice"] == {"code": "notice_awaited", "params": {"notice": row.id}}
    await tab.send(type="notify_me", notice=row.id, id=asked)
    assert await tab.until(type="ack", id=asked) == ack
    await end_notice(bot.services.store, row.id)
    over = await tab.until(type="message", kind="notice")
    assert (over["author"], over["text"], over["notice"]["code"]) == (
        "system",
        "PayPal works again.",
        "notice_over",
    )


async def test_word_is_kept_for_a_restart_and_comes_once(start_bot: StartBot, open_tab: OpenTab) -> None:
    first = await start_bot(notice_sweep_s=3600)
    row = await announce(first, ends_at=datetime.now(UTC) + timedelta(milliseconds=300))
    tab = await open_tab(first)
    await tab.send(type="notify_me", notice=row.id)
    await tab.until(type="message", kind="notice")
    second = await start_bot(notice_sweep_s=0.05)
    after = await open_tab(second, **tab.shopper)
    over = await after.until(type="message", kind="notice", text=f"This is over now: “{PAYPAL['en']}”")
    await Noticeboard(first.services).look()
    await after.ping()
    assert after.messages[-1]["seq"] == over["seq"]


async def test_a_notice_that_is_over_or_unknown_cannot_be_waited_for(bot: Bot, open_tab: OpenTab) -> None:
    row = await announce(bot)
    elsewhere = await announce(bot, site="other")
    await end_notice(bot.services.store, row.id)
    tab = await open_tab(bot)
    codes = []
    for notice_id in (row.id, elsewhere.id, "n-none"):
        sent = await tab.send(type="notify_me", notice=notice_id)
        codes.append((await tab.until(type="error", id=sent))["code"])
    assert codes == ["closed", "not_found", "not_found"]
    assert tab.messages == []
