/** The conversation as this tab knows it. Frames come in, acts go out, `onChange` says when to draw. No DOM. */
import { maskAll } from "../shared/masking.ts";
import { TEXT_LIMIT } from "../shared/protocol.ts";
import type { Card, ChatError, Choice, Context, Message, Notice, PageEvent, ShopperFrame, State, ToShopper, Welcome } from "../shared/protocol.ts";
import { type Clock, PASSING, type Status, type Transport, type TransportOptions } from "../shared/transport.ts";
import { type ForAllTabs, type ForThisTab, NOTHING_FOR_ALL_TABS, NOTHING_FOR_THIS_TAB } from "./keep.ts";

/** Something the shopper said, or picked from the step's questions, that the server has not stored yet. */
export interface Unsent {
  id: string;
  text?: string;
  label?: string;
  article?: string | null;
  /** Why the server refused it, in words; nothing while it is on its way. */
  problem?: string;
}

/** A frame that is kept until it is answered, without what all of them have. */
type Kept<T extends ShopperFrame["type"]> = Omit<Extract<ShopperFrame, { type: T }>, "type" | "id">;

export interface Chat {
  open: boolean;
  status: Status;
  messages: Message[];
  unsent: Unsent[];
  state: State | null;
  writing: "assistant" | "agent" | null;
  /** In words, for what has no better place. */
  trouble: string | null;
  unread: number;
  /** The offer to show while the panel is closed, or a notice (without a number). */
  nudge: Message | null;
  /** The step's commonest questions, and what shoppers should know there. */
  cards: Card[];
  notices: Notice[];
  /** Articles that fit what is being typed. */
  matches: Card[];
  asking: boolean;
  sendingContact: boolean;
}

type Hooks = Pick<TransportOptions<ShopperFrame, ToShopper>,
  "hello" | "onFrame" | "onStatus" | "onRefused" | "onPending" | "pending" | "numbered">;

export interface StoreOptions {
  site: string;
  locale: () => string;
  context: () => Context;
  happened: (event: PageEvent) => void;
  /** What the guide has for where the shopper is. */
  around: () => Pick<Chat, "cards" | "notices">;
  onNotices: (notices: Notice[]) => void;
  mask: (text: string) => string;
  device: ForAllTabs;
  tab: ForThisTab;
  clock: Clock;
  newId: () => string;
  transport: (hooks: Hooks) => Transport<ShopperFrame>;
  onChange: (chat: Chat) => void;
  onWelcome: (frame: Welcome) => void;
  /** A message that was not there when the page was loaded. */
  onNew: (message: Message) => void;
  onHandOver: (state: State) => void;
}

/** Whether a person has it, or will. */
export const isHandedOver = (state: State | null) => /queue|agent/.test(state?.owner ?? "");

export type Store = ReturnType<typeof createStore>;

const WRITING_MOST_MS = 10_000;
const TYPING_EVERY_MS = 3_000;
const SUGGEST_FROM = 3;
const SUGGEST_AFTER_MS = 250;
const TRACK_BURST = 8;
const TRACK_BURST_MS = 10_000;

