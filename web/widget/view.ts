/** The widget's elements, one draw function per region. It reads the chat, calls acts, and keeps no state but focus. */
import type { Message } from "../shared/protocol.ts";
import { createComposer } from "./composer.ts";
import { type Contact, createContactForm } from "./contact.ts";
import { ICONS, button, h, icon, setProps, setText } from "./dom.ts";
import type { ForThisTab, Keep } from "./keep.ts";
import { createLog } from "./log.ts";
import { type MessageActs, authorOf } from "./messages.ts";
import type { Pieces } from "./place.ts";
import type { Chat } from "./store.ts";
import { Word, type Words } from "./word.ts";
import { say } from "./words.ts";

export interface Acts extends MessageActs {
  open(by: string): void;
  close(): void;
  say(text: string): void;
  typing(): void;
  askPerson(): void;
  contact(contact: Contact): void;
  dismiss(seq: number): void;
  showAnyway(): void;
}

export interface View {
  root: HTMLElement;
  pieces: Pieces;
  draw(chat: Readonly<Chat>): void;
  /** Says it once, to a screen reader. */
  announce(message: Message): void;
  focusPanel(toField: boolean): void;
  toEnd(): void;
}

const SPOKEN_MS = 1_000;

/** One sentence, for where there is room for one. */
function nudgeWords(offer: Message): string {
  return offer.offer?.title || offer.text;
}

export function createView(words: Words, shop: string, tab: Keep<ForThisTab>, acts: Acts): View {
  const title = say(words[Word.help], { shop });
  const contact = createContactForm(words, tab, acts.contact);
  const log = createLog(words, acts, contact.node);
  const composer = createComposer(words, tab, (text) => acts.say(text), acts.typing);
  const launcher = createLauncher(words, acts);
  const nudge = createNudge(words, acts);
  const head = createHead(words, title, acts);
  const foot = createFoot(words, acts);
  const trouble = h("p", { class: "trouble" });
  const folded = h("div", { class: "fold" }, button("link", words[Word.showAnyway], acts.showAnyway));
  const panel = h("div", { class: "panel", part: "panel", role: "dialog", "aria-label": title, tabindex: "-1" },
    head.node, folded, log.node, h("div", { class: "bottom" }, log.below, trouble, composer.node, foot.node));
  const spoken = h("div", { class: "unseen", "aria-live": "polite" });
  const root = h("div", { class: "root", role: "region", "aria-label": title, lang: words[Word.lang] },
    launcher.node, nudge.node, panel, spoken);
  panel.hidden = nudge.node.hidden = true;

  function speak(text: string): void {
    const entry = h("div", {}, text);
    spoken.append(entry);
    setTimeout(() => entry.remove(), SPOKEN_MS);
  }

  function drawTrouble({ trouble: known, status, open }: Readonly<Chat>): void {
    const text = known === "update" ? words[Word.update] : known ?? { offline: words[Word.offline], connecting: words[Word.connecting] }[status as string] ?? "";
    if (open && text && status !== "connecting" && text !== trouble.textContent) speak(text);
    setText(trouble, text);
    trouble.className = `trouble ${known ? "problem" : status === "connecting" ? "quiet soon" : "quiet"}`;
    trouble.hidden = !text;
  }

  return {
    root,
    pieces: { launcher: launcher.node, nudge: nudge.node, panel },
    draw(chat) {
      launcher.draw(chat);
      nudge.draw(chat);
      head.draw(chat);
      const question = chat.messages.filter(({ author }) => author === "shopper").at(-1)?.text ?? "";
      contact.draw(chat.state?.contact === "wanted", chat.sendingContact, question);
      log.draw(chat);
      drawTrouble(chat);
      foot.draw(chat);
    },
    announce(message) {
      if (message.author === "shopper") return;
      speak(message.kind === "notice" ? message.text : `${authorOf(message, words)}: ${message.text}`);
    },
    focusPanel(toField) {
      panel.focus();
      // A folded panel has no field to take it further.
      if (toField) composer.field.focus();
    },
    toEnd: log.toEnd,
  };
}

function createLauncher(words: Words, acts: Acts) {
  const line = h("span", { class: "line" });
  const badge = h("span", { class: "badge" });
  const name = h("span", { class: "unseen" }, words[Word.open]);
  const node = button("launcher", icon(ICONS.chat), () => acts.open("shopper"), { part: "launcher" });
  node.append(line, name, badge);
  return {
    node,
    draw({ unread, nudge }: Readonly<Chat>): void {
      setText(line, nudge ? nudgeWords(nudge) : "");
      setText(badge, String(unread));
      badge.hidden = !unread;
    },
  };
}

function createNudge(words: Words, acts: Acts) {
  const text = h("p");
  let offer: Message | null = null;
  const node = h("section", { class: "nudge", part: "nudge" }, text,
    h("div", { class: "row" },
      button("main", words[Word.read], () => offer && acts.open(`offer:${offer.offer?.event}`)),
      button("link", words[Word.dismiss], () => offer && acts.dismiss(offer.seq))));
  return {
    node,
    draw(chat: Readonly<Chat>): void {
      offer = chat.nudge;
      if (!offer) return;
      setText(text, nudgeWords(offer));
      setProps(text, { lang: offer.lang, dir: "auto" });
    },
  };
}

function createHead(words: Words, title: string, acts: Acts) {
  const who = h("p", { class: "sub quiet" });
  const face = h("span", { class: "face" }, icon(ICONS.chat));
  const strip = h("p", { class: "strip", role: "status" });
  const node = h("div", { class: "head" }, face,
    h("div", {}, h("h2", {}, title), who),
    button("icon", icon(ICONS.close), acts.close, { "aria-label": words[Word.close] }), strip);
  return {
    node,
    draw({ state }: Readonly<Chat>): void {
      const agent = state?.owner === "agent" ? state.agent : null;
      const staffed = state?.desk.staffed;
      const here = words[staffed ? Word.peopleHere : Word.peopleAway];
      setText(who, agent ? say(words[Word.personHere], agent) : state ? here : "");
      node.classList.toggle("person", agent !== null);
      strip.hidden = state?.owner !== "queue";
      setText(strip, say(words[staffed ? Word.place : Word.placeAway], { n: state?.queue?.place ?? 1 }));
    },
  };
}

function createFoot(words: Words, acts: Acts) {
  const person = button("link", "", acts.askPerson);
  return {
    node: h("div", { class: "foot row quiet" }, person, h("span", {}, words[Word.card])),
    draw({ state, asking }: Readonly<Chat>): void {
      setText(person, asking ? words[Word.asking] : words[Word.person]);
      setProps(person, { "aria-disabled": asking });
      person.hidden = state?.owner === "queue" || state?.owner === "agent";
    },
  };
}
