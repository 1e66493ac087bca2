"""What a payment page may ask of a script: one file, one hash, nothing else loaded, nothing touched."""

import base64
import gzip
import hashlib
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.e2e.widget.shopper import Shop

STATIC = Path(__file__).parents[3] / "bot" / "static" / "widget"
BUDGET_GZIP = 15_000
LOOK = """() => {
  const chat = document.querySelector("checkout-chat").shadowRoot;
  return ["launcher", "panel", "bubble", "field", "main"].map((name) => {
    const element = chat.querySelector("." + name);
    const style = getComputedStyle(element), box = element.getBoundingClientRect();
    return [name, style.fontFamily, style.fontSize, style.letterSpacing, style.lineHeight,
      style.color, style.backgroundColor,
      style.textTransform, style.display, style.direction, style.visibility, style.opacity,
      Math.round(box.x), Math.round(box.y), Math.round(box.width), Math.round(box.height)].join(" ");
  });
}"""


def test_all_that_a_page_loads_is_within_the_budget(manifest: dict[str, Any]) -> None:
    loaded = [name for name in manifest["files"] if not name.startswith("words/")]
    assert loaded == ["checkout-chat.js"]
    assert manifest["files"]["checkout-chat.js"]["gzip"] <= BUDGET_GZIP


def test_the_manifest_tells_path_hash_and_size_as_they_are(manifest: dict[str, Any]) -> None:
    for name, told in manifest["files"].items():
        contents = (STATIC / manifest["version"] / name).read_bytes()
        assert told["path"] == f"/widget/{manifest['version']}/{name}"
        assert told["integrity"] == "sha384-" + base64.b64encode(hashlib.sha384(contents).digest()).decode()
        assert told["bytes"] == len(contents)
        # Two builds of zlib pack the same bytes a little differently.
        assert abs(told["gzip"] - len(gzip.compress(contents, 9))) < told["gzip"] / 50


def test_the_bundle_parses_no_markup_and_runs_no_text(manifest: dict[str, Any]) -> None:
    text = (STATIC / manifest["version"] / "checkout-chat.js").read_text()
    assert (
        re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|eval\(|new Function|document\.write|<style", text)
        == []
    )


def test_it_runs_under_a_strict_policy_with_trusted_types_and_a_hash(shop: Shop) -> None:
    shop.go().open_chat()
    shop.say("which delivery")
    shop.find(".choices .choice").first.click()
    expect(shop.find("details")).to_be_visible()
    shop.call("track", "payment.failed", {})
    expect(shop.find(".offer")).to_be_visible()
    assert shop.page.evaluate("problems") == []
    assert shop.errors == []


def test_nothing_is_loaded_besides_the_one_file(shop: Shop) -> None:
    shop.go().open_chat()
    shop.say("delivery")
    expect(shop.bubbles).to_have_count(2)
    loaded = shop.page.evaluate(
        "performance.getEntriesByType('resource').map((each) => new URL(each.name).pathname)"
    )
    ours = [path for path in loaded if "shop" not in path and path != "/chat/v1/guide"]
    assert len(ours) == 1, ours


def test_a_hostile_style_sheet_changes_neither_font_colour_nor_place(shop: Shop) -> None:
    looks = []
    for sheet in ("shop", "hostile"):
        shop.server.play("reset")
        shop.page.context.clear_cookies()
        shop.go(sheet=sheet, protect=".none")
        shop.page.evaluate("localStorage.clear(); sessionStorage.clear()")
        shop.go(sheet=sheet, protect=".none")
        launcher = shop.page.evaluate(LOOK.replace("bubble", "launcher"))
        shop.page.evaluate("document.querySelector('checkout-chat').open()")
        shop.say("delivery")
        expect(shop.bubbles).to_have_count(2)
        shop.page.mouse.move(5, 5)
        shop.page.wait_for_timeout(200)
        looks.append((launcher, shop.page.evaluate(LOOK)))
    assert looks[0] == looks[1]


def test_loaded_twice_there_is_one_widget(shop: Shop) -> None:
    shop.go(twice="yes")
    expect(shop.find(".root")).to_have_count(1)
    shop.page.evaluate("document.body.append(document.createElement('checkout-chat'))")
    shop.open_chat()
    expect(shop.find(".root")).to_have_count(1)
    assert shop.page.evaluate("problems") == []
    assert shop.errors == []


def test_calls_made_before_the_widget_is_there_are_kept(shop: Shop) -> None:
    shop.page.add_init_script("window.checkoutChat = [['track', 'payment.failed', {code: 'expired_card'}]];")
    shop.go()
    assert shop.server.wait_for("track")[0]["data"] == {"code": "expired_card"}
    expect(shop.nudge).to_be_visible()


def test_moved_in_the_page_it_goes_on_and_taken_away_it_is_gone(shop: Shop) -> None:
    shop.go().open_chat()
    shop.say("delivery")
    expect(shop.bubbles).to_have_count(2)
    shop.page.evaluate("document.querySelector('main').append(document.querySelector('checkout-chat'))")
    expect(shop.bubbles).to_have_count(2)
    shop.page.evaluate("window.kept = document.querySelector('checkout-chat'); kept.remove()")
    shop.page.evaluate("document.body.append(kept)")
    shop.say("again")
    expect(shop.bubbles).to_have_count(4)


def test_pages_and_events_are_told(shop: Shop) -> None:
    shop.go("cart").open_chat()
    shop.server.wait_for("hello")
    shop.call("track", "step.entered", {"step": "address"})
    shop.page.evaluate("history.pushState({}, '', '/checkout/payment?email=a@example.com')")
    shop.call(
        "setContext",
        {"step": "payment", "country": "AT", "cart": {"currency": "EUR", "lines": [], "total": "92.80"}},
    )
    shop.say("delivery")
    expect(shop.bubbles).to_have_count(2)
    shop.page.reload()
    context = shop.server.wait_for("hello", 2)[1]["context"]
    assert context["page"]["url"] == f"{shop.server.url}/checkout/payment"
    assert [entry.get("step") for entry in context["trail"]][-2:] == ["address", "payment"]
    assert [event["event"] for event in context["events"]] == ["step.entered"]
    assert context["time_zone"] == "Europe/Vienna"
    assert context["device"]["kind"] == "desktop"