export function createStore(options: StoreOptions) {
  const { device, tab, clock, mask, newId } = options;
  const chat = { messages: [], unsent: [], cards: [], notices: [], matches: [] } as unknown as Chat;
  /** Messages up to here were there before the page; null until the first welcome. */
  let history: number | null = null;
  let conversation: string | null = null;
  let stopWriting = () => {};
  let stopSuggesting = () => {};
  let suggestion = "";
  let typedAt = -Infinity;
  let tracked: number[] = [];
  let jwt: string | null = null;
  let openedBy: string | undefined;

  let { pending } = tab;
  pending.forEach(shown);

  const transport = options.transport({
    numbered: true,
    pending,
    onPending(frames) {
      tab.pending = pending = frames;
    },
    hello(after) {
      conversation = device.conversation;
      return {
        type: "hello", v: 1, site: options.site, visitor: device.visitor, conversation, after,
        locale: options.locale(), context: { ...options.context(), ...(openedBy ? { opened_by: openedBy } : {}) },
      };
    },
    onFrame: take,
    onStatus(status) {
      chat.status = status;
      if (status !== "online") setWriting(null);
      changed();
    },
    onRefused(code) {
      if (code !== 4401 && code !== 4403) {
        chat.trouble = "update";
        changed();
        return false;
      }
      Object.assign(device, NOTHING_FOR_ALL_TABS, code === 4403 && { visitor: device.visitor });
      startOver();
      return true;
    },
  });

  function changed(): void {
    const last = chat.messages.at(-1)?.seq ?? 0;
    if (chat.open && last > device.seen) device.seen = last;
    Object.assign(chat, options.around());
    const { seen } = device;
    const notice = chat.notices.find(({ id }) => !tab.dismissed.includes(id));
    const unseen = chat.messages.filter(({ seq }) => seq > seen);
    chat.unread = unseen.filter(({ author, offer }) => /^a/.test(author) && !offer?.verdict).length;
    chat.nudge = unseen.findLast(({ seq, offer }) => offer && !offer.verdict && seq > (history ?? 0)) ?? (notice ? { ...notice, seq: 0 } as unknown as Message : null);
    options.onChange(chat);
  }

  function startOver(): void {
    chat.messages = [];
    chat.state = history = null;
  }

  // ---- frames ----

  function take(frame: ToShopper): void {
    (handlers[frame.type as "ack"] as ((frame: ToShopper) => void) | undefined)?.(frame);
    changed();
  }

  function welcome(frame: Welcome): void {
    options.onWelcome(frame);
    if (frame.conversation !== conversation && chat.messages[0]) startOver();
    device.visitor = frame.visitor;
    device.conversation = conversation = frame.conversation;
    history ??= frame.last;
    chat.trouble = null;
    sendJwt();
  }

  function message(message: Message): void {
    const { id, seq, author, offer } = message;
    if (id) forget(id);
    chat.messages.push(message);
    if (author !== "shopper") setWriting(null);
    if (offer && !offer.verdict && tab.dismissed.includes(seq)) return dismiss(message);
    if (seq > (history ?? 0)) options.onNew(message);
  }

  function sendJwt(): void {
    if (!jwt || chat.status !== "online") return;
    transport.send({ type: "identify", jwt });
    jwt = null;
  }

  function ack(frame: ToShopper & { type: "ack" }): void {
    if (frame.conversation) device.conversation = conversation = frame.conversation;
    // The message itself may have been seen by now, or there is none to come.
    if (Number(frame.seq) <= transport.last) forget(frame.id);
    chat.sendingContact = false;
  }

  function update({ seq, verdict, chosen }: Omit<ToShopper & { type: "update" }, "type">): void {
    const message = chat.messages.find((each) => each.seq === seq);
    if (chosen && message) message.chosen = chosen;
    const judged = verdict === "dismissed" ? message?.offer : message?.answer;
    if (verdict && judged) judged.verdict = verdict as never;
  }

  function state(state: State): void {
    const before = chat.state?.owner;
    chat.state = state;
    chat.asking = false;
    if (before && before !== state.owner && isHandedOver(state)) options.onHandOver(state);
  }

  function error({ id, code, message, hint }: ChatError): void {
    if (id === suggestion) return;
    const words = [message, hint].join(" ");
    const unsent = chat.unsent.find((each) => each.id === id);
    if (unsent) unsent.problem = words;
    else chat.trouble = words;
    // After these two the same frame is on its way again.
    if (!PASSING.test(code)) chat.sendingContact = chat.asking = false;
  }

  function setWriting(who: Chat["writing"]): void {
    stopWriting();
    chat.writing = who;
    if (who) stopWriting = clock.after(WRITING_MOST_MS, () => take({ type: "typing", author: who, on: false }));
  }

  function forget(id: string): void {
    chat.unsent = chat.unsent.filter((each) => each.id !== id);
  }

  const handlers = {
    welcome, ack, message, update, state, error,
    typing: ({ on, author }: ToShopper & { type: "typing" }) => setWriting(on ? author : null),
    suggestions({ id, matches }: ToShopper & { type: "suggestions" }): void {
      if (id === suggestion) chat.matches = matches;
    },
    notices: ({ notices }: ToShopper & { type: "notices" }) => options.onNotices(notices),
    erased(): void {
      Object.assign(device, NOTHING_FOR_ALL_TABS);
      Object.assign(tab, { ...NOTHING_FOR_THIS_TAB, open: chat.open });
      chat.unsent = [];
      startOver();
      transport.reset();
    },
  };

  // ---- acts ----

  function send(frame: ShopperFrame): void {
    transport.send(frame);
    transport.connect();
    changed();
  }

  function ask<T extends ShopperFrame["type"]>(type: T, fields: Kept<T>): void {
    send(shown({ type, id: newId(), ...fields } as unknown as ShopperFrame));
  }

  function setOpen(open: boolean): void {
    tab.open = chat.open = open;
    // Whoever opens the chat has read its notices.
    if (chat.nudge) tab.dismissed = [...tab.dismissed, ...chat.notices.map(({ id }) => id)];
  }

  /** Keeps on the screen what is on its way and will come back as a message of the shopper's. */
  function shown(frame: ShopperFrame): ShopperFrame {
    if (frame.type === "say" || (frame.type === "choose" && !frame.seq)) chat.unsent.push({ ...frame });
    return frame;
  }

  function say(text: string): void {
    chat.trouble = null;
    suggest("");
    ask("say", { text: mask(text.trim()).slice(0, TEXT_LIMIT) });
  }

  /** Without a connection the step's own questions are what there is. */
  function suggest(text: string): void {
    stopSuggesting();
    chat.matches = [];
    const words = mask(text.trim());
    if (words.length >= SUGGEST_FROM && chat.state?.owner !== "agent") {
      stopSuggesting = clock.after(SUGGEST_AFTER_MS, () => {
        suggestion = newId();
        if (chat.status === "online") return transport.send({ type: "suggest", id: suggestion, text: words });
        chat.matches = chat.cards;
        changed();
      });
    }
    changed();
  }

  function askPerson(): void {
    if (chat.asking) return;
    chat.asking = true;
    ask("ask_person", {});
  }

  function dismiss({ seq, id = "" }: Pick<Message, "seq" | "id">): void {
    tab.dismissed = [...tab.dismissed, seq || id];
    update({ seq, verdict: "dismissed" });
    if (seq) send({ type: "dismiss", seq });
    changed();
  }

  return {
    chat: chat as Readonly<Chat>,
    /** Goes on where the shopper left off, if there is anything to go on with, and at once. */
    resume(): void {
      if (chat.open || device.conversation || pending.length) transport.connect();
      transport.wake();
    },
    leave: transport.close,
    say,
    /** Sends what was refused once more, as a new message, or stops waiting for the network. */
    sendAgain(id: string): void {
      const unsent = chat.unsent.find((each) => each.id === id);
      transport.wake();
      if (!unsent?.problem || pending.some((frame) => (frame as Unsent).id === id)) return;
      forget(id);
      say(unsent.text ?? unsent.label ?? "");
    },
    choose(seq: number, choice: Choice): void {
      if (choice.action === "person") return askPerson();
      update({ seq, chosen: choice.label });
      ask("choose", { article: choice.article, label: choice.label, seq });
    },
    pick({ id, title }: Card): void {
      suggest("");
      ask("choose", { article: id, label: title, seq: 0 });
    },
    verdict(seq: number, helped: boolean): void {
      update({ seq, verdict: helped ? "yes" : "no" });
      ask("verdict", { seq, helped });
    },
    askPerson,
    contact(fields: { name: string; email: string; question: string }): void {
      chat.sendingContact = true;
      chat.trouble = null;
      ask("contact", maskAll(fields, mask));
    },
    dismiss,
    suggest,
    changed,
    fire(trigger: string): void {
      tab.fired = [...tab.fired, trigger];
      ask("fire", { trigger });
    },
    /** Word in the chat when what is announced is over. */
    notify(): void {
      for (const { id } of chat.notices) ask("notify_me", { notice: id });
    },
    erase: () => ask("erase", {}),
    typing(): void {
      if (clock.now() - typedAt < TYPING_EVERY_MS) return;
      typedAt = clock.now();
      transport.send({ type: "typing" });
    },
    context(context: Context): void {
      transport.send({ type: "context", context });
    },
    /** Every event is remembered; of a flood only the first few are sent at once. */
    track(event: string, data: Record<string, unknown> = {}): void {
      const now = clock.now();
      const id = newId();
      const kept = maskAll(data, mask);
      options.happened({ id, event, data: kept, at: new Date(now).toISOString() });
      tracked = tracked.filter((at) => now - at < TRACK_BURST_MS);
      if (tracked.push(now) <= TRACK_BURST) send({ type: "track", id, event, data: kept });
    },
    identify(token: string): void {
      jwt = token;
      sendJwt();
      transport.connect();
    },
    open(by: string): void {
      if (chat.open) return;
      openedBy ??= by;
      setOpen(true);
      send({ type: "context", context: { opened_by: openedBy } });
    },
    close(): void {
      setOpen(false);
      changed();
    },
    /** Another tab of this shop wrote what all tabs share. */
    otherTab(): void {
      const known = device.conversation;
      if (known && known !== conversation) {
        startOver();
        transport.reset();
        transport.connect();
      }
      changed();
    },
  };
}
