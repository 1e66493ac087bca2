/**
 * Types of <checkout-chat>, <checkout-help> and `window.checkoutChat`, for shops that write TypeScript. docs/embedding.md
 * says more, docs/events.md has the vocabulary of events.
 *
 *   /// <reference path="./checkout-chat.d.ts" />
 *   (window.checkoutChat ??= []).push(["track", "payment.failed", { code: "51" }]);
 */

/** Text, a number, or true and false; what is anything else is left out and named once in the server's log. */
type CheckoutEventData = Record<string, string | number | boolean | null>;

/** Decimal string such as "92.80", or a number. */
type CheckoutMoney = string | number;

/** The vocabulary, version 1. Any other name of `a-z`, `_` and `.` is an event of your own. */
interface CheckoutEvents {
  "step.entered": { step: string };
  /** From now until the next `payment.` or `order.` event nobody is spoken to. */
  "payment.started": { method?: string };
  "payment.failed": { code: string; network?: string; amount?: CheckoutMoney; currency?: string; method?: string };
  "payment.authentication_failed": { code?: string; amount?: CheckoutMoney; currency?: string; method?: string };
  "coupon.tried": { code?: string };
  "coupon.rejected": { code?: string; reason: string };
  "address.rejected": { field: string; reason?: string };
  "shipping.unavailable": { country: string; reason?: string };
  "total.changed": { from: CheckoutMoney; to: CheckoutMoney; why?: string; currency?: string };
  "field.error": { field: string; count: number };
  "stock.changed": { item?: string; left?: number };
  "session.expiring": { minutes?: number };
  "order.completed": { value: CheckoutMoney; currency?: string; order?: string };
}

/** What changed; every key may be left out. */
interface CheckoutContext {
  /** cart, address, delivery, payment, review, after, or your own. */
  step?: string;
  cart?: {
    currency: string;
    /** `price` is that of the whole line. */
    lines: { title: string; variant?: string; quantity: number; price: string }[];
    subtotal: string;
    shipping: string;
    discount?: string;
    tax?: string;
    total: string;
    coupon?: string;
  };
  /** Where it goes, ISO 3166. */
  country?: string;
  /** ISO 4217. */
  currency?: string;
  /** The way of payment that is chosen. */
  method?: string;
  /** A payment is on its way: nobody is spoken to. */
  paying?: boolean;
  /** The shopper was here before. */
  returning?: boolean;
  /** True: from now on the chat may be kept in this browser's storage. */
  consent?: boolean;
}

interface CheckoutChatElement extends HTMLElement {
  /** Opens the panel; below 480 px only inside the handler of the shopper's click. */
  open(): void;
  close(): void;
  track<E extends keyof CheckoutEvents>(event: E, data: CheckoutEvents[E]): void;
  track(event: string, data?: CheckoutEventData): void;
  setContext(data: CheckoutContext): void;
  /** Who is signed in: a token signed by the shop. */
  identify(jwt: string): void;
  /** The shopper went on without a new page load. */
  page(url?: string, about?: { title?: string; step?: string }): void;
}

type CheckoutChatCall =
  | ["open"]
  | ["close"]
  | { [E in keyof CheckoutEvents]: ["track", E, CheckoutEvents[E]] }[keyof CheckoutEvents]
  | ["track", event: string, data?: CheckoutEventData]
  | ["setContext", CheckoutContext]
  | ["identify", jwt: string]
  | ["page", url?: string, about?: { title?: string; step?: string }]
  | ((chat: CheckoutChatElement) => void);

interface Window {
  /** Calls made before the widget is there wait in it. */
  checkoutChat?: { push(...calls: CheckoutChatCall[]): unknown };
}

interface HTMLElementTagNameMap {
  "checkout-chat": CheckoutChatElement;
  /** A "?" that opens the article of its attribute `article` in place. */
  "checkout-help": HTMLElement;
}

interface DocumentEventMap {
  "checkout-chat:ready": CustomEvent<Record<string, never>>;
  "checkout-chat:open": CustomEvent<Record<string, never>>;
  "checkout-chat:close": CustomEvent<Record<string, never>>;
  /** Somebody wrote; never what. */
  "checkout-chat:message": CustomEvent<{ seq: number; author: "shopper" | "assistant" | "agent" | "system"; kind: string }>;
  "checkout-chat:hand-over": CustomEvent<{ owner: "queue" | "agent"; agent?: string }>;
}
