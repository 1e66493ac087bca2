/**
 * <checkout-chat>: help on a checkout, from the shop's assistant first and from a person when it takes one.
 *
 * Attributes  server, site, name, lang, theme (light, dark; default: the system's), position (end, start),
 *             protect (selectors of what must never be covered), storage (local, memory), order-pattern
 * Methods     open() close() track(event, data) setContext(data) identify(jwt) page(url, about)
 * Events      checkout-chat:ready open close message hand-over
 * Properties  --checkout-chat-accent, --checkout-chat-on-accent, --checkout-chat-font, --checkout-chat-layer
 * Parts       launcher nudge panel
 *
 * docs/embedding.md says more. The script may be loaded twice, and calls made before it wait in `window.checkoutChat`.
 */
import { CheckoutChat, CheckoutHelp } from "./element.ts";
import { listenForCalls } from "./calls.ts";

if (!customElements.get("checkout-chat")) {
  customElements.define("checkout-chat", CheckoutChat);
  customElements.define("checkout-help", CheckoutHelp);
  listenForCalls();
}
