/** What the desk knows, as signals, and how each frame from the server changes it. No DOM, no network. */

import { batch, computed, signal } from "@preact/signals";

import type { Author, Message, Owner, Staff, StaffOnline, Story, Suggestion, Summary, ToDesk } from "../shared/protocol.ts";

export type Session = "unknown" | "out" | "expired" | "in";
export type Place = "chats" | "notices";
export type Tab = "queue" | "mine" | "all";
export type Connection = "connecting" | "online" | "lost";

/** A reply on its way: it leaves this list when the server has it. */
export interface Unsent {
  id: string;
  conversation: string;
  text: string;
  /** Why the server did not take it; null while it may still arrive. */
  refused: string | null;
}

export interface Thread {
  /** In the order of `seq`, each once. */
  messages: Message[];
  story: Story | null;
  /** False until the server has answered `watch` once. */
  loaded: boolean;
}

export interface Flash {
  tone: "good" | "bad";
  text: string;
}

const EMPTY_THREAD: Thread = { messages: [], story: null, loaded: false };

export const session = signal<Session>("unknown");
export const me = signal<Staff | null>(null);
export const connection = signal<Connection>("connecting");
export const welcomed = signal(false);
export const summaries = signal<ReadonlyMap<string, Summary>>(new Map());
export const threads = signal<ReadonlyMap<string, Thread>>(new Map());
export const staffOnline = signal<readonly StaffOnline[]>([]);
export const unsent = signal<readonly Unsent[]>([]);
export const typing = signal<{ conversation: string; author: Author } | null>(null);
/** Names of files on their way, by conversation. */
export const sendingFiles = signal<ReadonlyMap<string, string>>(new Map());
export const openId = signal<string | null>(null);
export const tab = signal<Tab>("queue");
export const onlyClosed = signal(false);
/** Of the history on the All tab: is it there, is there more, is it being fetched. */
export const history = signal<"untouched" | "loading" | "more" | "whole">("untouched");
/** Articles found by the agent's own words; null shows those of the story. */
export const found = signal<readonly Suggestion[] | null>(null);
export const flash = signal<Flash | null>(null);
export const storyOpen = signal(false);
export const dialog = signal<"hand_back" | "close" | "keys" | "notice_new" | "notice_end" | null>(null);
export const place = signal<Place>("chats");
/** Counts what may have changed the notices: they are read again. */
export const noticesNews = signal(0);
/** Conversations their shoppers had deleted since the desk was opened. */
export const erased = signal<ReadonlySet<string>>(new Set());
/** The server's time, ticking once a second. */
export const now_ms = signal(Date.now());

export const summary = computed(() => (openId.value ? (summaries.value.get(openId.value) ?? null) : null));
export const thread = computed(() => (openId.value && threads.value.get(openId.value)) || EMPTY_THREAD);
export const status = computed(() => staffOnline.value.find(({ id }) => id === me.value?.id)?.status ?? "online");

export const waiting = computed(() =>
  [...summaries.value.values()].filter(({ owner }) => owner === "queue").sort(byQueued),
);
export const mine = computed(() =>
  [...summaries.value.values()].filter((known) => isMine(known)).sort((a, b) => compare(b.updated_at, a.updated_at)),
);
export const all = computed(() =>
  [...summaries.value.values()]
    .filter(({ owner }) => !onlyClosed.value || owner === "closed")
    .sort((a, b) => compare(b.updated_at, a.updated_at)),
);
export const listed = computed(() => ({ queue: waiting, mine, all })[tab.value].value);

export function isMine(known: Summary): boolean {
  return known.owner === "agent" && known.agent?.id === me.value?.id;
}

/** The shopper wrote last and this agent is not looking at it. */
export function hasNewReply(known: Summary): boolean {
  return isMine(known) && known.last?.author === "shopper" && (known.id !== openId.value || place.value !== "chats");
}

/** Puts one frame into the signals. `ack` and `error` are for whoever asked, see link.ts. */
export function take(frame: ToDesk): void {
  // What was on its way when a conversation was erased.
  if ("conversation" in frame && typeof frame.conversation === "string" && erased.value.has(frame.conversation)) return;
  batch(() => {
    switch (frame.type) {
      case "welcome":
        noticesNews.value += 1;
        return takeWelcome(frame);
      case "conversation":
        return keep([frame.conversation]);
      case "conversations":
        return keep(frame.conversations);
      case "story":
        return takeStory(frame.conversation, frame.story);
      case "message":
        return takeMessage(frame.conversation, frame);
      case "update":
        return takeUpdate(frame);
      case "erased":
        return erase(frame.conversation);
      case "notices":
        noticesNews.value += 1;
        return;
      case "typing":
        if (frame.author === "shopper" || frame.author === "assistant") {
          typing.value = frame.on ? { conversation: frame.conversation, author: frame.author } : null;
        }
        return;
      case "presence":
        staffOnline.value = frame.staff_online;
        return;
    }
  });
}

/** Forgets everything but what was written and not yet sent. */
export function forget(): void {
  batch(() => {
    me.value = null;
    welcomed.value = false;
    summaries.value = new Map();
    threads.value = new Map();
    staffOnline.value = [];
    typing.value = flash.value = dialog.value = found.value = null;
    history.value = "untouched";
  });
}

/** The highest number from which on nothing is missing. */
export function lastSeq(conversation: string): number {
  return threads.value.get(conversation)?.messages.at(-1)?.seq ?? 0;
}

