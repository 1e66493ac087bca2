/** Frames and messages of docs/protocol.md, version 1. Field names are the wire's. */

export const PROTOCOL_VERSION = 1;
export const TEXT_LIMIT = 2000;

export type Author = "shopper" | "assistant" | "agent" | "system";
export type Owner = "assistant" | "queue" | "agent" | "closed";
export type Kind = "text" | "answer" | "clarify" | "offer" | "offer_person" | "notice" | "file";
export type Verdict = "yes" | "no";
export type NoticeCode =
  | "queued" | "claimed" | "handed_back" | "closed" | "reopened"
  | "contact_wanted" | "contact_kept" | "unavailable";

// ---- text as a tree ---------------------------------------------------------------------------------

export type Inline =
  | string
  | { t: "strong" | "em" | "code" | "br"; c?: Inline[] }
  | { t: "a"; href: string; c: Inline[] };

export type Block =
  | { t: "p"; c: Inline[] }
  | { t: "h"; c: Inline[] }
  | { t: "ul"; c: Block[][] }
  | { t: "ol"; c: Block[][] };

// ---- messages ---------------------------------------------------------------------------------------

export interface Choice {
  label: string;
  article: string | null;
  /** `tell` says a fact that was asked for, such as the country; it goes back as `choose` with its label. */
  action: "choose" | "tell" | "person" | "none";
}

export interface Answer {
  article: { id: string; title: string };
  more: Block[];
  verdict: Verdict | null;
}

export interface Offer {
  event: string;
  data: Record<string, unknown>;
  title: string;
  verdict: null | "dismissed";
}

export interface AttachedFile {
  id: string;
  name: string;
  type: string;
  bytes: number;
  /** In pixels, as a picture says itself. */
  width?: number;
  height?: number;
}

export interface Message {
  seq: number;
  at: string;
  author: Author;
  name: string | null;
  lang: string;
  kind: Kind;
  text: string;
  /** The sender's own id, on what a shopper or an agent wrote. */
  id?: string;
  nodes?: Block[];
  answer?: Answer;
  choices?: Choice[];
  chosen?: string | null;
  notice?: { code: NoticeCode; params: Record<string, unknown> };
  offer?: Offer;
  file?: AttachedFile;
  /** At the desk only: how sure the assistant was, and what it did with that. */
  confidence?: number;
  band?: "answer" | "clarify" | "hand_over";
  verdict?: Verdict | null;
}

export interface State {
  owner: Owner;
  epoch: number;
  agent: { name: string } | null;
  queue: { place: number; waiting: number } | null;
  desk: { staffed: boolean };
  contact: "none" | "wanted" | "kept";
}

export interface ChatError {
  code: string;
  status: number;
  message: string;
  hint?: string;
  id?: string;
}

// ---- context: what the page tells -------------------------------------------------------------------

export interface Page {
  url: string;
  title: string;
  step?: string | undefined;
}

export interface Visit extends Page {
  at: string;
}

/** How long each page was looked at is counted by the server. */
export interface TrailEntry extends Visit {
  stay_s: number;
}

export interface CartLine {
  title: string;
  variant?: string;
  quantity: number;
  price: string;
}

export interface Cart {
  currency: string;
  lines: CartLine[];
  subtotal: string;
  shipping: string;
  discount?: string;
  tax?: string;
  total: string;
  coupon?: string;
}

export interface PageEvent {
  id: string;
  event: string;
  data: Record<string, unknown>;
  at: string;
}

export interface Device {
  kind: "phone" | "tablet" | "desktop";
  /** Its name, or all that it says of itself (the user agent). */
  browser: string;
  width: number;
  height: number;
}

export interface Context {
  page?: Page;
  trail?: Visit[];
  cart?: Cart;
  events?: PageEvent[];
  country?: string;
  currency?: string;
  locale?: string;
  time_zone?: string;
  device?: Device;
  opened_by?: string;
  consent?: boolean;
  /** The way of payment that is chosen. */
  method?: string;
  /** A payment is on its way. */
  paying?: boolean;
  /** The shopper was here before. */
  returning?: boolean;
}

/** An article in short. */
export interface Card {
  id: string;
  title: string;
  nodes?: Block[];
}

/** A known problem or change, and whom it concerns: an empty list is everybody. */
export interface Notice {
  id: string;
  text: string;
  steps: string[];
  countries: string[];
  methods: string[];
  until: string | null;
}

// ---- the shopper's frames ---------------------------------------------------------------------------

export interface Hello {
  type: "hello";
  v: 1;
  site: string;
  visitor: string | null;
  conversation: string | null;
  after: number;
  locale: string;
  context: Context;
}

export type ShopperFrame =
  | Hello
  | { type: "say"; id: string; text: string }
  | { type: "choose"; id: string; article: string | null; label: string; seq: number }
  | { type: "verdict"; id: string; seq: number; helped: boolean }
  | { type: "ask_person"; id: string }
  | { type: "contact"; id: string; name: string; email: string; question: string }
  | { type: "context"; context: Context }
  | { type: "track"; id: string; event: string; data: Record<string, unknown> }
  | { type: "fire"; id: string; trigger: string }
  | { type: "suggest"; id: string; text: string }
  | { type: "notify_me"; id: string; notice: string }
  | { type: "erase"; id: string }
  | { type: "dismiss"; seq: number }
  | { type: "identify"; jwt: string }
  | { type: "typing" }
  | { type: "ping" };

