/** What stands around every step: header with the steps, order summary, what is good to know, footer. */

import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";

import { minimumOf, linePrice, refusalOf, type CouponRefusal, type DeliveryKind } from "./totals.ts";
import { openChat, track } from "./chat.ts";
import { productOf, zoneOf, countryName } from "./goods.ts";
import { coupon, done, go, lines, mayOpen, money, order, page, placed, STEPS, totals, type Step } from "./state.ts";

export const STEP_NAMES: Record<Step, string> = {
  cart: "Cart", address: "Address", delivery: "Delivery", payment: "Payment", review: "Review",
};
export const DELIVERY_NAMES: Record<DeliveryKind, string> = {
  standard: "Standard delivery", express: "Express delivery", pick_up_point: "Pick-up point", shop: "Pick-up in Innsbruck",
};
export const HELP_PAGES: [path: string, title: string][] = [
  ["help/delivery", "Delivery"], ["help/returns", "Returns"], ["help/payment", "Payment"], ["help/privacy", "Privacy"],
  ["help/imprint", "Imprint"],
];

/** A link inside the shop: no page load, but a real address. */
export function Link({ to, class: name, children }: { to: string; class?: string; children: ComponentChildren }): JSX.Element {
  function follow(event: MouseEvent): void {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(to);
  }
  return <a href={`/demo/${to}`} onClick={follow} class={name}>{children}</a>;
}

export function Header(): JSX.Element {
  return (
    <header class="top">
      <div class="inner">
        <Link to="cart" class="brand"><img src="/demo/pictures/fernhill.svg" alt="" width="32" height="32" />Fernhill</Link>
        <nav aria-label="Steps of the checkout">
          <ol class="steps">
            {STEPS.map((step, at) => <li key={step}><StepLink step={step} number={at + 1} /></li>)}
          </ol>
        </nav>
        <button type="button" class="help" onClick={openChat}>Help</button>
      </div>
    </header>
  );
}

function StepLink({ step, number }: { step: Step; number: number }): JSX.Element {
  const isHere = page.value === step || (page.value === "" && step === "cart");
  const isDone = done.value.includes(step) || (page.value === "thank-you" && placed.value !== null);
  const name = <><span class="number" aria-hidden="true">{isDone && !isHere ? "✓" : number}</span><span>{STEP_NAMES[step]}</span></>;
  if (isHere) return <span class="step here" aria-current="step">{name}</span>;
  if (page.value !== "thank-you" && mayOpen(step)) return <Link to={step} class="step">{name}</Link>;
  return <span class="step">{name}</span>;
}

export function Summary(): JSX.Element {
  const { goods, discount, delivery, tax, duties, total, currency } = totals.value;
  const { country } = order.value;
  return (
    <aside class="summary" aria-label="Your order">
      <details open={innerWidth >= 900}>
        <summary><span>Your order</span> <strong class="at-a-glance">{money(total)}</strong></summary>
        {page.value !== "cart" && page.value !== "" && (
          <ul class="small-lines">
            {lines.value.map((line) => (
              <li key={line.product + line.variant}>
                <img src={`/demo/pictures/${line.product}.svg`} alt="" width="44" height="44" />
                <span>{productOf(line.product)?.title}<br /><span class="quiet">{line.variant}{line.quantity > 1 && `, × ${line.quantity}`}</span></span>
                <span>{money(linePrice(line, currency))}</span>
              </li>
            ))}
          </ul>
        )}
        <Coupon />
        <div class="totals" id="totals" aria-live="polite">
          <dl>
            <Sum label="Goods" value={money(goods)} />
            {discount > 0 && <Sum label={`Coupon ${coupon.value}`} value={money(-discount)} />}
            <Sum label={`Delivery to ${inWords(country)}`} value={delivery ? money(delivery) : "free"} />
            {duties > 0 && <Sum label="Import duties, prepaid" value={money(duties)} />}
            {tax !== 0 && <Sum label={tax > 0 ? "Sales tax" : "UK VAT taken off"} value={money(tax)} />}
            <Sum label="Total" value={money(total)} isTotal />
          </dl>
          <p class="quiet">{taxWords(country, tax)}</p>
        </div>
        <FreeFrom />
      </details>
    </aside>
  );
}

function Sum({ label, value, isTotal }: { label: string; value: string; isTotal?: boolean }): JSX.Element {
  return <div class={isTotal ? "sum total" : "sum"}><dt>{label}</dt><dd id={isTotal ? "total" : undefined}>{value}</dd></div>;
}

export const inWords = (country: string): string =>
  country === "GB" || country === "US" || country === "NL" ? `the ${countryName(country)}` : countryName(country);

