/** Conversations as the desk is told them: one where everything is known, and others with little. */
import type { Block, Message, Staff, Story, Suggestion, Summary } from "../shared/protocol.ts";
import type { Told } from "./desk_script.ts";
import { ago, paragraph } from "./messages.ts";

export const MAYA: Staff = { id: "st-maya", name: "Maya Lindner", email: "maya@fernhill.example", role: "agent" };

const PENDING: Suggestion = {
  id: "pending-payments", title: "Pending payments", confidence: 0.86,
  short_answer: "A declined attempt is not taken. Your bank may show it as pending for up to 3 days.",
};
const CHECK: Suggestion = {
  id: "check-with-your-bank", title: "Check with your bank", confidence: 0.61,
  short_answer: "Your bank can see each attempt and can let the amount go sooner.",
};
const PAYPAL: Suggestion = { id: "pay-with-paypal", title: "Pay with PayPal", confidence: 0.44, short_answer: "PayPal works too." };

function summary(id: string, changed: Partial<Summary>): Summary {
  return {
    id, owner: "queue", epoch: 1, agent: null, shopper: { name: null, verified: false, present: true }, question: null,
    reason: "asked", reason_text: "Asked for a person", place: 1, queued_at: ago(60), claimed_at: null, updated_at: ago(60),
    step: "payment", total: null, last: null, contact: null, locale: "en", language: null, ...changed,
  };
}

function story(question: string, changed: Partial<Story> = {}): Story {
  return {
    question, why: [], reason: "asked", reason_text: "Asked for a person", brief: [], answers: [], page: null, trail: [], cart: null,
    events: [], opened_by: "shopper", country: null, currency: null, device: null, time_zone: null, locale: "en", language: null,
    shopper: { name: null, email: null, subject: null, verified: false }, contact: null, earlier: [], suggestions: [], changes: [],
    settled: null, ...changed,
  };
}

function message(seq: number, author: Message["author"], text: string, seconds: number, more: Partial<Message> = {}): Message {
  return { seq, at: ago(seconds), author, name: null, lang: "en", kind: "text", text, ...more };
}

const visited = (step: string, title: string, seconds: number, stay_s: number) =>
  ({ url: `/checkout/${step}`, title, step, at: ago(seconds), stay_s });

const QUESTION = "paid twice?? my bank shows 2 pending";
const TIMED_OUT = "Your bank asked for a confirmation and it timed out, so this order was not placed.";
const NOT_TAKEN = "A declined attempt is not taken. You may see it as pending for up to 3 days.";

