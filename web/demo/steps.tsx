/** Cart, address and delivery. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";

import { postcodeExample, troublesOf, type Address, type Field as AddressField, type Trouble } from "./address.ts";
import { track, trackErrors } from "./chat.ts";
import { Field, focusFirst, Problem } from "./field.tsx";
import { DELIVERY_NAMES, inWords, Link } from "./frame.tsx";
import { COUNTRIES, countryName, GAS, MOST_OF_ONE, NOT_SERVED, PRODUCTS, productOf, zoneOf } from "./goods.ts";
import { add, address, delivery, finish, lines, money, order, setQuantity, setVariant, totals } from "./state.ts";
import { deliveriesOf, feeOf, linePrice, US_MOST, type DeliveryKind, type Line } from "./totals.ts";

const SHOWN_BELOW = 4;

export function CartStep(): JSX.Element {
  const { currency, goods } = totals.value;
  const tooMuch = order.value.country === "US" && goods > US_MOST;
  const others = PRODUCTS.filter(({ id, price }) => price[currency] && !lines.value.some(({ product }) => product === id));
  const more = lines.value.length ? [...others.slice(0, SHOWN_BELOW - 1), ...others.slice(SHOWN_BELOW - 1).slice(-1)] : others;
  if (lines.value.length === 0) {
    return (
      <section>
        <h1>Your cart</h1>
        <p class="card">Your cart is empty. Add something below; it stays here for 30 days.</p>
        <More products={more} />
      </section>
    );
  }
  return (
    <section>
      <h1>Your cart</h1>
      <ul class="card cart-lines">{lines.value.map((line) => <CartLine key={line.product + line.variant} line={line} />)}</ul>
      <Problem words={tooMuch ? "Goods above $2,500 can't be ordered online. Take something out, or ask us." : null} />
      <p class="forward"><button type="button" class="go" disabled={tooMuch} onClick={() => finish("cart")}>Go to checkout</button></p>
      <More products={more} />
    </section>
  );
}

function CartLine({ line }: { line: Line }): JSX.Element {
  const known = productOf(line.product)!;
  return (
    <li>
      <img src={`/demo/pictures/${line.product}.svg`} alt="" width="84" height="84" />
      <div class="what">
        <h2>{known.title}</h2>
        <p class="quiet">{known.about}</p>
        <div class="choices">
          {known.variants.length > 1 ? (
            <label><span class="away">Variant of {known.title}</span>
              <select value={line.variant} onChange={(event) => setVariant(line, event.currentTarget.value)}>
                {known.variants.map((variant) => <option key={variant} value={variant}>{variant}</option>)}
              </select>
            </label>
          ) : <span class="quiet">{line.variant}</span>}
          <label><span class="away">Quantity of {known.title}</span>
            <select value={String(line.quantity)} onChange={(event) => setQuantity(line, Number(event.currentTarget.value))}>
              {Array.from({ length: MOST_OF_ONE }, (_, at) => <option key={at} value={String(at + 1)}>{at + 1}</option>)}
            </select>
          </label>
          <button type="button" class="link" aria-label={`Remove ${known.title}`} onClick={() => setQuantity(line, 0)}>Remove</button>
        </div>
      </div>
      <p class="price">{known.price[totals.value.currency] ? money(linePrice(line, totals.value.currency)) : "not shipped"}</p>
    </li>
  );
}

function More({ products }: { products: typeof PRODUCTS }): JSX.Element {
  const { currency } = totals.value;
  return (
    <section class="more" aria-labelledby="more">
      <h2 id="more">{lines.value.length ? "Goes well with it" : "What we have"}</h2>
      <ul>
        {products.map(({ id, title, price }) => (
          <li key={id}>
            <img src={`/demo/pictures/${id}.svg`} alt="" width="120" height="120" />
            <span class="title">{title}</span>
            <span class="quiet">{money(price[currency] ?? 0)}</span>
            <button type="button" aria-label={`Add ${title}`} onClick={() => add(id)}>Add</button>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function AddressStep(): JSX.Element {
  const troubles = useSignal<Trouble[]>([]);
  const given = address.value;
  const words = (field: AddressField): string | undefined => troubles.value.find((trouble) => trouble.field === field)?.words;
  const change = (field: AddressField) => (value: string): void => {
    address.value = { ...address.value, [field]: value };
    troubles.value = troubles.value.filter((trouble) => trouble.field !== field);
  };
  const needsPhone = given.country === "US" || given.country === "GB";

  function submit(event: SubmitEvent): void {
    event.preventDefault();
    troubles.value = troublesOf(given);
    for (const { field, rejected } of troubles.value) {
      if (rejected) track("address.rejected", { field, reason: rejected });
    }
    trackErrors(troubles.value.filter(({ rejected }) => !rejected).map(({ field }) => field));
    if (troubles.value.length) return focusFirst(troubles.value.map(({ field }) => field));
    address.value = trimmed(given);
    finish("address");
  }

  return (
    <form onSubmit={submit} noValidate>
      <h1>Where should it go?</h1>
      <Problem words={troubles.value.length > 1 ? `${troubles.value.length} fields have to be mended before we can go on.` : null} />
      <div class="card fields">
        <Field name="email" label="E-mail" type="email" inputmode="email" autocomplete="email" wide value={given.email} trouble={words("email")}
          hint="For the confirmation and the tracking link." onInput={change("email")} />
        <Field name="country" label="Country" wide value={given.country} trouble={words("country")} onInput={change("country")}>
          <CountrySelect value={given.country} trouble={words("country")} onChange={change("country")} />
        </Field>
        <Field name="name" label="First and last name" autocomplete="name" wide value={given.name} trouble={words("name")} onInput={change("name")} />
        <Field name="street" label="Street and house number" autocomplete="address-line1" wide value={given.street} trouble={words("street")} onInput={change("street")} />
        <Field name="extra" label="Flat, floor, company" autocomplete="address-line2" wide optional value={given.extra} trouble={words("extra")} onInput={change("extra")} />
        <Field name="postcode" label={given.country === "US" ? "ZIP code" : "Postcode"} autocomplete="postal-code" value={given.postcode}
          trouble={words("postcode")} hint={postcodeExample(given.country) && `For example ${postcodeExample(given.country)}`} onInput={change("postcode")} />
        <Field name="city" label="Town or city" autocomplete="address-level2" value={given.city} trouble={words("city")} onInput={change("city")} />
        {given.country === "US" && <Field name="state" label="State" autocomplete="address-level1" value={given.state} trouble={words("state")} onInput={change("state")} />}
        <Field name="phone" label="Phone" type="tel" inputmode="tel" autocomplete="tel" wide={given.country !== "US"} optional={!needsPhone} value={given.phone}
          trouble={words("phone")} hint={needsPhone ? "The carrier needs it." : "For the carrier only. Express needs it."} onInput={change("phone")} />
      </div>
      <Forward back="cart" label="Continue to delivery" />
    </form>
  );
}

function CountrySelect({ value, trouble, onChange }: { value: string; trouble: string | undefined; onChange: (value: string) => void }): JSX.Element {
  const byName = (codes: string[]): JSX.Element[] =>
    codes.map((code) => [countryName(code), code] as const).sort().map(([name, code]) => <option key={code} value={code}>{name}</option>);
  return (
    <select id="country" name="country" autocomplete="country" value={value} aria-invalid={trouble ? "true" : undefined}
      aria-describedby={trouble ? "country-trouble" : undefined} onChange={(event) => onChange(event.currentTarget.value)}>
      <optgroup label="We ship to">{byName(COUNTRIES)}</optgroup>
      <optgroup label="Not yet">{byName(NOT_SERVED)}</optgroup>
    </select>
  );
}

function trimmed(given: Address): Address {
  return Object.fromEntries(Object.entries(given).map(([field, value]) => [field, value.trim()])) as unknown as Address;
}

export function DeliveryStep(): JSX.Element {
  const { country } = order.value;
  const offered = deliveriesOf(lines.value, country);
  const needsPhone = useSignal(false);
  const problem = offered.length ? null
    : `The gas cartridge goes to Austria and Germany only. Take it out of the cart, and the ways of delivery to ${inWords(country)} come back.`;
  useEffect(() => {
    if (problem) track("shipping.unavailable", { country, reason: "gas" });
  }, [problem]);

  function submit(event: SubmitEvent): void {
    event.preventDefault();
    needsPhone.value = delivery.value === "express" && !address.value.phone.trim();
    if (needsPhone.value) return focusFirst(["phone"]);
    finish("delivery");
  }

  return (
    <form onSubmit={submit} noValidate>
      <h1>How should it come?</h1>
      <Problem words={problem} />
      {problem ? (
        <p class="forward">
          <button type="button" class="go" onClick={() => (lines.value = lines.value.filter(({ product }) => product !== GAS))}>Take the gas cartridge out</button>
          <Link to="address" class="back">Another address</Link>
        </p>
      ) : (
        <>
          <fieldset class="card options">
            <legend class="away">Way of delivery</legend>
            {offered.map((kind) => <DeliveryOption key={kind} kind={kind} />)}
          </fieldset>
          {needsPhone.value && (
            <div class="card fields">
              <Field name="phone" label="Phone" type="tel" inputmode="tel" autocomplete="tel" wide value={address.value.phone}
                trouble="Express needs a phone number for the carrier." onInput={(phone) => (address.value = { ...address.value, phone })} />
            </div>
          )}
          <p class="quiet">To {address.value.name}, {[address.value.street, address.value.extra].filter(Boolean).join(", ")}, {address.value.postcode} {address.value.city}, {countryName(country)}. <Link to="address">Change</Link></p>
          <Forward back="address" label="Continue to payment" />
        </>
      )}
    </form>
  );
}

function DeliveryOption({ kind }: { kind: DeliveryKind }): JSX.Element {
  const { goods, discount } = totals.value;
  const fee = feeOf(kind, order.value.country, goods - discount);
  return (
    <label class="option">
      <input type="radio" name="delivery" value={kind} checked={delivery.value === kind} onChange={() => (delivery.value = kind)} />
      <span class="what"><strong>{DELIVERY_NAMES[kind]}</strong><span class="quiet">{deliveryWords(kind, order.value.country)}</span></span>
      <span class="price">{fee ? money(fee) : "free"}</span>
    </label>
  );
}

function deliveryWords(kind: DeliveryKind, country: string): string {
  const zone = zoneOf(country)!;
  switch (kind) {
    case "standard":
      return `${zone.days} working days once it has left`;
    case "express":
      return `${zone.expressDays} working ${zone.expressDays === "1" ? "day" : "days"} once it has left, with UPS. Street addresses only`;
    case "pick_up_point":
      return `${zone.days} working days, then held for 7 days at a parcel shop near you`;
    case "shop":
      return "Ready in 2 opening hours when the shop has everything, else in 2 to 3 working days. Held for 10 days";
  }
}

export function Forward({ back, label, disabled }: { back: string; label: string; disabled?: boolean }): JSX.Element {
  return (
    <p class="forward">
      <button type="submit" class="go" disabled={disabled}>{label}</button>
      <Link to={back} class="back">Back</Link>
    </p>
  );
}