function taxWords(country: string, tax: number): string {
  if (country === "US") return "Nothing is due at the door.";
  if (country !== "GB") return "VAT included. No duties: every parcel leaves from Austria.";
  return tax < 0 ? "The courier asks for VAT, duty and £12 before delivery." : "VAT included, duty prepaid. Nothing is due at the door.";
}

function FreeFrom(): JSX.Element | null {
  const { goods, discount } = totals.value;
  const zone = zoneOf(order.value.country);
  const missing = zone ? zone.freeFrom - goods + discount : 0;
  if (missing <= 0 || goods === 0) return null;
  return <p class="quiet free-from">Standard delivery is free from {money(zone!.freeFrom)}; {money(missing)} to go.</p>;
}

function Coupon(): JSX.Element {
  const text = useSignal("");
  const refused = useSignal<string | null>(null);
  const isOpen = useSignal(false);

  function apply(event: SubmitEvent): void {
    event.preventDefault();
    const code = text.value.trim().toUpperCase();
    if (!code) return void (refused.value = "Enter the code, then press Apply.");
    const why = refusalOf(code, order.value);
    track("coupon.tried", { code });
    if (!why) {
      coupon.value = code;
      text.value = "";
      refused.value = null;
      return;
    }
    refused.value = couponWords(why, code);
    track("coupon.rejected", { code, reason: why });
    document.getElementById("coupon")?.focus();
  }

  if (coupon.value && !isOpen.value) {
    return (
      <p class="coupon-in-use">
        <span>Coupon <strong>{coupon.value}</strong></span>
        <span>
          <button type="button" class="link" onClick={() => (isOpen.value = true)}>Another</button>{" "}
          <button type="button" class="link" onClick={() => (coupon.value = null)}>Remove</button>
        </span>
      </p>
    );
  }
  return (
    <form class="coupon" onSubmit={apply} noValidate>
      <label for="coupon">Coupon code</label>
      <div class="with-button">
        <input id="coupon" name="coupon" value={text.value} autocomplete="off" autocapitalize="characters" spellcheck={false}
          aria-invalid={refused.value ? "true" : undefined} aria-describedby="coupon-trouble"
          onInput={(event) => (text.value = event.currentTarget.value)} />
        <button type="submit">Apply</button>
      </div>
      <div id="coupon-trouble" role="alert">{refused.value && <p class="trouble">{refused.value}</p>}</div>
    </form>
  );
}

function couponWords(why: CouponRefusal, code: string): string {
  switch (why) {
    case "unknown":
      return `We don't know the code ${code}. Check it for a slip; capital or small letters make no difference.`;
    case "expired":
      return `The code ${code} ended on 31 August 2025.`;
    case "minimum":
      return `The code ${code} counts from ${money(minimumOf(code, order.value.country))} of goods.`;
    case "not_combinable":
      return `One coupon per order. Remove ${coupon.value} first to use ${code}.`;
  }
}

/** Beside the order there is room for what reassures, and for the chat when it is open. */
export function GoodToKnow(): JSX.Element {
  const zone = zoneOf(order.value.country);
  return (
    <aside class="good" aria-label="Good to know">
      <h2>Good to know</h2>
      <dl>
        <dt>Delivery</dt>
        <dd>{zone ? `${zone.days} working days to ${inWords(order.value.country)} once it has left. Paid by 14:00 on a working day, it leaves the same day.` : "To the EU, the UK and the US."}</dd>
        <dt>Returns</dt>
        <dd>30 days, also for sale items. {order.value.country === "AT" || order.value.country === "DE" ? "The way back is free." : "The label is on the returns page."}</dd>
        <dt>Payment</dt>
        <dd>Card details go straight to the payment provider. Your bank reserves the amount; we take it when the parcel leaves.</dd>
        <dt>No account needed</dt>
        <dd>Order as a guest. You can make an account afterwards, with one password.</dd>
      </dl>
      <p><button type="button" class="link" onClick={openChat}>Ask us anything</button>, Monday to Saturday 8:00 to 20:00 with a person, else with the assistant.</p>
    </aside>
  );
}

export function Footer(): JSX.Element {
  return (
    <footer class="bottom">
      <div class="inner">
        <p>Fernhill Outdoor GmbH, Innsbruck. A demo shop: nothing is sold or shipped.</p>
        <nav aria-label="About the shop">
          <ul>
            {HELP_PAGES.map(([to, title]) => <li key={to}><Link to={to}>{title}</Link></li>)}
            <li><button type="button" class="link" onClick={openChat}>Ask us</button></li>
          </ul>
        </nav>
      </div>
    </footer>
  );
}
