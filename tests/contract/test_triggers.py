"""Speaking first: what comes true is shown where it may be, and a page gone wild takes nothing down."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from bot.experiment import Arm, arm
from bot.store.conversations import Agent
from bot.store.desk import claim
from bot.store.experiments import quiet
from bot.store.models import Exposure, Nudge, Order
from bot.store.staff import add_staff
from scripts.line import Frame
from scripts.shopper import hello
from tests.contract.server import ORIGIN, Bot, StartBot
from tests.contract.shop import Shop
from tests.contract.tab import OpenTab, Tab

RULES = """
rules:
  - {id: large, on: payment.declined, when: {total_from: 300}, show: person}
  - {id: limit, on: payment.failed, when: {data: {code: limit_exceeded}}, show: person}
  - {id: twice, on: payment.declined, when: {seen: payment.declined}, show: questions}
  - {id: declined, on: "*"}
  - {id: idle, when: {step: payment, idle_s: 30}, show: questions}
  - {id: talk, when: {idle_s: 60}, show: person}
  - {id: read, when: {country: AT, idle_s: 9}, show: free-delivery}
  - {id: lost, when: {idle_s: 9}, show: gone}
  - {id: past, when: {idle_s: 9}, show: past-its-day}
  - {id: paused, when: {idle_s: 9}, show: person, active: false}
  - {id: b, when: {idle_s: 9}, show: person}
  - {id: c, when: {idle_s: 9}, show: person}
