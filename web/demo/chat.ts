/** What the shop tells the chat: where the shopper is, what is in the cart, and what went wrong. */

import { effect } from "@preact/signals";

import type { Cart } from "../shared/protocol.ts";
import { productOf } from "./goods.ts";
import { coupon, decimal, lines, method, order, page, path, placed, totals } from "./state.ts";
import { linePrice } from "./totals.ts";

/** The widget takes these calls over when it has loaded; until then they wait in the array. */
const shop = window as unknown as { checkoutChat?: { push(call: unknown[]): void } };

export function track(event: string, data: Record<string, string | number>): void {
  tell("track", event, data);
}

/** How often in a row each field was in error. */
const inARow = new Map<string, number>();

/** Tells each field of a form that is in error; one that is not named is not any more. */
export function trackErrors(fields: string[]): void {
  for (const field of inARow.keys()) if (!fields.includes(field)) inARow.delete(field);
  for (const field of fields) {
    const count = (inARow.get(field) ?? 0) + 1;
    inARow.set(field, count);
    track("field.error", { field, count });
  }
}

export function openChat(): void {
  tell("open");
}

/** Tells each page and each change of the cart, once; the page first, so that a new step is not taken for the old page's. */
export function keepChatInformed(titleOf: (page: string) => string): void {
  let toldPage = "";
  let toldContext = "";
  effect(() => {
    const step = stepOf(page.value);
    if (path.value !== toldPage) tell("page", location.origin + path.value, { title: titleOf(page.value), step });
    toldPage = path.value;
    const context = { step, cart: cart(), country: order.value.country, currency: totals.value.currency, method: method.value };
    const now = JSON.stringify(context);
    if (now !== toldContext) tell("setContext", context);
    toldContext = now;
  });
}

function stepOf(name: string): string {
  if (name === "thank-you") return "after";
  return name.startsWith("help") ? "help" : name || "cart";
}

function cart(): Cart {
  const bought = page.value === "thank-you" ? placed.value : null;
  const sums = bought?.totals ?? totals.value;
  const used = bought ? bought.coupon : coupon.value;
  const { currency, goods, discount, delivery, tax, duties, total } = sums;
  return {
    currency,
    lines: (bought?.lines ?? lines.value).map((line) => ({
      title: productOf(line.product)?.title ?? line.product,
      variant: line.variant,
      quantity: line.quantity,
      price: decimal(linePrice(line, currency)),
    })),
    subtotal: decimal(goods),
    shipping: decimal(delivery),
    ...(discount ? { discount: decimal(discount) } : {}),
    ...(tax + duties ? { tax: decimal(tax + duties) } : {}),
    total: decimal(total),
    ...(used ? { coupon: used } : {}),
  };
}

function tell(...call: unknown[]): void {
  shop.checkoutChat ??= [] as unknown[][];
  shop.checkoutChat.push(call);
}
