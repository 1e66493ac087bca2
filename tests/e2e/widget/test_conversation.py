"""A shopper asks, gets an answer, says whether it helped, and reaches a person."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.widget.shopper import Shop


def test_nothing_is_connected_before_there_is_something_to_say(shop: Shop) -> None:
    shop.go()
    expect(shop.launcher).to_be_visible()
    assert shop.server.received("hello") == []
    shop.open_chat()
    shop.server.wait_for("hello")


def test_a_question_gets_its_answer_and_the_verdict_is_kept(shop: Shop) -> None:
    shop.go().open_chat()
    shop.say("how long does delivery take")
    expect(shop.bubbles.first).to_have_text("how long does delivery take")
    expect(shop.bubbles.nth(1)).to_contain_text("2 to 4 working days")
    expect(shop.find(".bubble strong")).to_have_text("2 to 4 working days")
    expect(shop.find("details p").first).to_be_hidden()
    shop.find("summary").click()
    expect(shop.find("details li")).to_have_count(2)
    expect(shop.panel).to_contain_text("From: Delivery times")
    shop.find(".row .choice").filter(has_text="Yes").click()
    expect(shop.find(".chosen")).to_have_text("Yes")
    frame = shop.server.wait_for("verdict")[0]
    assert frame["helped"] is True
    assert frame["seq"] == 2


def test_only_safe_addresses_become_links(shop: Shop) -> None:
    shop.go().open_chat()
    shop.say("delivery")
    shop.find("summary").click()
    expect(shop.find(".bubble a")).to_have_count(1)
    expect(shop.find(".bubble a")).to_have_attribute("href", f"{shop.server.url}/delivery")
    expect(shop.find(".bubble a")).to_have_attribute("rel", "noopener noreferrer")


def test_of_several_meanings_the_chosen_one_and_the_others_stay_readable(shop: Shop) -> None:
    shop.go().open_chat()
    shop.say("which delivery")
    shop.find(".choices .choice").filter(has_text="How long").click()
    expect(shop.find(".chosen")).to_contain_text("How long delivery takes")
    expect(shop.find(".passed")).to_have_count(2)
    expect(shop.bubbles.last).to_contain_text("working days")
    frame = shop.server.wait_for("choose")[0]
    assert (frame["article"], frame["label"], frame["seq"]) == ("delivery-time", "How long delivery takes", 2)


def test_a_country_that_is_asked_for_is_told_by_its_button(shop: Shop) -> None:
    shop.go().open_chat()
    shop.say("what is the postage")
    expect(shop.find(".choices button")).to_have_text(["Austria", "Germany", "Another country"])
    shop.find(".choices button").filter(has_text="Germany").click()
    expect(shop.find(".chosen")).to_have_text("Germany")
    expect(shop.find(".choices button")).to_have_count(0)
    frame = shop.server.wait_for("choose")[0]
    assert (frame["article"], frame["label"], frame["seq"]) == (None, "Germany", 2)


def test_a_person_is_asked_for_waited_for_and_named(shop: Shop) -> None:
    shop.go().open_chat()
    shop.find(".foot > .link").click()
    expect(shop.find(".strip").first).to_contain_text("You are number 2 in line")
    shop.server.play("state", queue={"place": 1, "waiting": 1}, desk={"staffed": False})
    expect(shop.find(".strip").first).to_have_text("Nobody is here right now. You are number 1 in line.")
    shop.server.play("claim")
    expect(shop.find(".head")).to_contain_text("Maya from the shop is here")
    shop.server.play("message", author="agent", name="Maya", text="I can see both attempts.")
    expect(shop.find(".agent .who")).to_have_text("Maya")
    assert shop.page.evaluate(
        "seen.filter(([name]) => name === 'hand-over').map(([, detail]) => detail.owner)"
    ) == [
        "queue",
        "agent",
    ]


def test_what_the_assistant_cannot_do_offers_a_person(shop: Shop) -> None:
    shop.go().open_chat()
    shop.say("what's the weather")
    shop.find(".choices .choice").click()
    shop.server.wait_for("ask_person")
    expect(shop.find(".strip").first).to_be_visible()


def test_with_nobody_at_the_desk_the_address_is_checked_kept_and_confirmed(shop: Shop) -> None:
    shop.server.play("state", desk={"staffed": False})
    shop.go().open_chat()
    shop.say("is the blue jacket back soon")
    expect(shop.bubbles).to_have_count(2)
    shop.find(".foot > .link").click()
    expect(shop.find(".strip").first).to_be_hidden()
    question = shop.find("[name=question]")
    expect(question).to_have_value("is the blue jacket back soon")
    shop.find("[name=name]").fill("Ada Example")
    shop.find("[name=email]").fill("ada@example")
    shop.find(".contact .main").click()
    expect(shop.find("[name=email]")).to_be_focused()
    assert shop.find("[name=email]").evaluate("(field) => field.validationMessage")
    assert shop.server.received("contact") == []
    shop.page.reload()
    shop.find("[name=email]").fill("ada@example.com")
    expect(shop.find("[name=name]")).to_have_value("Ada Example")
    shop.find(".contact .main").click()
    frame = shop.server.wait_for("contact")[0]
    assert (frame["name"], frame["email"], frame["question"]) == (
        "Ada Example",
        "ada@example.com",
        "is the blue jacket back soon",
    )
    expect(shop.find(".contact")).to_be_hidden()
    expect(shop.panel).to_contain_text("will write to ada@example.com")


def test_secrets_are_masked_before_they_leave_the_page(shop: Shop) -> None:
    shop.go().open_chat()
    shop.call("track", "payment.failed", {"note": "4242 4242 4242 4242"})
    shop.call("setContext", {"cart": {"lines": [{"title": "4242424242424242"}]}})
    shop.say("my card 4242 4242 4242 4242 cvc 123 is declined")
    assert shop.server.wait_for("say")[0]["text"] == "my card •••• 4242 cvc ••• is declined"
    assert shop.server.wait_for("track")[0]["data"] == {"note": "•••• 4242"}
    contexts = [frame["context"] for frame in shop.server.wait_for("context") if "cart" in frame["context"]]
    assert contexts[0]["cart"]["lines"][0]["title"] == "•••• 4242"
    expect(shop.find(".shopper .bubble")).to_contain_text("•••• 4242")


def test_the_servers_order_pattern_keeps_order_numbers_once_it_is_known(shop: Shop) -> None:
    shop.server.play("behave", order_pattern="4242\\d{12}", all_refused=True)
    shop.wait_for_the_shopper().go().open_chat()
    shop.say("order 4242424242424242")
    expect(shop.find(".shopper .bubble")).to_have_text("order •••• 4242")
    shop.server.play("behave", all_refused=False)
    shop.find(".msg .link").click()
    expect(shop.bubbles).to_have_count(2)
    shop.say("order 4242424242424242, card 5555555555554444")
    assert shop.server.wait_for("say", 2)[1]["text"] == "order 4242424242424242, card •••• 4444"


def test_an_order_pattern_that_browsers_cannot_read_loses_no_message(shop: Shop) -> None:
    shop.server.play("behave", order_pattern="(?i)fh-\\d+")
    shop.go().open_chat()
    shop.server.wait_for("hello")
    shop.say("order FH-100234, card 4242424242424242")
    assert shop.server.wait_for("say")[0]["text"] == "order FH-100234, card •••• 4242"


def test_the_conversation_goes_on_after_a_reload_and_on_the_next_page(shop: Shop) -> None:
    shop.go().open_chat()
    shop.say("delivery")
    expect(shop.bubbles).to_have_count(2)
    shop.field.fill("and to")
    shop.page.reload()
    expect(shop.bubbles).to_have_count(2)
    expect(shop.field).to_have_value("and to")
    shop.go("review")
    expect(shop.bubbles).to_have_count(2)
    hello = shop.server.received("hello")[-1]
    assert hello["visitor"] == "visitor-token"
    assert [entry["url"].rsplit("/", 1)[1] for entry in hello["context"]["trail"]] == ["payment", "review"]


def test_in_memory_only_mode_nothing_is_stored(shop: Shop) -> None:
    shop.go(storage="memory").open_chat()
    shop.say("delivery")
    expect(shop.bubbles).to_have_count(2)
    assert shop.server.received("hello")[0]["context"]["consent"] is False
    assert shop.page.evaluate("localStorage.length + sessionStorage.length") == 0
    shop.page.reload()
    expect(shop.launcher).to_be_visible()
    expect(shop.panel).to_be_hidden()


def test_two_tabs_stay_in_step(shop: Shop, another_tab: Callable[[], Shop]) -> None:
    shop.go().open_chat()
    other = another_tab().go().open_chat()
    shop.say("delivery")
    expect(other.bubbles).to_have_count(2)
    other.say("which one")
    expect(shop.find(".choices .choice")).to_have_count(3)
    expect(shop.bubbles).to_have_count(4)
    other.find(".choices .choice").first.click()
    expect(shop.find(".chosen")).to_be_visible()


def test_unread_answers_are_counted_and_read_by_opening(shop: Shop) -> None:
    shop.go().open_chat()
    shop.say("delivery")
    expect(shop.bubbles).to_have_count(2)
    shop.find(".head .shut").click()
    shop.server.play("message", author="agent", name="Maya", text="One more thing.")
    expect(shop.find(".badge")).to_have_text("1")
    shop.page.reload()
    expect(shop.find(".badge")).to_have_text("1")
    shop.open_chat()
    shop.find(".head .shut").click()
    expect(shop.find(".badge")).to_be_hidden()


def test_the_typing_state_ends_by_itself(shop: Shop) -> None:
    shop.page.clock.install()
    shop.go().open_chat()
    shop.say("slow please")
    expect(shop.find(".writing")).to_contain_text("Assistant is writing")
    shop.page.clock.fast_forward(10_500)
    expect(shop.find(".writing")).to_be_hidden()


def test_whoever_scrolled_up_is_told_of_new_messages_and_left_where_they_are(shop: Shop) -> None:
    shop.go().open_chat()
    shop.say("a long story")
    expect(shop.bubbles).to_have_count(2)
    shop.say("another long story")
    expect(shop.bubbles).to_have_count(4)
    shop.find(".log").evaluate("(log) => { log.scrollTop = 0; }")
    shop.server.play("message", author="assistant", text="Something new.")
    expect(shop.find(".below")).to_be_visible()
    assert shop.find(".log").evaluate("(log) => log.scrollTop") == 0
    shop.find(".below").click()
    expect(shop.find(".below")).to_be_hidden()
    expect(shop.bubbles.last).to_be_in_viewport()


def test_enter_sends_and_shift_with_enter_starts_a_line(shop: Shop) -> None:
    shop.go().open_chat()
    shop.field.fill("first")
    shop.field.press("Shift+Enter")
    shop.field.press_sequentially("second")
    shop.field.press("Enter")
    assert shop.server.wait_for("say")[0]["text"] == "first\nsecond"
    shop.field.press("Enter")
    shop.field.fill("y" * 3000)
    shop.field.press("Enter")
    assert len(shop.server.wait_for("say", 2)[1]["text"]) <= 2000
