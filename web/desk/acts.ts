/** What an agent does, and what they are told when it does not work. */

import { batch } from "@preact/signals";

import type { ChatError, CloseReason, Presence } from "../shared/protocol.ts";
import { sendFile, signOut as signOutThere, whoAmI, type Me } from "./api.ts";
import { connect, disconnect, ask, sendReply, unwatch, watch } from "./link.ts";
import {
  connection, erased, flash, forget, forgetUnsent, found, history, listed, me, now_ms, onlyClosed, openId, place,
  sendingFiles, session, storyOpen, summaries, summary, tab, typing, unsent, welcomed, type Tab,
} from "./store.ts";
import { words } from "./words.ts";

const HISTORY_PAGE = 50;
const TYPING_AGAIN_MS = 4000;
const FILE_BYTES = 5 * 1024 * 1024;

/** Ids of files that may have arrived although nothing was heard of it: picked again, they are sent under the same. */
const filesUnheard = new Map<string, string>();

let clockAhead_ms = 0;
let typedAt_ms = 0;

/** Finds out who is signed in; called once. */
export async function start(): Promise<void> {
  setInterval(() => (now_ms.value = Date.now() + clockAhead_ms), 1000);
  addEventListener("hashchange", () => openFromAddress());
  try {
    const known = await whoAmI();
    if (known) signedIn(known);
    else session.value = "out";
  } catch {
    session.value = "out";
  }
}

export function signedIn(known: Me): void {
  clockAhead_ms = known.clockAhead_ms;
  batch(() => {
    now_ms.value = Date.now() + clockAhead_ms;
    me.value = known.staff;
    session.value = "in";
  });
  openFromAddress();
  connect();
}

export async function signOut(): Promise<void> {
  disconnect();
  await signOutThere().catch(() => undefined);
  batch(() => {
    forget();
    unsent.value = [];
    openId.value = null;
    session.value = "out";
  });
  location.hash = "";
}

/** Shows a conversation, keeps it up to date, and names it in the address so that a reload comes back to it. */
export function open(conversation: string | null): void {
  const before = openId.value;
  if (before === conversation) return;
  if (before && erased.value.has(before)) forgetUnsent(before);
  else if (before) unwatch(before);
  batch(() => {
    openId.value = conversation;
    flash.value = typing.value = found.value = null;
    storyOpen.value = false;
  });
  if (conversation && welcomed.value) watch(conversation);
  const address = conversation ? `#${conversation}` : "";
  if (location.hash !== address) window.history.replaceState(null, "", address || location.pathname);
}

function openFromAddress(): void {
  place.value = location.hash === "#notices" ? "notices" : "chats";
  // The open conversation stays as it is behind the notices.
  if (place.value === "notices") return;
  open(decodeURIComponent(location.hash.slice(1)) || null);
}

export async function claim(): Promise<void> {
  const known = summary.value;
  if (!known || (known.owner !== "queue" && known.owner !== "assistant")) return;
  await doOrSay({ type: "claim", conversation: known.id, epoch: known.epoch }, words.flash.claimed, (error) =>
    error.code === "stale_epoch" ? taken(known.id, error) : null,
  );
}

export async function handBack(settled: string): Promise<boolean> {
  const known = summary.value;
  if (!known) return false;
  return doOrSay({ type: "hand_back", conversation: known.id, epoch: known.epoch, settled }, words.flash.handedBack);
}

export async function close(reason: CloseReason): Promise<boolean> {
  const known = summary.value;
  if (!known) return false;
  return doOrSay({ type: "close", conversation: known.id, epoch: known.epoch, reason }, words.flash.closedNow);
}

export function reply(text: string): void {
  const known = summary.value;
  if (!known) return;
  flash.value = null;
  typedAt_ms = 0;
  sendReply(known.id, known.epoch, text);
}

