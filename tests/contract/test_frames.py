"""A shopper's conversation, frame by frame, over the WebSocket."""

from tests.contract.server import Bot
from tests.contract.shop import Shop
from tests.contract.tab import OpenTab

OFFER = {"event": "payment.declined", "data": {"code": "insufficient_funds"}}


async def test_a_question_is_acknowledged_shown_and_answered(bot: Bot, open_tab: OpenTab, shop: Shop) -> None:
    tab = await open_tab(
        bot, context={"page": {"url": "/", "title": "Pay", "step": "payment"}, "country": "AT"}
    )
    assert tab.welcome["conversation"] is None
    assert tab.welcome["limits"] == {"text": 2000, "file": 5 * 2**20, "files": 10}
    assert tab.welcome["order_pattern"] == bot.services.settings.shops["fernhill"].order_pattern
    frame_id = await tab.send(type="say", text="how long does shipping take")
    ack = await tab.next()
    assert ack == {"type": "ack", "id": frame_id, "seq": 1, "conversation": ack["conversation"]}
    own = await tab.next()
    assert (own["type"], own["seq"], own["author"], own["id"]) == ("message", 1, "shopper", frame_id)
    answer = await tab.until(type="message", author="assistant")
    assert (answer["seq"], answer["kind"], answer["lang"]) == (2, "answer", "en")
    assert answer["text"] == "The answer to how long does shipping take."
    assert answer["nodes"][0]["c"][1] == {"t": "strong", "c": ["how long does shipping take"]}
    assert answer["answer"]["article"]["id"] == "about how long does shipping take"
    assert answer["answer"]["more"] == [{"t": "p", "c": ["More about it."]}]
    assert "confidence" not in answer
    asked = shop.asked[0]
    assert asked["sender"] == f"{ack['conversation']}.1"
    assert asked["metadata"]["context"] == {"locale": "en", "country": "AT", "step": "payment"}
    assert asked["metadata"]["owner"] == "assistant"


async def test_typing_is_shown_while_the_assistant_works(bot: Bot, open_tab: OpenTab) -> None:
    tab = await open_tab(bot)
    await tab.say("hello")
    await tab.say("and again")
    await tab.until(type="typing", on=False)
    shown = [frame["on"] for frame in tab.frames if frame["type"] == "typing"]
    assert shown[-2:] == [True, False]


async def test_the_dialogue_goes_back_to_rasa_as_it_came(bot: Bot, open_tab: OpenTab, shop: Shop) -> None:
    tab = await open_tab(bot)
    await tab.say("one")
    await tab.say("two")
    assert shop.asked[1]["metadata"]["state"]["last_question"] == "one"
    assert shop.asked[1]["sender"] == shop.asked[0]["sender"]


async def test_buttons_can_be_chosen_and_stay_readable(bot: Bot, open_tab: OpenTab, shop: Shop) -> None:
    tab = await open_tab(bot)
    clarify = await tab.say("which is it")
    assert (clarify["kind"], clarify["text"], clarify["chosen"]) == ("clarify", "Which one?", None)
    assert [(choice["article"], choice["action"]) for choice in clarify["choices"]] == [
        ("a1", "choose"),
        ("a2", "choose"),
        (None, "none"),
    ]
    await tab.send(type="choose", article="a2", label="Two", seq=clarify["seq"])
    assert await tab.until(type="update") == {"type": "update", "seq": clarify["seq"], "chosen": "Two"}
    own = await tab.until(type="message", author="shopper", text="Two")
    assert own["seq"] == clarify["seq"] + 1
    await tab.until(type="message", author="assistant")
    assert shop.asked[-1]["message"] == '/choose_article{"article": "a2", "label": "Two"}'


async def test_a_verdict_is_shown_in_every_tab_and_heard_by_the_assistant(
    bot: Bot, open_tab: OpenTab, shop: Shop
) -> None:
    tab = await open_tab(bot)
    answer = await tab.say("how long")
    second = await open_tab(bot, **tab.shopper)
    await tab.send(type="verdict", seq=answer["seq"], helped=False)
    for seen in (tab, second):
        update = await seen.until(type="update")
        assert update == {"type": "update", "seq": answer["seq"], "verdict": "no"}
    assert (await tab.until(type="message", author="assistant"))["text"] == "Heard /not_helpful"


async def test_card_numbers_are_masked_before_they_are_stored_or_passed_on(
    bot: Bot, open_tab: OpenTab, shop: Shop
) -> None:
    number = "4111 1111 1111 1111"
    tab = await open_tab(bot, context={"page": {"url": f"/pay?card={number}", "title": "Pay"}})
    await tab.say(f"my card {number} for order FH-123456")
    said = await tab.send(type="say", text="once more")
    await tab.until(type="ack", id=said)
    everything = str(tab.frames) + str(shop.asked)
    assert "4111 1111" not in everything
    assert "FH-123456" in everything


async def test_a_slash_does_not_reach_rasa_as_a_command(bot: Bot, open_tab: OpenTab, shop: Shop) -> None:
    tab = await open_tab(bot)
    await tab.say("/restart")
    own = next(frame for frame in tab.frames if frame.get("author") == "shopper")
    assert own["text"] == "/restart"
    assert shop.asked[0]["message"] == "restart"


async def test_the_same_answer_is_never_given_twice_in_a_row(bot: Bot, open_tab: OpenTab) -> None:
    tab = await open_tab(bot)
    first = await tab.say("how long")
    second = await tab.say("how long")
    third = await tab.say("how long")
    assert first["kind"] == "answer"
    assert second["kind"] == "offer_person"
    assert second["choices"][0]["action"] == "person"
    assert third["kind"] == "answer"


