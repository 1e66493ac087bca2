/** The widget's elements, region by region. They follow the chat, call acts, and keep no state but focus. */
import type { Message } from "../shared/protocol.ts";
import { createComposer } from "./composer.ts";
import { type Contact, createContactForm } from "./contact.ts";
import { button, h } from "./dom.ts";
import { choices, live, startOver } from "./follow.ts";
import type { ForThisTab } from "./keep.ts";
import { createLog } from "./log.ts";
import { type MessageActs, authorOf } from "./messages.ts";
import type { Pieces } from "./place.ts";
import { type Chat, isHandedOver } from "./store.ts";
import { Word } from "./word.ts";
import { say, words } from "./words.ts";

export interface Acts extends MessageActs {
  chat: Readonly<Chat>;
  open(by: string): void;
  close(): void;
  say(text: string): void;
  typing(): void;
  askPerson(): void;
  contact(contact: Contact): void;
  dismiss(nudge: Message): void;
  suggest(text: string): void;
  notify(): void;
  erase(): void;
  showAnyway(): void;
}

export interface View {
  root: HTMLElement;
  pieces: Pieces;
  /** Says it once, to a screen reader. */
  announce(message: Message): void;
  focusPanel(toField: boolean): void;
  toEnd(): void;
}

const SPOKEN_MS = 1_000;

export function createView(shop: string, tab: ForThisTab, acts: Acts): View {
  startOver();
  const title = say(Word.help, { shop });
  const log = createLog(acts, createContactForm(tab, acts.contact));
  const composer = createComposer(tab, acts.say, (text) => {
    acts.typing();
    acts.suggest(text);
  });
  const spoken = h("div.unseen", { "aria-live": "polite" });
  const launcher = createLauncher(acts);
  const nudge = createNudge(acts);
  const panel = h("div.panel", { part: "panel", role: "dialog", "aria-label": title, tabindex: -1, hidden: true },
    createHead(title, acts),
    h("div.fold", button("link", words[Word.showAnyway], acts.showAnyway)),
    log.node,
    h("div.bottom", log.below, choices(({ matches }) => matches, (card) => {
      composer.clear();
      acts.pick(card);
    }), createTrouble(speak), composer.node, createFoot(acts)));

  function speak(text: string): void {
    const entry = h("div", text);
    spoken.append(entry);
    setTimeout(() => entry.remove(), SPOKEN_MS);
  }

  return {
    root: h("div.root", { role: "region", "aria-label": title, lang: words[Word.lang] }, launcher, nudge, panel, spoken),
    pieces: { launcher, nudge, panel },
    announce(message) {
      if (message.author !== "shopper") speak(message.kind === "notice" ? message.text : `${authorOf(message)}: ${message.text}`);
    },
    focusPanel(toField) {
      panel.focus();
      // A folded panel has no field to take it further.
      if (toField) composer.field.focus();
    },
    toEnd: log.toEnd,
  };
}

/** One sentence, for where there is room for one. */
function nudgeWords({ nudge }: Readonly<Chat>): string {
  return nudge?.offer?.title || nudge?.text || "";
}

function createLauncher(acts: Acts): HTMLElement {
  return button("launcher", [
    h("span.icon"),
    live(h("span.line"), (chat) => ({ text: nudgeWords(chat) })),
    h("span.unseen", words[Word.open]),
    live(h("span.badge"), ({ unread }) => ({ text: unread ? String(unread) : "" })),
  ], () => acts.open("shopper"), { part: "launcher" });
}

function createNudge({ chat, open, dismiss }: Acts): HTMLElement {
  return h("section.nudge", { part: "nudge", hidden: true },
    live(h("p", { dir: "auto" }), (now) => ({ text: nudgeWords(now), lang: now.nudge?.lang })),
    h("div.row",
      button("main", words[Word.more], () => open(`offer:${chat.nudge?.offer?.event ?? chat.nudge?.id}`)),
      button("link", words[Word.dismiss], () => chat.nudge && dismiss(chat.nudge))));
}

function createHead(title: string, acts: Acts): HTMLElement {
  const sub = live(h("p.sub.quiet"), ({ state }) => ({
    text: state && (state.owner === "agent" && state.agent ? say(Word.personHere, state.agent) : words[state.desk.staffed ? Word.peopleHere : Word.peopleAway]),
  }));
  const strip = live(h("p.strip", { role: "status" }), ({ state }) => ({
    text: state?.owner === "queue" && say(state.desk.staffed ? Word.place : Word.placeAway, { n: state.queue?.place ?? 1 }),
  }));
  const known = live(h("p.strip"), ({ notices }) => ({ text: notices.map(({ text }) => text).join("\n") }));
  let told = false;
  const tell = live(button("link", "", () => {
    told = true;
    acts.notify();
  }), ({ notices }) => ({ text: notices[0] && !told && words[Word.tellMe] }));
  return live(h("div", h("span.face", h("span.icon")), h("div", h("h2", title), sub),
    button("shut", "×", acts.close, { "aria-label": words[Word.close] }), strip, known, tell),
  ({ state }) => ({ class: `head ${state?.owner}` }));
}

/** What is the matter with the connection, or what the server refused. */
function createTrouble(speak: (text: string) => void): HTMLElement {
  const node: HTMLElement = live(h("p"), ({ trouble, status, open, unsent }) => {
    const text = trouble === "update" ? words[Word.update] : trouble ?? (status === "offline" && unsent[0] && words[Word.notSent]);
    if (open && text && text !== node.textContent) speak(text);
    return { text, class: `trouble ${trouble ? "problem" : "quiet"}` };
  });
  return node;
}

function createFoot(acts: Acts): HTMLElement {
  const person = live(button("link", words[Word.person], acts.askPerson), ({ state, asking }) => ({
    hidden: asking || isHandedOver(state),
  }));
  const erase = button("link", words[Word.erase], () => {
    const isSure = erase.textContent === words[Word.eraseSure];
    if (isSure) acts.erase();
    erase.textContent = words[isSure ? Word.erase : Word.eraseSure];
  });
  return h("div.foot.row", person,
    live(h("div.row", button("link", words[Word.download], () => download(acts.chat.messages)), erase), ({ messages }) => ({ hidden: !messages[0] })));
}

/** The conversation as a file of plain text. */
function download(messages: Message[]): void {
  const text = messages.map((message) => `${message.at} ${authorOf(message)}: ${message.text}`).join("\n\n");
  h("a", { href: URL.createObjectURL(new Blob([text])), download: "chat.txt" }).click();
}
