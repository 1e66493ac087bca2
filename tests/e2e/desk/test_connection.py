"""A lost connection: it is said, nothing is lost, nothing is sent twice."""

from playwright.sync_api import Page, expect

from tests.e2e.fake_server import FakeServer


def lose(page: Page, server: FakeServer) -> None:
    """Cut the connection, and let the page wait half a minute before it tries again by itself."""
    page.evaluate("Math.random = () => 30")
    server.play("refuse", on=True)
    server.play("drop")
    expect(page.get_by_test_id("lost")).to_contain_text("Connection lost")


def mend(page: Page, server: FakeServer) -> None:
    """Let the server take connections again, and the agent ask for one."""
    server.play("refuse", on=False)
    page.get_by_role("button", name="Try now").click()
    expect(page.get_by_test_id("lost")).to_have_count(0)


def test_a_lost_connection_is_said_and_nothing_is_missed(paid_twice: Page, server: FakeServer) -> None:
    lose(paid_twice, server)
    expect(paid_twice.get_by_test_id("claim")).to_be_disabled()
    server.play("shopper", conversation="c-paid-twice", text="written while the line was down")
    mend(paid_twice, server)
    expect(paid_twice.get_by_role("log")).to_contain_text("written while the line was down")
    expect(paid_twice.get_by_test_id("lost")).to_have_count(0)
    expect(paid_twice.get_by_test_id("claim")).to_be_enabled()
    assert server.received("watch")[-1]["after"] == 5


def test_a_dropped_connection_mends_by_itself(paid_twice: Page, server: FakeServer) -> None:
    paid_twice.evaluate("Math.random = () => 0")
    server.play("drop")
    server.wait_for("watch", 2)
    expect(paid_twice.get_by_test_id("lost")).to_have_count(0)


def test_a_reply_written_without_a_connection_goes_out_once_it_is_back(
    claimed: Page, server: FakeServer
) -> None:
    lose(claimed, server)
    claimed.get_by_label("Reply to Anna Gruber").fill("Still here.")
    claimed.keyboard.press("Enter")
    expect(claimed.locator("[data-unsent]")).to_contain_text("It goes out when the connection is back")
    mend(claimed, server)
    expect(claimed.locator("[data-author=agent]")).to_contain_text("Still here.")
    expect(claimed.locator("[data-unsent]")).to_have_count(0)


def test_a_reply_without_an_answer_is_sent_again_under_the_same_id(claimed: Page, server: FakeServer) -> None:
    server.play("hold", on=True)
    claimed.get_by_label("Reply to Anna Gruber").fill("Once only.")
    claimed.keyboard.press("Enter")
    server.wait_for("reply")
    server.play("hold", on=False)
    claimed.evaluate("Math.random = () => 0")
    server.play("drop")
    expect(claimed.locator("[data-author=agent]").get_by_text("Once only.")).to_have_count(1)
    first, second = server.wait_for("reply", 2)
    assert first["id"] == second["id"]


def test_a_reply_that_comes_too_late_is_kept_and_can_be_put_back(claimed: Page, server: FakeServer) -> None:
    server.play("taken", conversation="c-paid-twice")
    claimed.get_by_label("Reply to Anna Gruber").fill("Too late.")
    claimed.keyboard.press("Enter")
    unsent = claimed.locator("[data-unsent]")
    expect(unsent).to_contain_text("Not sent. Ben Okafor has this conversation.")
    unsent.get_by_role("button", name="Put back").click()
    expect(claimed.locator("[data-unsent]")).to_have_count(0)
    expect(claimed.get_by_label("Reply to Anna Gruber")).to_have_value("Too late.")


def test_who_has_it_now_is_known_after_a_lost_connection(claimed: Page, server: FakeServer) -> None:
    lose(claimed, server)
    closed = {"at": "2026-01-01T00:00:00Z", "owner": "closed", "epoch": 3, "by": "Ben Okafor"}
    server.play(
        "story", conversation="c-paid-twice", story={"changes": [closed | {"reason": "solved", "note": None}]}
    )
    server.play("forget", conversation="c-paid-twice")
    mend(claimed, server)
    expect(claimed.get_by_test_id("not-mine")).to_contain_text("This conversation is closed")


def test_a_number_left_out_is_asked_for_again(paid_twice: Page, server: FakeServer) -> None:
    before = len(server.received("watch"))
    message = {"at": "2026-01-01T00:00:00Z", "author": "shopper", "name": None, "lang": "en", "kind": "text"}
    server.play("frame", type="message", conversation="c-paid-twice", seq=9, text="too early", **message)
    assert server.wait_for("watch", before + 1)[-1]["after"] == 5
    expect(paid_twice.get_by_text("too early")).to_have_count(0)