/** Everything of the story has a value. */
export function paidTwice(changed: Partial<Summary> = {}): Told {
  const more: Block[] = [paragraph("Try this:"), { t: "ul", c: [[paragraph("Open your banking app and approve.")], [paragraph("Or use another card.")]] }];
  const contact = { name: "Anna G.", email: "anna.g@example.org", question: "Was I charged twice?" };
  const found = ({ id, title, confidence }: Suggestion, phrasing: string, cosine: number) => ({ id, title, confidence, phrasing, cosine });
  const messages = [
    message(1, "assistant", TIMED_OUT, 420, {
      kind: "offer", answer: { article: { id: "payment-3ds", title: "Confirming with your bank" }, more, verdict: null },
      offer: { event: "payment.authentication_failed", data: { code: "timeout" }, title: TIMED_OUT, verdict: null },
    }),
    message(2, "shopper", "will i be charged twice if i try again", 330),
    message(3, "assistant", NOT_TAKEN, 329, {
      kind: "answer", confidence: 0.93, band: "answer", verdict: "no",
      answer: { article: { id: "pending-payments", title: "Pending payments" }, more: [], verdict: "no" },
    }),
    message(4, "shopper", QUESTION, 163),
    message(5, "system", "I'll get someone from the shop. You are first in line.", 161, { kind: "notice", notice: { code: "queued", params: { place: 1 } } }),
  ];
  const facts = story(QUESTION, {
    reason: "not_helped", reason_text: "Two answers did not help",
    why: [{
      question: QUESTION, band: "clarify", confidence: 0.86, answer_at: 0.92,
      reasons: ["It answers directly from .92 on; this is .86.", "Missing most is the lead over the next article."],
      articles: [found(PENDING, "why are there two pending amounts", 0.71), found(CHECK, "my bank says it is pending", 0.64)],
      unexplained: ["twice"], repaired: [{ typed: "pendng", read: "pending" }],
    }],
    brief: [
      "Sees two pending charges of €92.80", "Stuck at payment: two card attempts failed at 3-D Secure",
      "The assistant explained pending charges; it did not help",
    ],
    answers: [{ article: { id: "pending-payments", title: "Pending payments" }, question: "will i be charged twice if i try again", confidence: 0.93, band: "answer", verdict: "no", at: ago(329) }],
    page: { url: "https://shop.example/checkout/payment", title: "Payment", step: "payment" },
    trail: [visited("cart", "Cart", 800, 40), visited("address", "Address", 760, 70), visited("delivery", "Delivery", 690, 25), visited("payment", "Payment", 665, 252)],
    cart: {
      currency: "EUR", subtotal: "87.90", shipping: "4.90", discount: "5.00", tax: "14.65", total: "87.80", coupon: "WELCOME10",
      lines: [{ title: "Trail jacket", variant: "moss, M", quantity: 1, price: "69.00" }, { title: "Wool socks, pair", quantity: 1, price: "18.90" }],
    },
    events: [
      { id: "ev1", event: "payment.authentication_failed", data: { code: "timeout", method: "card" }, at: ago(430), reported_by: "page" },
      { id: "ev2", event: "payment.failed", data: { code: "insufficient_funds" }, at: ago(300), reported_by: "shop" },
    ],
    opened_by: "offer:payment.authentication_failed", country: "AT", currency: "EUR", time_zone: "Europe/Vienna", language: "en",
    device: { kind: "phone", browser: "Safari 19", width: 390, height: 844 },
    shopper: { name: "Anna Gruber", email: "anna@example.org", subject: "customer-4711", verified: true },
    contact: { ...contact, at: ago(150) },
    earlier: [{ id: "c-earlier", at: ago(21 * 86_400), question: "do you ship to Graz", outcome: "answered by the assistant" }],
    suggestions: [PENDING, CHECK, PAYPAL],
    changes: [{ at: ago(161), owner: "queue", epoch: 1, by: "assistant", reason: "not_helped", note: null }],
    settled: "The first attempt was cancelled by the bank.",
  });
  return {
    summary: summary("c-paid-twice", {
      shopper: { name: "Anna Gruber", verified: true, present: true }, question: QUESTION, reason: "not_helped", reason_text: "Two answers did not help",
      queued_at: ago(161), updated_at: ago(161), total: { amount: "87.80", currency: "EUR" },
      last: { author: "shopper", text: QUESTION, at: ago(163) }, contact, language: "en", ...changed,
    }),
    story: facts,
    messages,
  };
}

/** The same, claimed by the one who looks. */
export function claimed(): Told {
  const told = paidTwice({ owner: "agent", epoch: 2, agent: { id: MAYA.id, name: MAYA.name }, place: null, claimed_at: ago(100), updated_at: ago(90) });
  const change = { at: ago(100), owner: "agent", epoch: 2, by: MAYA.name, reason: null, note: null } as const;
  const more = [
    message(6, "system", "Maya from the shop is here.", 100, { kind: "notice", notice: { code: "claimed", params: {} } }),
    message(7, "agent", "Hello Anna, I can see both attempts. Neither was taken.", 90, { name: "Maya" }),
  ];
  return { summary: told.summary, story: { ...told.story, changes: [...told.story.changes, change] }, messages: [...told.messages, ...more] };
}

export function holdJacket(): Told {
  const question = "can you hold the jacket for me in store";
  return {
    summary: summary("c-hold-jacket", {
      question, place: 2, queued_at: ago(65), updated_at: ago(65), step: "cart", total: { amount: "140.00", currency: "GBP" },
      last: { author: "shopper", text: question, at: ago(65) },
    }),
    story: story(question),
    messages: [message(1, "shopper", question, 66)],
  };
}

/** In a language no article has; the shopper has left the page. */
export function coupon(): Told {
  const question = "o cupão não funciona";
  return {
    summary: summary("c-coupon", {
      question, shopper: { name: null, verified: false, present: false }, reason: "language", reason_text: "Writes in a language no article has",
      place: 3, queued_at: ago(22), updated_at: ago(22), step: "review", total: { amount: "38.00", currency: "EUR" },
      last: { author: "shopper", text: question, at: ago(22) }, language: "pt",
    }),
    story: story(question, { reason: "language", reason_text: "Writes in a language no article has", language: "pt" }),
    messages: [message(1, "shopper", question, 23, { lang: "pt" })],
  };
}

export function closedOnes(): Summary[] {
  return ["does the tent fit two tall people", "do you ship to Graz", "where is my refund"].map((question, place) =>
    summary(`c-closed-${place}`, {
      owner: "closed", epoch: 4, question, place: null, step: "after", queued_at: ago(86_400 * (place + 1)), updated_at: ago(86_400 * (place + 1)),
      shopper: { name: ["Ida Berg", "Luis Ortega", "Noor Haddad"][place] ?? null, verified: false, present: false },
      last: { author: "agent", text: "Glad that works.", at: ago(86_400 * (place + 1)) },
    }));
}