async def test_an_event_brings_its_article_once(bot: Bot, open_tab: OpenTab, shop: Shop) -> None:
    tab = await open_tab(bot)
    frame_id = await tab.send(type="track", **OFFER)
    ack = await tab.until(type="ack", id=frame_id)
    assert (ack["seq"], ack["conversation"]) == (1, tab.conversation)
    offer = await tab.until(type="message")
    assert (offer["kind"], offer["author"], offer["text"]) == ("offer", "assistant", "Try another card.")
    assert offer["offer"] == {
        "event": "payment.declined",
        "data": {"code": "insufficient_funds"},
        "title": "Card declined?",
        "trigger": "other-events",
        "guess": False,
        "verdict": None,
    }
    assert offer["answer"]["article"]["id"] == "declined"
    again = await tab.send(type="track", **OFFER)
    assert (await tab.until(type="ack", id=again))["seq"] is None
    assert [frame for frame in await tab.ping() if frame["type"] == "message"] == []


async def test_an_event_without_an_article_is_only_noted(bot: Bot, open_tab: OpenTab, shop: Shop) -> None:
    tab = await open_tab(bot)
    frame_id = await tab.send(type="track", event="cart.viewed", data={})
    ack = await tab.until(type="ack", id=frame_id)
    assert (ack["seq"], ack["conversation"]) == (None, None)
    await tab.say("hello")
    events = shop.asked[-1]["metadata"]["context"]["event"]
    assert events["event"] == "cart.viewed"


async def test_a_dismissed_offer_says_so_in_every_tab(bot: Bot, open_tab: OpenTab) -> None:
    tab = await open_tab(bot)
    await tab.send(type="track", **OFFER)
    offer = await tab.until(type="message", kind="offer")
    await tab.send(type="dismiss", seq=offer["seq"])
    assert await tab.until(type="update") == {"type": "update", "seq": offer["seq"], "verdict": "dismissed"}
    second = await open_tab(bot, **tab.shopper)
    replayed = next(frame for frame in second.frames if frame["type"] == "message")
    assert replayed["offer"]["verdict"] == "dismissed"
    assert replayed["answer"]["verdict"] is None


async def test_without_rasa_an_event_is_looked_up_directly(bot: Bot, open_tab: OpenTab, shop: Shop) -> None:
    shop.rasa_down = True
    tab = await open_tab(bot)
    await tab.send(type="track", **OFFER)
    offer = await tab.until(type="message")
    assert (offer["kind"], offer["text"]) == ("offer", "Two days.")
    assert shop.searched[0]["context"]["event"]["code"] == "insufficient_funds"


async def test_a_person_is_asked_for_and_the_place_in_line_is_shown(bot: Bot, open_tab: OpenTab) -> None:
    bot.staff_the_desk()
    tab = await open_tab(bot)
    await tab.say("how long")
    await tab.send(type="ask_person")
    state = await tab.until(type="state", owner="queue")
    assert (state["epoch"], state["queue"], state["desk"]) == (
        1,
        {"place": 1, "waiting": 1},
        {"staffed": True},
    )
    notice = await tab.until(type="message")
    assert notice["notice"] == {"code": "queued", "params": {"reason": "asked"}}
    second = await open_tab(bot)
    await second.send(type="ask_person")
    assert (await second.until(type="state", owner="queue"))["queue"] == {"place": 2, "waiting": 2}
    assert (await tab.until(type="state"))["queue"] == {"place": 1, "waiting": 2}


async def test_rasa_hands_over_with_what_it_found(bot: Bot, open_tab: OpenTab, shop: Shop) -> None:
    bot.staff_the_desk()
    tab = await open_tab(bot)
    await tab.send(type="say", text="a person please")
    await tab.until(type="state", owner="queue")
    answer = await tab.say("meanwhile, how long")
    assert answer["kind"] == "answer"
    assert shop.asked[-1]["metadata"]["owner"] == "queue"


async def test_with_nobody_at_the_desk_an_address_is_kept(bot: Bot, open_tab: OpenTab) -> None:
    tab = await open_tab(bot)
    await tab.send(type="ask_person")
    assert (await tab.until(type="message"))["notice"]["code"] == "contact_wanted"
    state = await tab.until(type="state", owner="queue")
    assert (state["contact"], state["desk"]) == ("wanted", {"staffed": False})
    wrong = await tab.send(type="contact", name="Ann", email="ann at example", question="How long?")
    error = await tab.until(type="error", id=wrong)
    assert (error["code"], error["hint"]) == ("bad_value", "Write it like name@example.com.")
    await tab.send(type="contact", name="Ann", email="ann@example.com", question="How long?")
    assert (await tab.until(type="state"))["contact"] == "kept"
    notice = await tab.until(type="message")
    assert notice["notice"] == {"code": "contact_kept", "params": {"email": "ann@example.com"}}
    assert "ann@example.com" in notice["text"]


async def test_who_comes_to_the_desk_and_who_leaves_is_shown(bot: Bot, open_tab: OpenTab) -> None:
    tab = await open_tab(bot)
    bot.staff_the_desk()
    assert (await tab.until(type="state"))["desk"] == {"staffed": True}
    bot.services.presence.staff_left("window-1")
    assert (await tab.until(type="state"))["desk"] == {"staffed": False}
