/** What is in the cart, line by line, and what it comes to. */

import type { JSX } from "preact";

import { amount } from "../values.ts";
import { words } from "../words.ts";
import { type Part, Row, Section } from "./row.tsx";

export function Cart({ story: { cart, currency } }: Part): JSX.Element {
  if (!cart) {
    return (
      <Section title={words.story.cart}>
        <p class="unknown" data-story="cart">{words.story.noCart}</p>
        <dl><Row label={words.story.currency} name="currency">{currency}</Row></dl>
      </Section>
    );
  }
  const sum = (label: string, name: string, value?: string): JSX.Element | null =>
    value ? <div class="sum"><dt>{label}</dt><dd data-story={`cart.${name}`}>{amount(value, cart.currency)}</dd></div> : null;
  return (
    <Section title={words.story.cart}>
      <ul class="lines" data-story="cart">
        {cart.lines.map(({ title, variant, quantity, price }, at) => (
          <li key={at}>
            <span>{[title, variant].filter(Boolean).join(", ")}{quantity !== 1 && ` × ${quantity}`}</span>
            <span>{amount(price, cart.currency)}</span>
          </li>
        ))}
      </ul>
      <dl class="sums">
        {sum(words.story.subtotal, "subtotal", cart.subtotal)}
        {sum(words.story.shipping, "shipping", cart.shipping)}
        {cart.discount && sum(words.story.discount, "discount", cart.discount.startsWith("-") ? cart.discount : `-${cart.discount}`)}
        {sum(words.story.tax, "tax", cart.tax)}
        <div class="sum total"><dt>{words.story.total}</dt><dd data-story="cart.total">{amount(cart.total ?? "", cart.currency)}</dd></div>
      </dl>
      <dl>
        {cart.coupon && <Row label={words.story.coupon} name="cart.coupon">{cart.coupon}</Row>}
        <Row label={words.story.currency} name="currency">{currency ?? cart.currency}</Row>
      </dl>
    </Section>
  );
}