export function changeThread(conversation: string, change: (known: Thread) => Thread): void {
  const changed = new Map(threads.value);
  changed.set(conversation, change(changed.get(conversation) ?? EMPTY_THREAD));
  threads.value = changed;
}

/** What the server lists is all that is live now: what else was thought to be live has ended meanwhile. */
function takeWelcome(frame: ToDesk & { type: "welcome" }): void {
  me.value = frame.staff;
  staffOnline.value = frame.staff_online;
  const ended = [...summaries.value.values()].filter(({ owner }) => owner === "assistant" || owner === "closed");
  summaries.value = new Map([...ended, ...frame.conversations].map((known) => [known.id, known]));
  if (history.value !== "untouched") history.value = "untouched";
  welcomed.value = true;
}

/** Takes a conversation off the desk. A reply on its way stays until its agent has seen what became of it. */
export function erase(conversation: string): void {
  batch(() => {
    erased.value = new Set(erased.value).add(conversation);
    summaries.value = without(summaries.value, conversation);
    threads.value = without(threads.value, conversation);
    if (openId.value !== conversation) return forgetUnsent(conversation);
    typing.value = found.value = null;
    storyOpen.value = false;
    if (dialog.value === "hand_back" || dialog.value === "close") dialog.value = null;
  });
}

export function forgetUnsent(conversation: string): void {
  unsent.value = unsent.value.filter((reply) => reply.conversation !== conversation);
}

function without<Value>(known: ReadonlyMap<string, Value>, key: string): ReadonlyMap<string, Value> {
  const left = new Map(known);
  left.delete(key);
  return left;
}

/** A summary older than the one that is known (a slow `history`) does not take its place. */
function keep(changed: readonly Summary[]): void {
  const kept = new Map(summaries.value);
  for (const next of changed) {
    if (erased.value.has(next.id)) continue;
    const known = kept.get(next.id);
    if (!known || next.epoch > known.epoch || (next.epoch === known.epoch && next.updated_at >= known.updated_at)) {
      kept.set(next.id, next);
    }
  }
  summaries.value = kept;
}

/**
 * The story's last change of owner is news too: after a lost connection, or for a conversation opened by its address,
 * no summary has said who has it now.
 */
function takeStory(conversation: string, story: Story): void {
  changeThread(conversation, (known) => ({ ...known, story, loaded: true }));
  const last = story.changes.at(-1);
  const known = summaries.value.get(conversation);
  if (known && (!last || last.epoch <= known.epoch)) return;
  const owner: Owner = last?.owner ?? "assistant";
  const changed: Summary = {
    ...(known ?? summaryOf(conversation, story)),
    owner,
    epoch: last?.epoch ?? 0,
    agent: owner === "agent" ? { id: agentId(last?.by ?? null), name: last?.by ?? "" } : null,
  };
  summaries.value = new Map(summaries.value).set(conversation, changed);
}

function agentId(name: string | null): string {
  return (name === me.value?.name ? me.value?.id : staffOnline.value.find((online) => online.name === name)?.id) ?? "";
}

function summaryOf(id: string, story: Story): Summary {
  const { question, reason, reason_text, cart, shopper, contact, locale, language } = story;
  return {
    id, owner: "assistant", epoch: 0, agent: null, question, reason, reason_text, contact, language,
    shopper: { name: shopper.name, verified: shopper.verified, present: false },
    place: null, queued_at: null, claimed_at: null, last: null,
    updated_at: story.changes.at(-1)?.at ?? story.trail.at(-1)?.at ?? new Date(0).toISOString(),
    step: story.page?.step ?? null,
    total: cart ? { amount: cart.total, currency: cart.currency } : null,
    locale: locale ?? "en",
  };
}

function takeMessage(conversation: string, { type: _, conversation: __, ...message }: ToDesk & { type: "message" }): void {
  changeThread(conversation, (known) => ({
    ...known,
    messages: [...known.messages.filter(({ seq }) => seq !== message.seq), message].sort((a, b) => a.seq - b.seq),
  }));
  if (message.author === typing.value?.author) typing.value = null;
  if (message.author === "agent") arrived(conversation, message);
}

/** A reply that is stored is no longer on its way, whether or not the server repeats our id. */
function arrived(conversation: string, message: Message): void {
  const own = unsent.value.find((reply) =>
    message.id ? reply.id === message.id : reply.conversation === conversation && reply.text === message.text);
  if (own) unsent.value = unsent.value.filter((reply) => reply !== own);
}

function takeUpdate({ conversation, seq, verdict, chosen }: ToDesk & { type: "update" }): void {
  changeThread(conversation, (known) => ({
    ...known,
    messages: known.messages.map((message) => {
      if (message.seq !== seq) return message;
      const changed = { ...message };
      if (chosen !== undefined) changed.chosen = chosen;
      if (verdict === "dismissed") {
        if (message.offer) changed.offer = { ...message.offer, verdict };
      } else if (verdict && message.answer) {
        changed.answer = { ...message.answer, verdict };
        changed.verdict = verdict;
      }
      return changed;
    }),
  }));
}

function byQueued(a: Summary, b: Summary): number {
  return (a.place ?? Infinity) - (b.place ?? Infinity) || compare(a.queued_at ?? "", b.queued_at ?? "") || 0;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