"""
AT_PAYMENT = {
    "page": {"url": "/pay", "title": "Pay", "step": "payment"},
    "country": "AT",
    "cart": {"currency": "EUR", "lines": [], "total": "92.80"},
}
DECLINED = {"type": "track", "event": "payment.declined", "data": {"code": "insufficient_funds"}}


@pytest.fixture
def shop_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir(exist_ok=True)
    (folder / "triggers.yml").write_text(RULES, encoding="utf-8")
    return folder


@pytest.fixture
async def bot(start_bot: StartBot, shop_dir: Path) -> Bot:
    return await start_bot(shop_dir=shop_dir)


@pytest.fixture
async def tab(bot: Bot, open_tab: OpenTab) -> Tab:
    return await open_tab(bot, context=AT_PAYMENT)


async def shown(tab: Tab, **frame: Any) -> Frame | None:
    """The offer that a frame brought, or None where it brought nothing."""
    frame_id = await tab.send(**frame)
    ack = await tab.until(type="ack", id=frame_id)
    if ack["seq"] is None:
        return None
    return next(
        (message for message in tab.messages if message["seq"] == ack["seq"]), None
    ) or await tab.until(type="message", seq=ack["seq"])


async def fire(tab: Tab, trigger: str) -> Frame | None:
    return await shown(tab, type="fire", trigger=trigger)


async def dismiss(tab: Tab, offer: Frame | None) -> None:
    assert offer is not None
    await tab.send(type="dismiss", seq=offer["seq"])
    await tab.until(type="update", seq=offer["seq"])


async def rows(bot: Bot, model: Any) -> list[Any]:
    async with bot.services.store.read() as session:
        return list(await session.scalars(select(model)))


async def test_a_guess_shows_the_steps_questions_and_one_is_answered(tab: Tab, shop: Shop) -> None:
    offer = await fire(tab, "idle")
    assert offer is not None
    assert (offer["kind"], offer["author"], offer["text"]) == (
        "offer",
        "assistant",
        "Others ask these here. Is yours among them?",
    )
    assert offer["offer"] == {
        "event": "idle",
        "data": {},
        "title": offer["text"],
        "trigger": "idle",
        "guess": True,
        "questions": [
            {"id": "card-safety", "title": "Card-Safety"},
            {"id": "when-charged", "title": "When-Charged"},
        ],
        "verdict": None,
    }
    assert offer["choices"][1] == {"label": "When-Charged", "article": "when-charged", "action": "choose"}
    await tab.send(type="choose", seq=offer["seq"], article="when-charged", label="When-Charged")
    assert (await tab.until(type="message", author="shopper"))["text"] == "When-Charged"
    assert (await tab.until(type="message", author="assistant"))["kind"] == "answer"


async def test_a_guess_offers_a_person_who_is_asked_for_with_the_button(bot: Bot, tab: Tab) -> None:
    bot.staff_the_desk()
    offer = await fire(tab, "talk")
    assert offer is not None
    assert offer["offer"]["person"] is True
    assert offer["choices"][0]["action"] == "person"
    await tab.send(type="ask_person")
    await tab.until(type="state", owner="queue")


async def test_a_guess_shows_an_article_as_it_reads_for_this_shopper(tab: Tab, shop: Shop) -> None:
    offer = await fire(tab, "read")
    assert offer is not None
    assert (offer["text"], offer["answer"]["article"]["id"]) == ("All about free-delivery.", "free-delivery")
    asked = next(read for read in shop.read if read.get("id") == "free-delivery")
    assert (asked["locale"], asked["context"]["country"], asked["context"]["step"]) == ("en", "AT", "payment")
    await tab.send(type="verdict", seq=offer["seq"], helped=True)
    assert (await tab.until(type="message", author="assistant"))["text"] == "Heard /helpful"
    state = shop.asked[-1]["metadata"]["state"]
    assert (state["tried"], state["awaiting"]) == (["free-delivery"], "helped")


@pytest.mark.parametrize("trigger", ["nothing", "declined", "paused", "lost", "past"])
async def test_what_is_unknown_switched_off_no_guess_gone_or_outdated_shows_nothing(
    tab: Tab, trigger: str
) -> None:
    assert await fire(tab, trigger) is None
    assert (await tab.say("still there"))["kind"] == "answer"


async def test_what_the_server_knows_better_is_not_believed(bot: Bot, open_tab: OpenTab) -> None:
    tab = await open_tab(bot, context={"page": {"url": "/", "title": "", "step": "cart"}, "country": "DE"})
    assert await fire(tab, "idle") is None
    assert await fire(tab, "read") is None
    assert await fire(tab, "talk") is not None


async def test_the_first_rule_that_fits_an_event_says_what_is_shown(
    bot: Bot, open_tab: OpenTab, shop: Shop
) -> None:
    cart = {"currency": "EUR", "lines": [], "total": "300.00"}
    rich = await open_tab(bot, context={"cart": cart})
    offer = await shown(rich, **DECLINED)
    assert offer is not None
    assert (offer["offer"]["trigger"], offer["offer"]["guess"], offer["offer"]["event"]) == (
        "large",
        False,
        "payment.declined",
    )
    assert offer["offer"]["person"] is True
    other = await open_tab(bot, context=AT_PAYMENT)
    offer = await shown(other, **DECLINED)
    assert offer is not None
    assert (offer["offer"]["trigger"], offer["answer"]["article"]["id"]) == ("declined", "declined")


async def test_a_second_time_may_be_answered_otherwise(tab: Tab) -> None:
    first = await shown(tab, **DECLINED)
    second = await shown(tab, type="track", event="payment.declined", data={"code": "expired_card"})
    assert first is not None
    assert second is not None
    assert [offer["offer"]["trigger"] for offer in (first, second)] == ["declined", "twice"]


async def test_a_code_may_be_the_networks_or_ours(bot: Bot, open_tab: OpenTab) -> None:
    for code in ("61", "limit_exceeded"):
        tab = await open_tab(bot)
        offer = await shown(tab, type="track", event="payment.failed", data={"code": code})
        assert offer is not None
        assert offer["offer"]["trigger"] == "limit"
        assert offer["offer"]["data"] == {"code": code}


async def test_the_same_guess_comes_once_also_after_a_restart(
    start_bot: StartBot, bot: Bot, tab: Tab, open_tab: OpenTab, shop_dir: Path
) -> None:
    assert await fire(tab, "talk") is not None
    await tab.say("thank you")
    assert await fire(tab, "talk") is None
    again = await open_tab(await start_bot(shop_dir=shop_dir), **tab.shopper, context=AT_PAYMENT)
    assert await fire(again, "talk") is None
    assert [row.trigger for row in await rows(bot, Nudge)] == ["talk"]


async def test_one_at_a_time_and_three_in_a_session(tab: Tab) -> None:
    assert await fire(tab, "talk") is not None
    assert await fire(tab, "idle") is None
    for trigger in ("idle", "b"):
        await tab.say("hello")
        assert await fire(tab, trigger) is not None
    await tab.say("hello")
    assert await fire(tab, "c") is None


async def test_after_three_dismissals_there_is_silence(tab: Tab) -> None:
    for trigger in ("talk", "idle", "b"):
        await dismiss(tab, await fire(tab, trigger))
    assert await shown(tab, **DECLINED) is None
    assert (await tab.say("hello"))["kind"] == "answer"


async def test_a_visitor_without_consent_has_the_same_manners_and_leaves_no_trace(
    start_bot: StartBot, open_tab: OpenTab, shop_dir: Path
) -> None:
    bot = await start_bot(shop_dir=shop_dir, control_share=0.5)
    for _ in range(6):
        tab = await open_tab(bot, context={**AT_PAYMENT, "consent": False})
        await dismiss(tab, await fire(tab, "talk"))
        assert await fire(tab, "talk") is None
        assert await shown(tab, type="track", event="order.completed", data={"value": "9.00"}) is None
    assert [await rows(bot, model) for model in (Nudge, Exposure, Order)] == [[], [], []]


async def test_while_a_payment_is_on_its_way_only_the_payment_is_spoken_of(tab: Tab) -> None:
    await tab.send(type="context", context={"paying": True})
    assert await fire(tab, "talk") is None
    assert await shown(tab, type="track", event="stock.changed", data={}) is None
    assert await shown(tab, **DECLINED) is not None
    await tab.send(type="context", context={"paying": False})
    await tab.say("hello")
    assert await fire(tab, "talk") is not None


async def test_a_payment_begins_and_ends_with_its_events(tab: Tab, shop: Shop) -> None:
    assert await shown(tab, type="track", event="payment.started", data={}) is None
    assert shop.asked == []
    assert await fire(tab, "talk") is None
    await shown(tab, type="track", event="payment.failed", data={"code": "05"})
    assert await fire(tab, "talk") is not None


async def test_a_payment_that_was_left_with_its_page_is_over(bot: Bot, tab: Tab, open_tab: OpenTab) -> None:
    await tab.send(type="context", context={"paying": True})
    assert await fire(tab, "talk") is None
    assert await fire(await open_tab(bot, **tab.shopper), "talk") is not None


async def test_nothing_is_offered_while_an_agent_has_the_conversation(bot: Bot, tab: Tab) -> None:
    await tab.say("hello")
    maya = await add_staff(bot.services.store, "maya@fernhill.example", "Maya", "agent", "hash")
    assert tab.conversation is not None
    await claim(bot.services.store, tab.conversation, 0, Agent(maya.id, "Maya"))
    assert await fire(tab, "talk") is None
    assert await shown(tab, **DECLINED) is None


async def test_control_sees_nothing_and_both_arms_are_recorded(
    start_bot: StartBot, open_tab: OpenTab, shop_dir: Path
) -> None:
    bot = await start_bot(shop_dir=shop_dir, control_share=0.5)
    tokens, expected = bot.services.tokens, {}
    for _ in range(12):
        tab = await open_tab(bot, context=AT_PAYMENT)
        visitor_id = tokens.read("fernhill", tab.welcome["visitor"])
        mine = arm(tokens.secret, visitor_id, "declined", 0.5)
        assert (await shown(tab, **DECLINED) is not None) is (mine is Arm.TREATED)
        expected[visitor_id] = mine
        await shown(tab, type="track", event="order.completed", data={"value": "92.80", "currency": "EUR"})
    exposures = await rows(bot, Exposure)
    assert {row.visitor_id: row.arm for row in exposures} == expected
    assert {(row.trigger, row.control_share) for row in exposures} == {("declined", 0.5)}
    assert all(row.ordered_at is not None for row in exposures)
    assert {(row.value, row.currency) for row in await rows(bot, Order)} == {("92.80", "EUR")}
    assert {row.visitor_id for row in await rows(bot, Nudge)} == {
        visitor for visitor, mine in expected.items() if mine is Arm.TREATED
    }


async def test_an_event_that_no_article_answers_exposes_nobody(bot: Bot, tab: Tab) -> None:
    assert await shown(tab, type="track", event="cart.viewed", data={}) is None
    assert await rows(bot, Exposure) == []


async def test_a_trigger_that_silenced_itself_says_nothing_and_exposes_nobody(bot: Bot, tab: Tab) -> None:
    await quiet(bot.services.store, "fernhill", "talk", 99.0)
    assert await fire(tab, "talk") is None
    assert await rows(bot, Exposure) == []


async def test_a_rule_that_is_saved_is_followed_and_a_mistake_changes_nothing(
    bot: Bot, tab: Tab, shop_dir: Path
) -> None:
    (shop_dir / "triggers.yml").write_text("rules: [oh", encoding="utf-8")
    bot.services.rules.load()
    assert await fire(tab, "talk") is not None


async def test_mistakes_in_an_event_are_told_once_and_cost_nothing(
    bot: Bot, open_tab: OpenTab, shop: Shop
) -> None:
    with capture_logs() as logs:
        for _ in range(3):
            tab = await open_tab(bot)
            data = {"from": "a lot", "to": True, "why": "<b>tax</b> 4111 1111 1111 1111"}
            assert await shown(tab, type="track", event="total.changed", data=data) is None
    told = [line for line in logs if line.get("trigger") == "total.changed" and "problems" in line]
    assert len(told) == 1
    assert told[0]["next_step"]
    assert "4111" not in str(logs)
    assert "4111 1111" not in str(shop.asked)


async def test_a_thousand_events_at_once_are_acked_or_refused_and_nobody_else_waits(
    start_bot: StartBot, open_tab: OpenTab, shop_dir: Path
) -> None:
    bot = await start_bot(shop_dir=shop_dir, frames_at_once=20, frames_per_s=2.0)
    wild, calm = await open_tab(bot), await open_tab(bot)
    ids = [await wild.send(**DECLINED) for _ in range(1000)]
    assert (await calm.say("and me"))["kind"] == "answer"
    await wild.send(type="say", text="can I still talk")
    await wild.until(type="message", kind="answer")
    wanted = set(ids)
    while not wanted <= {frame["id"] for frame in wild.frames if frame["type"] in ("ack", "error")}:
        await wild.next()
    refused = [frame for frame in wild.frames if frame["type"] == "error"]
    assert {(frame["code"], frame["status"]) for frame in refused} == {("rate_limited", 429)}
    assert all(frame["hint"].startswith("Try again in") for frame in refused)
    assert 900 < len(refused) < 1000
    assert [message["kind"] for message in wild.messages].count("offer") == 1


async def test_over_http_a_guess_comes_with_its_batch(bot: Bot, http: httpx.AsyncClient) -> None:
    frames = [hello(context=AT_PAYMENT), {"type": "fire", "id": "fire-000001", "trigger": "talk"}]
    reply = await http.post(
        f"{bot.url}/chat/v1/frames", json={"v": 1, "frames": frames}, headers={"origin": ORIGIN}
    )
    found = reply.json()["frames"]
    assert [frame["kind"] for frame in found if frame["type"] == "message"] == ["offer"]


@pytest.mark.parametrize("trigger", [None, 3, "Not An Id", "x" * 65])
async def test_a_fire_that_names_nothing_is_a_bad_value(tab: Tab, trigger: Any) -> None:
    await tab.send(type="fire", trigger=trigger)
    assert (await tab.until(type="error"))["code"] == "bad_value"
