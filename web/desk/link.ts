/** The desk's connection: frames that must arrive go through the shared transport, those for now go at once or not at all. */

import type { ChatError, DeskFrame, ToDesk } from "../shared/protocol.ts";
import { browserClock, createTransport, type Socket, type Transport } from "../shared/transport.ts";
import { connection, erase, erased, flash, lastSeq, openId, session, take, threads, typing, unsent } from "./store.ts";
import { whoAmI } from "./api.ts";
import { words } from "./words.ts";

/** A frame as it is asked for, its id still to come. */
type Ask = DeskFrame extends infer F ? (F extends { id: string } ? Omit<F, "id"> : never) : never;

interface Waiting {
  done: (answer: ToDesk) => void;
  failed: (error: ChatError) => void;
  stop: () => void;
}

const ANSWER_MS = 10_000;
const TYPING_MS = 10_000;

const waiting = new Map<string, Waiting>();
/** The last number before a gap that has been asked about already. */
const gaps = new Map<string, number>();
let socket: WebSocket | null = null;
let transport: Transport<DeskFrame> | null = null;
let stopTyping: (() => void) | null = null;

export function connect(): void {
  transport ??= createTransport<DeskFrame, ToDesk>({
    openSocket: () => {
      socket = new WebSocket(new URL("/desk/socket", location.href.replace(/^http/, "ws")));
      return socket as Socket;
    },
    hello: () => null,
    onFrame: heard,
    onStatus: (status) => {
      if (status === "online") online();
      else if (status === "offline") void lost();
    },
    onRefused: () => {
      session.value = "expired";
      return false;
    },
    clock: browserClock,
    random: () => Math.random(),
  });
  transport.connect();
}

export function disconnect(): void {
  transport?.close();
  failAll();
  connection.value = "connecting";
}

/** Does not wait any longer for the next try. */
export function tryNow(): void {
  transport?.wake();
}

/** The server's answer. Rejects with a `ChatError`: its own, `offline`, or `slow` after ten seconds. */
export function ask(frame: Ask): Promise<ToDesk> {
  const id = crypto.randomUUID();
  return new Promise((done, failed) => {
    if (transport?.status !== "online" || !socket) return failed({ code: "offline", status: 0, message: "" });
    const stop = browserClock.after(ANSWER_MS, () => settle(id)?.failed({ code: "slow", status: 0, message: "" }));
    waiting.set(id, { done, failed, stop });
    socket.send(JSON.stringify({ ...frame, id }));
  });
}

/** Kept until the server has it, over any number of connections; see `unsent` for how it goes. */
export function sendReply(conversation: string, epoch: number, text: string): void {
  const id = crypto.randomUUID();
  unsent.value = [...unsent.value, { id, conversation, text, refused: null }];
  transport?.send({ type: "reply", id, conversation, epoch, text });
}

export function watch(conversation: string): void {
  if (erased.value.has(conversation)) return;
  ask({ type: "watch", conversation, after: lastSeq(conversation) }).catch(({ code }: ChatError) => {
    if (code !== "not_found" || openId.value !== conversation) return;
    // It was there before: it was erased while the line was down.
    if (threads.value.get(conversation)?.loaded) return erase(conversation);
    openId.value = null;
    flash.value = { tone: "bad", text: words.flash.missing };
  });
}

export function unwatch(conversation: string): void {
  ask({ type: "unwatch", conversation }).catch(() => undefined);
}

function heard(frame: ToDesk): void {
  if (frame.type === "message" && missesSome(frame.conversation, frame.seq)) return watch(frame.conversation);
  take(frame);
  if (frame.type === "typing") endTypingLater();
  if ("id" in frame && frame.id && frame.type !== "message") {
    if (frame.type === "error") {
      refuseReply(frame);
      settle(frame.id)?.failed(frame);
    } else {
      if (frame.type === "ack") unsent.value = unsent.value.filter(({ id }) => id !== frame.id);
      settle(frame.id)?.done(frame);
    }
  }
}

/** Messages are numbered one after the other: a number left out was lost on the way, left out again it does not exist. */
function missesSome(conversation: string, seq: number): boolean {
  const last = lastSeq(conversation);
  if (last === 0 || seq <= last + 1 || gaps.get(conversation) === last) return false;
  gaps.set(conversation, last);
  return true;
}

function refuseReply({ id, code, message, hint }: ChatError): void {
  if (code === "unavailable" || code === "rate_limited") return;
  const refused = [message, hint].filter(Boolean).join(" ");
  unsent.value = unsent.value.map((reply) => (reply.id === id ? { ...reply, refused } : reply));
}

function endTypingLater(): void {
  stopTyping?.();
  stopTyping = browserClock.after(TYPING_MS, () => {
    typing.value = null;
  });
}

function online(): void {
  connection.value = "online";
  // `welcome` has not been read yet: the transport tells the status first.
  queueMicrotask(() => openId.value && watch(openId.value));
}

/** A refused handshake looks like a lost line: only the server can say which it was. */
async function lost(): Promise<void> {
  connection.value = "lost";
  failAll();
  const known = await whoAmI().catch(() => undefined);
  if (known !== null) return;
  disconnect();
  session.value = "expired";
}

function settle(id: string): Waiting | undefined {
  const found = waiting.get(id);
  waiting.delete(id);
  found?.stop();
  return found;
}

function failAll(): void {
  for (const id of [...waiting.keys()]) settle(id)?.failed({ code: "offline", status: 0, message: "" });
}
