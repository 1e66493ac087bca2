/** The pages behind the links in the footer. Every figure is that of docs/fernhill.md. */

import type { ComponentChildren, JSX } from "preact";

import { openChat } from "./chat.ts";
import { Link } from "./frame.tsx";
import { nextStep } from "./state.ts";

const PAGES: Record<string, { title: string; body: () => ComponentChildren }> = {
  delivery: {
    title: "Delivery",
    body: () => (
      <>
        <p>Every parcel leaves from Hall in Tirol, Austria. Paid by 14:00 on a working day, it leaves the same day.</p>
        <table>
          <thead><tr><th scope="col">To</th><th scope="col">Standard</th><th scope="col">Free from</th><th scope="col">Express</th></tr></thead>
          <tbody>
            <tr><th scope="row">Austria, Germany</th><td>€4.90, 1 to 3 days</td><td>€100</td><td>€12.90, 1 day</td></tr>
            <tr><th scope="row">BE, CZ, DK, FR, HR, HU, IT, LU, NL, PL, SI, SK</th><td>€7.90, 3 to 5 days</td><td>€120</td><td>€16.90, 1 to 2 days</td></tr>
            <tr><th scope="row">Other EU countries</th><td>€11.90, 4 to 7 days</td><td>€150</td><td>€21.90, 2 to 3 days</td></tr>
            <tr><th scope="row">United Kingdom</th><td>£6.90, 4 to 6 days</td><td>£100</td><td>£16.90, 2 to 3 days</td></tr>
            <tr><th scope="row">United States</th><td>$14.90, 6 to 10 days</td><td>$150</td><td>$34.90, 3 to 4 days</td></tr>
          </tbody>
        </table>
        <p>Days are working days from the day the parcel leaves. We don't ship to Switzerland, Liechtenstein, Norway, Canada, Australia or any other country, and not to PO boxes. Gas cartridges go to Austria and Germany only.</p>
      </>
    ),
  },
  returns: {
    title: "Returns",
    body: () => (
      <>
        <p>30 days from delivery, also for sale items: unworn outdoors, unwashed, with tags.</p>
        <p>The way back is free from Austria and Germany. From other EU countries it is €5.90, from the UK £6.90, from the US $14.90, taken off the refund. Faulty or wrong items are free everywhere.</p>
        <p>We refund within 5 working days of arrival, to the method you paid with.</p>
      </>
    ),
  },
  payment: {
    title: "Payment",
    body: () => (
      <>
        <p>Visa, Mastercard and American Express, PayPal, Apple Pay and Google Pay everywhere. Klarna, EPS, iDEAL, Bancontact and Przelewy24 by country. This demo shows some of them.</p>
        <p>With cards, your bank reserves the amount at the order and we take it when the parcel leaves. A reservation of an attempt that failed is let go by the bank, most often within 3 days, at some banks up to 10 days.</p>
        <p>Card details go straight to the payment provider. We see the last 4 digits and the expiry date.</p>
      </>
    ),
  },
  privacy: {
    title: "Privacy",
    body: () => (
      <>
        <p>Orders and invoices are kept for 7 years, because Austrian tax law asks for it. Chats are kept for 90 days, details typed into a checkout that was not finished for 30 days. Payment data is never with us.</p>
        <p>To see or delete your data, write to <a href="mailto:privacy@fernhill.example">privacy@fernhill.example</a>. We answer within 30 days.</p>
        <p>The newsletter box is never ticked for you.</p>
      </>
    ),
  },
  imprint: {
    title: "Imprint",
    body: () => (
      <>
        <p>Fernhill Outdoor GmbH, Innsbruck, Austria, founded 2009. An invented company: this is a demo.</p>
        <p>E-mail: <a href="mailto:help@fernhill.example">help@fernhill.example</a>, answered within 1 working day.</p>
        <p>Our shop in Innsbruck is open Monday to Friday 9:30 to 18:30 and Saturday 9:30 to 17:00, with a step-free entrance.</p>
      </>
    ),
  },
};

export function titleOfHelp(name: string): string {
  return PAGES[name]?.title ?? "Not found";
}

export function HelpPage({ name }: { name: string }): JSX.Element {
  const page = PAGES[name];
  return (
    <section class="text">
      <h1>{titleOfHelp(name)}</h1>
      <div class="card">{page ? page.body() : <p>There is no page with this address.</p>}</div>
      <p class="forward">
        <Link to={nextStep()} class="go">Back to your order</Link>
        <button type="button" class="link" onClick={openChat}>Ask us</button>
      </p>
    </section>
  );
}
