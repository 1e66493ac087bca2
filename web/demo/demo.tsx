/** Fernhill's checkout: one page, a route for each step, and a chat that is told about each. */

import { effect } from "@preact/signals";
import { render, type JSX } from "preact";

import { keepChatInformed } from "./chat.ts";
import { Footer, GoodToKnow, Header, Link, STEP_NAMES, Summary } from "./frame.tsx";
import { HelpPage, titleOfHelp } from "./help.tsx";
import { PaymentStep, ReviewStep, ThankYou } from "./paying.tsx";
import { card, done, go, lines, mayOpen, method, nextStep, page, startUp, STEPS, type Step } from "./state.ts";
import { AddressStep, CartStep, DeliveryStep } from "./steps.tsx";

const SHOWS: Record<Step, () => JSX.Element> = {
  cart: CartStep, address: AddressStep, delivery: DeliveryStep, payment: PaymentStep, review: ReviewStep,
};

function Shop(): JSX.Element {
  const isStep = STEPS.includes(page.value as Step) && lines.value.length > 0;
  return (
    <>
      <a class="skip" href="#content">To the content</a>
      <Header />
      <div class={isStep ? "inner columns" : "inner columns without-summary"}>
        <main id="content" tabIndex={-1}><Content /></main>
        {isStep && <Summary key={page.value} />}
        <GoodToKnow />
      </div>
      <Footer />
    </>
  );
}

function Content(): JSX.Element {
  const name = page.value;
  if (name === "thank-you") return <ThankYou />;
  if (name.startsWith("help/")) return <HelpPage name={name.slice("help/".length)} />;
  const Show = SHOWS[name as Step];
  return Show ? <Show key={name} /> : <p class="card">There is no page with this address. <Link to="cart">Go to the cart</Link></p>;
}

function titleOf(name: string): string {
  if (name === "thank-you") return "Thank you";
  if (name.startsWith("help/")) return titleOfHelp(name.slice("help/".length));
  return STEP_NAMES[name as Step] ?? "Not found";
}

/** No step before its time: who comes by address, or with an empty cart, starts where something is missing. */
function keepInOrder(): void {
  const name = page.value;
  if (name === "") return go("cart", true);
  if (!STEPS.includes(name as Step) || name === "cart") return;
  // The card is not kept: after a reload it has to be typed in again.
  if (name === "review" && method.value === "card" && !card.value.number && done.value.includes("payment")) {
    done.value = done.value.filter((step) => step !== "payment");
  }
  if (lines.value.length === 0) return go("cart", true);
  if (!mayOpen(name as Step)) go(nextStep(), true);
}

/** A new page is said to a screen reader as a loaded one would be, by focus on its content. */
function announce(): void {
  let shown = page.value;
  effect(() => {
    document.title = `${titleOf(page.value)} · Fernhill`;
    if (page.value === shown) return;
    shown = page.value;
    requestAnimationFrame(() => {
      if (!document.activeElement || document.activeElement === document.body) document.getElementById("content")?.focus({ preventScroll: true });
    });
  });
}

startUp();
effect(keepInOrder);
keepChatInformed(titleOf);
const root = document.getElementById("shop")!;
root.replaceChildren();
render(<Shop />, root);
announce();
