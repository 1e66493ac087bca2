"""Signing in at the desk, being signed out, and what is said about it."""

from playwright.sync_api import Page, expect

from tests.e2e.fake_server import FakeServer

EMAIL, PASSWORD = "maya@fernhill.example", "a long enough password"


def fill_in(page: Page, password: str) -> None:
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_the_right_password_opens_the_desk(page: Page, server: FakeServer, complaints: list[str]) -> None:
    page.goto(f"{server.url}/desk")
    fill_in(page, PASSWORD)
    expect(page.get_by_test_id("waiting")).to_have_text("Waiting 3")
    expect(page).to_have_title("(3) Desk")


def test_a_wrong_password_says_so_and_lets_one_try_again(
    page: Page, server: FakeServer, complaints: list[str]
) -> None:
    page.goto(f"{server.url}/desk")
    fill_in(page, "guess")
    expect(page.get_by_role("alert")).to_have_text("E-mail or password is wrong. Check both and try again.")
    expect(page.get_by_label("Password")).to_be_focused()
    fill_in(page, PASSWORD)
    expect(page.get_by_test_id("waiting")).to_be_visible()


def test_an_empty_field_is_named_without_asking_the_server(
    page: Page, server: FakeServer, complaints: list[str]
) -> None:
    page.goto(f"{server.url}/desk")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("Fill in both fields.")
    expect(page.get_by_label("E-mail")).to_be_focused()


def test_an_expired_session_asks_again_and_keeps_what_was_written(claimed: Page, server: FakeServer) -> None:
    claimed.get_by_label("Reply to Anna Gruber").fill("half a sente")
    server.play("sign_out")
    expect(claimed.get_by_role("main").get_by_role("alert")).to_contain_text("You were signed out")
    fill_in(claimed, PASSWORD)
    expect(claimed.get_by_label("Reply to Anna Gruber")).to_have_value("half a sente")


def test_signing_out_leads_back_to_the_form_and_leaves_nothing_on_the_screen(paid_twice: Page) -> None:
    paid_twice.get_by_test_id("me").click()
    paid_twice.get_by_test_id("sign-out").click()
    expect(paid_twice.get_by_role("heading", name="Sign in to the desk")).to_be_visible()
    expect(paid_twice.get_by_text("paid twice")).to_have_count(0)
    assert "#" not in paid_twice.url or paid_twice.url.endswith("#")
