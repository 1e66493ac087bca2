"""What the widget costs a page: bytes, main-thread time, layout shift; and how soon a nudge is there."""

import json
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Page, sync_playwright

from scripts.browser import chromium, window
from scripts.steps import ROOT
from tests.bench.report import Figure, against
from tests.e2e.fake_server import FakeServer, serving

RUNS = 7
FAKE_CHAT = ROOT / "tests/e2e/widget/fake_chat.py"
# The widget's own work stands between two marks of the page's clock: the page is idle, the launcher is there.
WATCH = """
window.shift = 0;
new PerformanceObserver((list) => { for (const entry of list.getEntries()) shift += entry.value; })
  .observe({ type: "layout-shift", buffered: true });
let began = 0;
const idle = window.requestIdleCallback;
window.requestIdleCallback = (run, options) => idle((deadline) => {
  began = performance.now();
  run(deadline);
}, options);
document.addEventListener("checkout-chat:ready", () => { window.took_ms = performance.now() - began; });
"""
NUDGE = """() => new Promise((done) => {
  const chat = document.querySelector("checkout-chat");
  const nudge = chat.shadowRoot.querySelector(".nudge");
  const began = performance.now();
  chat.track("payment.failed", { code: "51" });
  const shown = () => done(performance.now() - began);
  const look = () => nudge.hidden ? setTimeout(look, 1) : requestAnimationFrame(shown);
  look();
})"""


def measure() -> dict[str, list[Figure]]:
    """Bytes, and the medians of a few fresh pages each."""
    with _page() as (page, server):
        seen = [_one(page, server) for _ in range(RUNS)]
    thread, shift, nudge = (statistics.median(values) for values in zip(*seen, strict=True))
    return {
        "widget": [
            against("all JavaScript and CSS a page loads with en, gzip", _bytes() / 1000, 15, "kB", 2),
            against("main-thread time from idle to the launcher", thread, 20, "ms"),
            against("layout shift", shift, 0, "", 3),
            against('track("payment.failed") to the nudge on screen', nudge, 150, "ms"),
        ]
    }


def _bytes() -> int:
    manifest = json.loads((ROOT / "bot/static/widget/manifest.json").read_text(encoding="utf-8"))
    return sum(file["gzip"] for name, file in manifest["files"].items() if not name.startswith("words/"))


@contextmanager
def _page() -> Iterator[tuple[Page, FakeServer]]:
    with serving(FAKE_CHAT) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium())
        page = browser.new_context(**window(1280, 800)).new_page()
        page.add_init_script(WATCH)
        yield page, server
        browser.close()


def _one(page: Page, server: FakeServer) -> tuple[float, float, float]:
    server.play("reset")
    page.goto(f"{server.url}/checkout/payment")
    page.evaluate("localStorage.clear(); sessionStorage.clear()")
    page.goto(f"{server.url}/checkout/payment")
    page.wait_for_function("window.took_ms !== undefined")
    took_ms: float = page.evaluate("took_ms")
    nudge_ms: float = page.evaluate(NUDGE)
    shift: Any = page.evaluate("shift")
    return took_ms, float(shift), nudge_ms


if __name__ == "__main__":
    for figure in measure()["widget"]:
        print(f"{figure.what}: {figure.value} ({figure.budget})")
