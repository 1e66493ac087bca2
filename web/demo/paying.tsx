/** Payment, review and what comes after. */

import { batch, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { cardTroubles, charge, declineWords, MOST_DECLINES, NOT_CONFIRMED, TEST_CARDS, type CardField } from "./bank.ts";
import { track, trackErrors } from "./chat.ts";
import { Field, focusFirst, Problem } from "./field.tsx";
import { DELIVERY_NAMES, Link } from "./frame.tsx";
import { countryName, KLARNA, KLARNA_LIMITS, productOf } from "./goods.ts";
import {
  address, card, coupon, decimal, declines, delivery, done, finish, formatted, go, lines, method, money, order, placed, refusal,
  startAgain, totals, type Method,
} from "./state.ts";
import { Forward } from "./steps.tsx";
import { linePrice } from "./totals.ts";

/** How long the demo's bank takes. */
const BANK_MS = 700;
const METHOD_NAMES: Record<Method, string> = {
  card: "Card", paypal: "PayPal", klarna: "Klarna", eps: "EPS bank transfer", ideal: "iDEAL", bancontact: "Bancontact", p24: "Przelewy24",
};
const LOCAL: Record<string, Method> = { AT: "eps", NL: "ideal", BE: "bancontact", PL: "p24" };

function methodsOf(country: string, total: number): Method[] {
  const hasKlarna = country in KLARNA && total >= KLARNA_LIMITS[0] && total <= KLARNA_LIMITS[1];
  const local = LOCAL[country];
  return ["card", "paypal", ...(hasKlarna ? ["klarna" as const] : []), ...(local ? [local] : [])];
}

export function PaymentStep(): JSX.Element {
  const troubles = useSignal<{ field: CardField; words: string }[]>([]);
  const offered = methodsOf(order.value.country, totals.value.total);
  const rests = declines.value >= MOST_DECLINES;
  const chosen = offered.includes(method.value) ? method.value : "card";

  useEffect(() => {
    if (refusal.value?.field) focusFirst([`card-${refusal.value.field}`]);
    else if (refusal.value) focusFirst(["card-number"]);
  }, []);

  function mended(field: CardField): void {
    troubles.value = troubles.value.filter((trouble) => trouble.field !== field);
  }

  function submit(event: SubmitEvent): void {
    event.preventDefault();
    if (chosen === "card") {
      if (rests) return;
      troubles.value = cardTroubles(card.value, new Date());
      trackErrors(troubles.value.map(({ field }) => `card-${field}`));
      if (troubles.value.length) return focusFirst(troubles.value.map(({ field }) => `card-${field}`));
    }
    batch(() => {
      method.value = chosen;
      refusal.value = null;
    });
    finish("payment");
  }

  return (
    <form onSubmit={submit} noValidate>
      <h1>How do you want to pay?</h1>
      <Problem words={refusal.value?.words ?? null} />
      <fieldset class="card options">
        <legend class="away">Way of payment</legend>
        {offered.map((kind) => (
          <div class="option-place" key={kind}>
            <label class="option">
              <input type="radio" name="method" value={kind} checked={chosen === kind} onChange={() => (method.value = kind)} />
              <span class="what"><strong>{METHOD_NAMES[kind]}</strong><span class="quiet">{methodWords(kind, order.value.country)}</span></span>
            </label>
            {kind === "card" && chosen === "card" && (rests ? (
              <p class="trouble">The card form rests for 30 minutes after {MOST_DECLINES} declined attempts. PayPal and the others stay open.</p>
            ) : <CardFields troubles={troubles.value} onMend={mended} />)}
          </div>
        ))}
      </fieldset>
      <p class="quiet">You see everything once more before you pay.</p>
      <Forward back="delivery" label="Continue to review" disabled={chosen === "card" && rests} />
    </form>
  );
}

function methodWords(kind: Method, country: string): string {
  switch (kind) {
    case "card":
      return country === "US" ? "Visa, Mastercard, American Express, Discover" : "Visa, Mastercard, American Express";
    case "klarna":
      return `With Klarna: ${KLARNA[country]}`;
    case "paypal":
      return "You confirm with PayPal when you pay";
    default:
      return "You confirm with your bank when you pay";
  }
}

function CardFields({ troubles, onMend }: { troubles: { field: CardField; words: string }[]; onMend: (field: CardField) => void }): JSX.Element {
  const refused = refusal.value;
  const props = (field: CardField) => ({
    name: `card-${field}`,
    value: card.value[field],
    trouble: troubles.find((trouble) => trouble.field === field)?.words ?? (refused?.field === field ? "Your bank declined this." : undefined),
    onInput: (value: string): void => {
      card.value = { ...card.value, [field]: field === "number" ? grouped(value) : field === "expiry" ? slashed(value, card.value.expiry) : value };
      if (refused?.field === field) refusal.value = { ...refused, field: null };
      onMend(field);
    },
  });
  return (
    <div class="fields card-fields">
      <Field {...props("number")} label="Card number" autocomplete="cc-number" inputmode="numeric" maxlength={23} wide />
      <Field {...props("expiry")} label="Expiry" autocomplete="cc-exp" inputmode="numeric" maxlength={7} hint="Month / year" />
      <Field {...props("code")} label="Security code" autocomplete="cc-csc" inputmode="numeric" maxlength={4} hint="3 digits on the back" />
      <Field {...props("holder")} label="Name on card" autocomplete="cc-name" wide />
      <TestCards />
    </div>
  );
}

/** "4242424242424242" is "4242 4242 4242 4242". */
function grouped(number: string): string {
  return number.replace(/\D/g, "").replace(/(\d{4})(?=\d)/g, "$1 ");
}

/** "0928" is "09/28"; what is being taken away is left alone. */
function slashed(expiry: string, before: string): string {
  return expiry.length > before.length ? expiry.replace(/^(\d{2})\s*\/?\s*(\d{1,4})$/, "$1/$2") : expiry;
}

function TestCards(): JSX.Element {
  return (
    <details class="test-cards">
      <summary>Demo shop: test cards</summary>
      <p class="quiet">Nothing is charged here. Press a number to fill it in.</p>
      <ul>
        {TEST_CARDS.map(({ number, does }) => (
          <li key={number}>
            <button type="button" class="link number" data-card={number.replaceAll(" ", "")}
              onClick={() => (card.value = { number, expiry: card.value.expiry || "09/28", code: card.value.code || "123", holder: card.value.holder || address.value.name })}>
              {number}
            </button>{" "}{does}
          </li>
        ))}
      </ul>
    </details>
  );
}

export function ReviewStep(): JSX.Element {
  const isPaying = useSignal(false);
  const asksBank = useSignal(false);
  const { name, email, street, extra, postcode, city, state, country, phone } = address.value;

  async function pay(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (isPaying.value) return;
    isPaying.value = true;
    track("payment.started", { method: method.value });
    await new Promise((answered) => setTimeout(answered, BANK_MS));
    isPaying.value = false;
    if (method.value !== "card") return place();
    const outcome = charge(card.value.number);
    switch (outcome.kind) {
      case "paid":
        return place();
      case "declined":
        return declined(outcome.code);
      case "confirm":
        asksBank.value = true;
        return;
      case "not_confirmed":
        return notConfirmed(outcome.code);
    }
  }

  return (
    <form onSubmit={pay} noValidate>
      <h1>Is everything right?</h1>
      <dl class="card review">
        <div><dt>Send to</dt><dd>{name}<br />{[street, extra].filter(Boolean).join(", ")}<br />{[postcode, city, state].filter(Boolean).join(" ")}, {countryName(country)}</dd><Link to="address">Change<span class="away"> the address</span></Link></div>
        <div><dt>Confirmation to</dt><dd>{email}{phone && <><br />{phone}</>}</dd><Link to="address">Change<span class="away"> the e-mail</span></Link></div>
        <div><dt>Delivery</dt><dd>{DELIVERY_NAMES[delivery.value]}</dd><Link to="delivery">Change<span class="away"> the delivery</span></Link></div>
        <div><dt>Payment</dt><dd>{METHOD_NAMES[method.value]}{method.value === "card" && `, ends in ${card.value.number.replace(/\D/g, "").slice(-4)}`}</dd><Link to="payment">Change<span class="away"> the payment</span></Link></div>
      </dl>
      <p class="forward">
        <button type="submit" class="go" id="pay" aria-disabled={isPaying.value}>{isPaying.value ? "Asking your bank" : `Pay ${money(totals.value.total)}`}</button>
        <Link to="payment" class="back">Back</Link>
      </p>
      <p class="quiet">You can change or cancel within 30 minutes, and send things back within 30 days.</p>
      {asksBank.value && (
        <Bank onAnswer={(answer) => {
          asksBank.value = false;
          if (answer === "confirmed") place();
          else notConfirmed(answer);
        }} />
      )}
    </form>
  );
}

/** The bank's own window, as a card with 3-D Secure brings it up. */
function Bank({ onAnswer }: { onAnswer: (answer: "confirmed" | "refused" | "timeout") => void }): JSX.Element {
  const window = useRef<HTMLDialogElement>(null);
  useEffect(() => window.current?.showModal(), []);
  return (
    <dialog ref={window} aria-labelledby="bank" onCancel={() => onAnswer("refused")}>
      <p class="quiet">Your bank (demo)</p>
      <h2 id="bank">Confirm {money(totals.value.total)} to Fernhill?</h2>
      <p>The bank asks you to confirm this payment, as it would in its app.</p>
      <div class="buttons">
        <button type="button" class="go" onClick={() => onAnswer("confirmed")}>Confirm</button>
        <button type="button" onClick={() => onAnswer("refused")}>Refuse</button>
        <button type="button" class="link" onClick={() => onAnswer("timeout")}>Let the time run out</button>
      </div>
    </dialog>
  );
}

function declined(code: string): void {
  const [field, words] = declineWords(code);
  batch(() => {
    declines.value += 1;
    refusal.value = { field, words };
    done.value = done.value.filter((step) => step !== "payment");
  });
  go("payment");
  track("payment.failed", { code, method: "card", amount: decimal(totals.value.total), currency: totals.value.currency });
}

function notConfirmed(code: string): void {
  batch(() => {
    refusal.value = { field: null, words: NOT_CONFIRMED };
    done.value = done.value.filter((step) => step !== "payment");
  });
  go("payment");
  track("payment.authentication_failed", { code, method: "card", amount: decimal(totals.value.total), currency: totals.value.currency });
}

function place(): void {
  const { total, currency } = totals.value;
  const number = `FH-${String(crypto.getRandomValues(new Uint32Array(1))[0]! % 900_000 + 100_000)}`;
  batch(() => {
    placed.value = { number, email: address.value.email, total: money(total), totals: totals.value, lines: lines.value, coupon: coupon.value };
    card.value = { number: "", expiry: "", code: "", holder: "" };
    lines.value = [];
    done.value = [];
    // Within the batch: an empty cart at the review step would lead back to the cart.
    go("thank-you", true);
  });
  track("order.completed", { value: decimal(total), currency, order: number });
  coupon.value = null;
}

export function ThankYou(): JSX.Element {
  const order = placed.value;
  if (!order) {
    return (
      <section>
        <h1>No order yet</h1>
        <p class="card">Nothing has been ordered in this tab. <Link to="cart">Go to the cart</Link></p>
      </section>
    );
  }
  return (
    <section>
      <h1>Thank you. Your order is placed.</h1>
      <div class="card done">
        <p>Order <strong id="order-number">{order.number}</strong>, {order.total}</p>
        <p>The confirmation goes to {order.email} within 15 minutes. The tracking link comes when the parcel leaves.</p>
        <ul class="small-lines">
          {order.lines.map((line) => (
            <li key={line.product + line.variant}>
              <img src={`/demo/pictures/${line.product}.svg`} alt="" width="44" height="44" />
              <span>{productOf(line.product)?.title}<br /><span class="quiet">{line.variant}{line.quantity > 1 && `, × ${line.quantity}`}</span></span>
              <span>{formatted(linePrice(line, order.totals.currency), order.totals.currency)}</span>
            </li>
          ))}
        </ul>
        <p class="quiet">Changed your mind? Change or cancel within 30 minutes by the link in the confirmation.</p>
      </div>
      <p class="forward"><button type="button" class="go" onClick={startAgain}>Start again</button></p>
    </section>
  );
}