export async function attach(file: File): Promise<void> {
  const known = summary.value;
  if (!known || sendingFiles.value.has(known.id)) return;
  flash.value = null;
  const notSent = (why: string): void => {
    flash.value = { tone: "bad", text: words.flash.fileNotSent(file.name, why) };
  };
  if (file.size > FILE_BYTES) return notSent(words.flash.fileTooLarge);
  const picked = [known.id, file.name, file.size, file.lastModified].join();
  const id = filesUnheard.get(picked) ?? crypto.randomUUID();
  filesUnheard.set(picked, id);
  sendingFiles.value = new Map(sendingFiles.value).set(known.id, file.name);
  try {
    await sendFile(id, known.id, known.epoch, file);
    filesUnheard.delete(picked);
  } catch (error) {
    const refused = error as ChatError;
    notSent(refused.code === "unreachable" ? words.flash.fileNoLine : explain(refused));
  }
  sendingFiles.value = new Map([...sendingFiles.value].filter(([conversation]) => conversation !== known.id));
}

/** Tells the shopper that somebody writes, at most every four seconds. */
export function tellTyping(on: boolean): void {
  const known = summary.value;
  if (!known || connection.value !== "online") return;
  const now = Date.now();
  if (on ? now - typedAt_ms < TYPING_AGAIN_MS : typedAt_ms === 0) return;
  typedAt_ms = on ? now : 0;
  ask({ type: "typing", conversation: known.id, on }).catch(() => undefined);
}

export async function setPresence(status: Presence): Promise<void> {
  await doOrSay({ type: "presence", status }, null);
}

export async function findArticles(question: string): Promise<void> {
  const conversation = openId.value;
  try {
    const answer = await ask({ type: "search", question, ...(conversation ? { conversation } : {}) });
    if (answer.type === "articles" && openId.value === conversation) found.value = answer.matches.slice(0, 3);
  } catch (error) {
    flash.value = { tone: "bad", text: explain(error as ChatError) };
  }
}

export function showTab(next: Tab): void {
  tab.value = next;
  if (next === "all" && history.value === "untouched") void loadHistory();
}

export function showOnlyClosed(on: boolean): void {
  onlyClosed.value = on;
  history.value = "untouched";
  void loadHistory();
}

/** The next older page of the All tab. */
export async function loadHistory(): Promise<void> {
  if (history.value === "loading") return;
  const before = history.value === "more" ? (listed.value.at(-1)?.updated_at ?? null) : null;
  history.value = "loading";
  try {
    const filter = onlyClosed.value ? "closed" : "all";
    const answer = await ask({ type: "history", filter, before });
    const count = answer.type === "conversations" ? answer.conversations.length : 0;
    history.value = count >= HISTORY_PAGE ? "more" : "whole";
  } catch (error) {
    history.value = "more";
    flash.value = { tone: "bad", text: explain(error as ChatError) };
  }
}

/** True when it was done. */
async function doOrSay(
  frame: Parameters<typeof ask>[0],
  done: string | null,
  say?: (error: ChatError) => string | null,
): Promise<boolean> {
  flash.value = null;
  try {
    await ask(frame);
    if (done) flash.value = { tone: "good", text: done };
    return true;
  } catch (error) {
    const refused = error as ChatError;
    flash.value = { tone: "bad", text: say?.(refused) ?? explain(refused) };
    // Whoever has it now is in the story's changes.
    if (refused.code === "stale_epoch" && openId.value) watch(openId.value);
    return false;
  }
}

/** The news of who has it may come before or after the refusal. */
function taken(conversation: string, refused: ChatError): string {
  const agent = summaries.value.get(conversation)?.agent;
  return agent ? words.flash.taken(agent.name) : explain(refused);
}

function explain({ code, message, hint }: ChatError): string {
  if (code === "offline") return words.flash.offline;
  if (code === "slow") return words.flash.slow;
  // The server's own words say who has the conversation now.
  return [message, hint].filter(Boolean).join(" ") || (code === "stale_epoch" ? words.flash.movedOn : words.flash.unknown);
}
