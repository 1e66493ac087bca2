/** What the shopper has chosen so far, and where they are. Kept for this tab, but for the card: that is nowhere kept. */

import { batch, computed, effect, signal } from "@preact/signals";

import { EMPTY, type Address } from "./address.ts";
import type { Card } from "./bank.ts";
import { COUNTRIES, MOST_OF_ONE, PRODUCTS } from "./goods.ts";
import { totalsOf, deliveriesOf, type DeliveryKind, type Line, type Order, type Totals } from "./totals.ts";

export const STEPS = ["cart", "address", "delivery", "payment", "review"] as const;
export type Step = (typeof STEPS)[number];
export type Method = "card" | "paypal" | "klarna" | "eps" | "ideal" | "bancontact" | "p24";

export interface Placed {
  number: string;
  email: string;
  total: string;
  totals: Totals;
  lines: Line[];
  coupon: string | null;
}

const STORED = "fernhill.checkout";
const BASE = "/demo/";
const FIRST_LINES: Line[] = [
  { product: "trail-jacket", variant: "moss, M", quantity: 1 },
  { product: "wool-socks", variant: "rust, 39 to 42", quantity: 1 },
];

export const path = signal(location.pathname);
export const lines = signal<Line[]>(FIRST_LINES);
export const address = signal<Address>(EMPTY);
export const delivery = signal<DeliveryKind>("standard");
export const coupon = signal<string | null>(null);
export const method = signal<Method>("card");
export const card = signal<Card>({ number: "", expiry: "", code: "", holder: "" });
/** Steps that have been completed, so that the next one may be opened. */
export const done = signal<Step[]>([]);
export const declines = signal(0);
/** What the bank said last, for the payment step to show. */
export const refusal = signal<{ field: keyof Card | null; words: string } | null>(null);
export const placed = signal<Placed | null>(null);

export const page = computed(() => path.value.replace(/^\/demo\/?/, "").replace(/\/$/, ""));
export const order = computed<Order>(() => ({
  lines: lines.value,
  country: COUNTRIES.includes(address.value.country) ? address.value.country : "AT",
  delivery: delivery.value,
  coupon: coupon.value,
}));
export const totals = computed(() => totalsOf(order.value));

export function money(cents: number): string {
  return formatted(cents, totals.value.currency);
}

export function formatted(cents: number, currency: string): string {
  return new Intl.NumberFormat("en-GB", { style: "currency", currency, currencyDisplay: "narrowSymbol" })
    .format(cents / 100).replace("-", "−");
}

/** Cents as the decimal string that goes to the chat. */
export const decimal = (cents: number): string => (cents / 100).toFixed(2);

export function go(to: string, replace = false): void {
  const next = BASE + to;
  if (next === path.value) return;
  window.history[replace ? "replaceState" : "pushState"](null, "", next);
  path.value = next;
  scrollTo(0, 0);
}

/** The step is finished: the next one opens. */
export function finish(step: Step): void {
  done.value = [...new Set([...done.value, step])];
  go(STEPS[STEPS.indexOf(step) + 1] ?? "review");
}

/** The first step that is not done. */
export function nextStep(): Step {
  return STEPS.find((step) => !done.value.includes(step)) ?? "review";
}

/** A step may be opened when all before it are done. */
export function mayOpen(step: Step): boolean {
  return STEPS.slice(0, STEPS.indexOf(step)).every((before) => done.value.includes(before));
}

export function add(product: string): void {
  const variant = PRODUCTS.find(({ id }) => id === product)?.variants[0] ?? "";
  const known = lines.value.find((line) => line.product === product && line.variant === variant);
  if (known) return setQuantity(known, Math.min(MOST_OF_ONE, known.quantity + 1));
  lines.value = [...lines.value, { product, variant, quantity: 1 }];
}

export function setQuantity(line: Line, quantity: number): void {
  lines.value = quantity < 1 ? lines.value.filter((other) => other !== line)
    : lines.value.map((other) => (other === line ? { ...line, quantity } : other));
}

export function setVariant(line: Line, variant: string): void {
  lines.value = lines.value.map((other) => (other === line ? { ...line, variant } : other));
}

export function startAgain(): void {
  batch(() => {
    lines.value = FIRST_LINES;
    coupon.value = refusal.value = placed.value = null;
    delivery.value = "standard";
    method.value = "card";
    card.value = { number: "", expiry: "", code: "", holder: "" };
    done.value = [];
    declines.value = 0;
  });
  go("cart");
}

export function startUp(): void {
  restore();
  effect(() => {
    const kept = {
      lines: lines.value, address: address.value, delivery: delivery.value, coupon: coupon.value, method: method.value,
      done: done.value, declines: declines.value, placed: placed.value,
    };
    try {
      sessionStorage.setItem(STORED, JSON.stringify(kept));
    } catch {
      // Without storage the checkout works as long as the page is open.
    }
  });
  // A way of delivery that is no longer offered is not kept.
  effect(() => {
    const offered = deliveriesOf(order.value.lines, order.value.country);
    if (offered.length && !offered.includes(delivery.value)) delivery.value = offered[0]!;
  });
  addEventListener("popstate", () => (path.value = location.pathname));
}

function restore(): void {
  try {
    const kept = JSON.parse(sessionStorage.getItem(STORED) ?? "{}");
    batch(() => {
      lines.value = kept.lines ?? lines.value;
      address.value = { ...EMPTY, ...kept.address };
      delivery.value = kept.delivery ?? delivery.value;
      coupon.value = kept.coupon ?? null;
      method.value = kept.method ?? "card";
      done.value = kept.done ?? [];
      declines.value = kept.declines ?? 0;
      placed.value = kept.placed ?? null;
    });
  } catch {
    // What cannot be read is left as it is at the start.
  }
}
