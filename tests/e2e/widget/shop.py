"""A shop's checkout, as strict as a payment page should be, with its own style sheet and a hostile one."""

from html import escape
from typing import Any

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; form-action 'none'; "
    "connect-src 'self' ws://{host}; require-trusted-types-for 'script'; trusted-types 'none'"
)

SHOP = """
body { margin: 0; font: 16px/1.5 sans-serif; background: #f5f6f8; color: #1c2430; }
@media (prefers-color-scheme: dark) { body { background: #10141a; color: #e8ecf1; } }
main { display: grid; gap: 24px; grid-template-columns: 2fr 1fr; max-width: 1056px; margin: 40px auto;
  padding: 0 24px; }
h1 { grid-column: 1 / -1; margin: 0; }
label { display: block; margin-top: 16px; }
input { display: block; width: 100%; height: 44px; box-sizing: border-box; font: inherit; }
.error { color: #b3261e; margin: 4px 0; }
@media (prefers-color-scheme: dark) { .error { color: #ff9d94; } }
.pay { width: 100%; height: 48px; margin-top: 24px; background: #1c2430; color: #fff; border: 0;
  font: inherit; }
.totals { border: 1px solid #858e9c; padding: 16px; align-self: start; }
.tall { height: 500px; }
@media (max-width: 767px) { main { grid-template-columns: 1fr; margin: 16px auto; padding: 0 16px; } }
"""

HOSTILE = """
* , *::before, *::after { all: unset !important; font: 40px/3 cursive !important; color: red !important;
  letter-spacing: 9px !important; text-transform: uppercase !important; position: static !important;
  background: yellow !important; }
checkout-chat { display: none !important; visibility: hidden !important; opacity: 0 !important;
  zoom: 3 !important; filter: blur(9px) !important; float: left !important; direction: rtl !important;
  transform: rotate(9deg) !important; }
"""

SHEETS = {"shop.css": SHOP, "hostile.css": HOSTILE}

SCRIPT = """
window.seen = [];
window.problems = [];
for (const name of ["ready", "open", "close", "message", "hand-over"])
  document.addEventListener("checkout-chat:" + name, (event) => {
    seen.push([name, event.detail]);
    document.documentElement.dataset[name.replace("-", "")] = "yes";
  });
addEventListener("error", (event) => problems.push(String(event.message)));
addEventListener("unhandledrejection", (event) => problems.push(String(event.reason)));
document.addEventListener("securitypolicyviolation", (event) => problems.push(event.violatedDirective));
"""

PROTECT = ".pay, .totals, .error"


def page(manifest: dict[str, Any], step: str, wanted: dict[str, str | None]) -> str:
    """The checkout. `wanted`: sheet, dir, twice, and any attribute of the widget."""
    built = manifest["files"]["checkout-chat.js"]
    tag = (
        f'<script type="module" src="{built["path"]}" integrity="{built["integrity"]}" crossorigin></script>'
    )
    if wanted.pop("twice", None):
        tag += f'<script type="module" src="{built["path"]}?again"></script>'
    sheet = wanted.pop("sheet", None)
    hostile = f'<link rel="stylesheet" href="/sheets/{sheet}.css">' if sheet else ""
    direction = wanted.pop("dir", None) or "ltr"
    attributes = {"site": "fernhill", "name": "Fernhill", "protect": PROTECT, **wanted}
    attributed = " ".join(f'{name}="{escape(value or "")}"' for name, value in attributes.items())
    return f"""<!doctype html>
<html lang="en" dir="{direction}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{step.title()} - Fernhill</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/sheets/shop.css">{hostile}
<script src="/shop.js"></script>{tag}</head>
<body>
<main>
<h1>{step.title()}</h1>
<form><label>Card number <input id="card" autocomplete="off"></label>
<p class="error">Your bank declined this payment.</p>
<label>Expiry <input></label><label>Security code <input></label><label>Name on card <input></label>
<button class="pay" type="button">Pay €92.80</button></form>
<section class="totals" aria-label="Your order">
<p>Trail jacket €69.00</p><p>Wool socks €18.90</p><p>Delivery €4.90</p>
<p><b>Total €92.80</b></p></section>
<div class="tall"></div>
</main>
<checkout-chat {attributed}></checkout-chat>
</body>
</html>"""
