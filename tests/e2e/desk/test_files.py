"""Files in the transcript: a link, a look at a picture, and what an agent attaches."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.accessibility import assert_accessible
from tests.e2e.fake_server import FakeServer
from tests.files import pdf, png

PAID_TWICE = "c-paid-twice"
SCREEN: dict[str, Any] = {
    "conversation": PAID_TWICE,
    "id": "f-screen",
    "name": "Screen 1.png",
    "type": "image/png",
    "width": 60,
    "height": 40,
}
RECEIPT: dict[str, Any] = {
    "conversation": PAID_TWICE,
    "id": "f-receipt",
    "name": "receipt.pdf",
    "type": "application/pdf",
}
LABEL = {"name": "label.pdf", "mimeType": "application/pdf", "buffer": pdf()}


def last_file(page: Page) -> Locator:
    return page.get_by_role("log").get_by_test_id("file").last


def test_a_file_shows_its_name_kind_and_size_and_can_be_downloaded(
    paid_twice: Page, server: FakeServer
) -> None:
    server.play("attaches", **RECEIPT, data=pdf(b"x" * 4_000).hex())
    file = last_file(paid_twice)
    expect(file).to_contain_text("Attached: receipt.pdf PDF, 5 kB")
    expect(file.locator("img")).to_have_count(0)
    with paid_twice.expect_download() as download:
        file.get_by_role("link", name="receipt.pdf").click()
    assert download.value.suggested_filename == "receipt.pdf"
    assert download.value.path().read_bytes() == pdf(b"x" * 4_000)
    expect(paid_twice.locator("main")).to_have_attribute("data-conversation", PAID_TWICE)


def test_a_picture_shows_in_small(paid_twice: Page, server: FakeServer) -> None:
    server.play("attaches", **SCREEN, data=png(60, 40).hex())
    picture = last_file(paid_twice).locator("img")
    expect(picture).to_be_visible()
    paid_twice.wait_for_function(
        "img => img.complete && img.naturalWidth === 60", arg=picture.element_handle()
    )
    assert_accessible(paid_twice)


@pytest.mark.parametrize("data", ["", pdf().hex()])
def test_a_picture_that_cannot_be_shown_says_so(paid_twice: Page, server: FakeServer, data: str) -> None:
    server.play("attaches", **SCREEN, data=data)
    expect(last_file(paid_twice)).to_contain_text("This picture can't be shown. It may have been deleted.")
    expect(last_file(paid_twice).locator("img")).to_have_count(0)


def test_a_picture_of_too_many_pixels_is_a_link_alone(paid_twice: Page, server: FakeServer) -> None:
    server.play("attaches", **SCREEN | {"width": 50_000, "height": 50_000}, data=png(60, 40).hex())
    expect(last_file(paid_twice).get_by_role("link", name="Screen 1.png")).to_be_visible()
    expect(last_file(paid_twice).locator("img")).to_have_count(0)


def test_the_story_tells_of_files(paid_twice: Page, server: FakeServer) -> None:
    files = paid_twice.locator("[data-story=files]")
    expect(files).to_have_text("Nothing is attached.")
    server.play("attaches", **RECEIPT, data=pdf().hex())
    expect(files.get_by_role("link")).to_have_text("receipt.pdf")
    expect(files).to_contain_text("from the shopper")


def test_a_name_with_markup_in_it_is_words(paid_twice: Page, server: FakeServer) -> None:
    name = "<img src=x onerror=alert(1)>.pdf"
    server.play("attaches", **RECEIPT | {"name": name}, data=pdf().hex())
    expect(last_file(paid_twice).get_by_role("link")).to_have_text(name)


def test_an_agent_attaches_a_file_to_a_reply(claimed: Page, server: FakeServer) -> None:
    with claimed.expect_file_chooser() as chooser:
        claimed.get_by_role("button", name="Attach a file").click()
    chooser.value.set_files([LABEL])  # type: ignore[list-item]
    expect(last_file(claimed)).to_contain_text("Attached: label.pdf")
    expect(claimed.locator("[data-author=agent]").last).to_contain_text("You")
    (sent,) = server.play("sent_files")
    assert (sent["conversation"], sent["epoch"], sent["name"], sent["size"]) == (
        PAID_TWICE,
        "2",
        "label.pdf",
        len(pdf()),
    )
    assert_accessible(claimed)


def test_before_the_claim_there_is_nothing_to_attach_with(paid_twice: Page) -> None:
    expect(paid_twice.get_by_role("button", name="Attach a file")).to_have_count(0)


def test_a_file_that_is_too_large_is_not_sent_at_all(claimed: Page, server: FakeServer) -> None:
    claimed.get_by_test_id("file-field").set_input_files(
        [{"name": "film.pdf", "mimeType": "application/pdf", "buffer": bytes(5 * 2**20 + 1)}]
    )
    expect(claimed.locator(".flash.bad")).to_contain_text("film.pdf was not sent. It is larger than 5 MB.")
    assert server.play("sent_files") == []


def test_a_refusal_is_told_in_the_servers_words_and_the_same_file_goes_under_the_same_id(
    claimed: Page, server: FakeServer, tmp_path: Any
) -> None:
    error = {
        "code": "wrong_type",
        "status": 415,
        "message": "This is not a picture.",
        "hint": "Pick another.",
    }
    server.play("refuse_files", with_error=error)
    path = tmp_path / "label.pdf"
    path.write_bytes(pdf())
    claimed.get_by_test_id("file-field").set_input_files(path)
    expect(claimed.locator(".flash.bad")).to_contain_text(
        "label.pdf was not sent. This is not a picture. Pick another."
    )
    server.play("refuse_files", with_error=None)
    claimed.get_by_test_id("file-field").set_input_files(path)
    expect(last_file(claimed)).to_contain_text("label.pdf")
    expect(claimed.locator(".flash.bad")).to_have_count(0)
    first, again = server.play("sent_files")
    assert first["id"] == again["id"]
