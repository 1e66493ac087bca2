"""The network goes, the server refuses: the shopper is told, and nothing said is lost or doubled."""

from playwright.sync_api import expect

from tests.e2e.widget.shopper import Shop


def test_what_is_written_offline_is_shown_as_waiting_and_sent_once_later(shop: Shop) -> None:
    shop.wait_for_the_shopper().go().open_chat()
    shop.say("first")
    expect(shop.bubbles).to_have_count(2)
    shop.server.play("behave", all_refused=True)
    shop.server.play("cut")
    shop.say("second")
    expect(shop.panel).to_contain_text("Not sent yet. We'll send it when you are back online.")
    expect(shop.find(".trouble")).to_be_visible()
    shop.server.play("behave", all_refused=False)
    shop.find(".msg .link").click()
    expect(shop.bubbles).to_have_count(4)
    expect(shop.find(".trouble")).to_be_hidden()
    assert [frame["text"] for frame in shop.server.received("say")] == ["first", "second"]


def test_what_was_not_sent_survives_a_reload(shop: Shop) -> None:
    shop.go().open_chat()
    shop.server.wait_for("hello")
    shop.server.play("behave", all_refused=True)
    shop.server.play("cut")
    shop.say("do not lose me")
    expect(shop.panel).to_contain_text("Not sent yet")
    shop.server.play("behave", all_refused=False)
    shop.page.reload()
    expect(shop.bubbles).to_have_count(2)
    expect(shop.bubbles.first).to_have_text("do not lose me")


def test_without_websockets_the_same_frames_go_over_http(shop: Shop) -> None:
    shop.server.play("behave", sockets_refused=True)
    shop.go().open_chat()
    shop.say("delivery")
    expect(shop.bubbles).to_have_count(2, timeout=15_000)
    shop.server.play("message", author="assistant", text="News while the reply was being waited for.")
    expect(shop.bubbles).to_have_count(3)
    assert len(shop.server.received("say")) == 1
    assert shop.server.received("hello over http")


def test_a_refusal_is_told_in_words_with_a_way_on(shop: Shop) -> None:
    shop.go().open_chat()
    shop.say("refuse this")
    expect(shop.find(".msg .quiet").last).to_contain_text("That can't be read. Write it in other words.")
    shop.find(".msg .link").click()
    assert len(shop.server.wait_for("say", 2)) == 2


def test_what_the_server_could_not_take_is_sent_again_under_the_same_id(shop: Shop) -> None:
    shop.page.clock.install()
    shop.server.play("behave", busy_for=1)
    shop.go().open_chat()
    shop.say("delivery")
    expect(shop.panel).to_contain_text("We can't take that just now.")
    shop.page.clock.fast_forward(6_000)
    expect(shop.bubbles).to_have_count(2)
    first, second = shop.server.received("say")
    assert first["id"] == second["id"]


def test_a_refused_token_is_forgotten_and_the_chat_goes_on(shop: Shop) -> None:
    shop.go().open_chat()
    shop.server.wait_for("hello")
    shop.server.play("cut", code=4401)
    hello = shop.server.wait_for("hello", 2)[1]
    assert hello["visitor"] is None
    assert hello["after"] == 0
    shop.say("delivery")
    expect(shop.bubbles).to_have_count(2)


def test_an_old_widget_says_that_the_page_has_to_be_loaded_again(shop: Shop) -> None:
    shop.go().open_chat()
    shop.server.wait_for("hello")
    shop.server.play("cut", code=4400)
    expect(shop.find(".trouble")).to_contain_text("Reload the page to go on.")


def test_a_missing_message_is_fetched(shop: Shop) -> None:
    shop.go().open_chat()
    shop.say("delivery")
    expect(shop.bubbles).to_have_count(2)
    shop.server.play("behave", sockets=[])
    shop.server.play("message", author="assistant", text="Nobody hears this.")
    shop.page.evaluate("dispatchEvent(new Event('pagehide'))")
    shop.page.evaluate("dispatchEvent(new Event('pageshow'))")
    expect(shop.bubbles).to_have_count(3)


def test_mistakes_of_the_shop_never_break_its_page(shop: Shop) -> None:
    shop.go()
    shop.page.evaluate(
        """() => {
          const chat = document.querySelector("checkout-chat");
          const round = {}; round.self = round;
          chat.track(); chat.track("x", round); chat.track("x", null);
          chat.setContext(null); chat.setContext({cart: round});
          chat.identify(undefined); chat.page("http://[");
          checkoutChat.push(["nonsense"], ["track", "y"], (it) => { throw new Error("theirs"); });
          chat.setAttribute("protect", "][");
        }"""
    )
    shop.open_chat()
    shop.say("delivery")
    expect(shop.bubbles).to_have_count(2)
    assert shop.page.evaluate("problems") == []