export interface Welcome {
  type: "welcome";
  v: number;
  visitor: string;
  verified: boolean;
  name: string | null;
  conversation: string | null;
  last: number;
  locale: string;
  limits: { text: number; file?: number; files?: number };
  /** A regular expression for the shop's order numbers, which are not masked. */
  order_pattern?: string | null;
}

export type ToShopper =
  | Welcome
  | { type: "ack"; id: string; seq: number | null; conversation: string | null }
  | ({ type: "message" } & Message)
  | { type: "update"; seq: number; verdict?: Verdict | "dismissed"; chosen?: string }
  | ({ type: "state" } & State)
  | { type: "typing"; author: "assistant" | "agent"; on: boolean }
  | ({ type: "error" } & ChatError)
  | { type: "suggestions"; id: string; matches: Card[] }
  | { type: "notices"; notices: Notice[] }
  | { type: "erased"; conversation: string }
  | { type: "pong" };

// ---- the desk's frames ------------------------------------------------------------------------------

export type CloseReason = "solved" | "no_answer" | "spam" | "other";
export type Presence = "online" | "away";

export type DeskFrame =
  | { type: "watch"; id: string; conversation: string; after: number }
  | { type: "unwatch"; id: string; conversation: string }
  | { type: "claim"; id: string; conversation: string; epoch: number }
  | { type: "reply"; id: string; conversation: string; epoch: number; text: string }
  | { type: "hand_back"; id: string; conversation: string; epoch: number; settled: string }
  | { type: "close"; id: string; conversation: string; epoch: number; reason: CloseReason }
  | { type: "typing"; id: string; conversation: string; on: boolean }
  | { type: "presence"; id: string; status: Presence }
  | { type: "history"; id: string; filter: "all" | "closed"; before: string | null }
  | { type: "search"; id: string; question: string; conversation?: string }
  | { type: "ping" };

export interface Staff {
  id: string;
  name: string;
  email: string;
  role: "agent" | "editor" | "admin";
}

export interface StaffOnline {
  id: string;
  name: string;
  status: Presence;
}

export interface Suggestion {
  id: string;
  title: string;
  short_answer: string;
  confidence: number;
}

export interface Summary {
  id: string;
  owner: Owner;
  epoch: number;
  agent: { id: string; name: string } | null;
  shopper: { name: string | null; verified: boolean; present: boolean };
  question: string | null;
  reason: string | null;
  reason_text: string | null;
  place: number | null;
  queued_at: string | null;
  claimed_at: string | null;
  updated_at: string;
  step: string | null;
  total: { amount: string; currency: string } | null;
  last: { author: Author; text: string; at: string } | null;
  contact: { name: string; email: string; question: string } | null;
  locale: string;
  language: string | null;
}

/** Why the assistant was as sure as it was of one question. */
export interface Why {
  question: string;
  band: string;
  confidence: number;
  answer_at: number;
  reasons: string[];
  articles: { id: string; title: string; confidence: number; phrasing: string; cosine: number }[];
  unexplained: string[];
  repaired: { typed: string; read: string }[];
}

export interface Story {
  question: string | null;
  why?: Why[];
  reason: string | null;
  reason_text: string | null;
  brief: string[];
  answers: {
    article: { id: string; title: string };
    question: string;
    confidence: number;
    band: string;
    verdict: Verdict | null;
    at: string;
  }[];
  page: Page | null;
  trail: TrailEntry[];
  cart: Cart | null;
  events: (PageEvent & { reported_by: "page" | "shop" })[];
  opened_by: string | null;
  country: string | null;
  currency: string | null;
  device: Device | null;
  time_zone: string | null;
  locale: string | null;
  language: string | null;
  shopper: { name: string | null; email: string | null; subject: string | null; verified: boolean };
  contact: { name: string; email: string; question: string; at: string } | null;
  earlier: { id: string; at: string; question: string | null; outcome: string }[];
  files?: (AttachedFile & { seq: number; author: Author; at: string })[];
  suggestions: Suggestion[];
  changes: { at: string; owner: Owner; epoch: number; by: string | null; reason: string | null; note: string | null }[];
  settled: string | null;
}

export type ToDesk =
  | { type: "welcome"; staff: Staff; conversations: Summary[]; staff_online: StaffOnline[] }
  | { type: "conversation"; conversation: Summary }
  | { type: "conversations"; id: string; conversations: Summary[] }
  | { type: "story"; conversation: string; story: Story }
  | ({ type: "message"; conversation: string } & Message)
  | { type: "update"; conversation: string; seq: number; verdict?: Verdict | "dismissed"; chosen?: string }
  | { type: "typing"; conversation: string; author: "shopper" | "assistant" | "agent"; on: boolean }
  | { type: "erased"; conversation: string }
  | { type: "notices" }
  | { type: "articles"; id: string; matches: Suggestion[] }
  | { type: "presence"; staff_online: StaffOnline[] }
  | { type: "ack"; id: string }
  | ({ type: "error" } & ChatError)
  | { type: "pong" };
