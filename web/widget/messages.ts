/** One message as elements. What was said is drawn once; only what can be pressed under it is drawn again. */
import type { Choice, Message } from "../shared/protocol.ts";
import { type Child, ICONS, h, icon } from "./dom.ts";
import { drawBlocks } from "./nodes.ts";
import type { Unsent } from "./store.ts";
import { type Words, say } from "./words.ts";

export interface MessageActs {
  choose(seq: number, choice: Choice): void;
  verdict(seq: number, helped: boolean): void;
  sendAgain(id: string): void;
}

export interface Drawn {
  node: HTMLElement;
  /** Draws what may have changed; the same value twice touches nothing. */
  update(message: Message): void;
}

export function authorOf(message: Message, words: Words): string {
  if (message.author === "shopper") return words.you;
  return message.author === "assistant" ? words.assistant : message.name ?? words.shop;
}

export function drawMessage(message: Message, words: Words, acts: MessageActs): Drawn {
  if (message.kind === "notice") {
    return { node: h("div", { class: "notice", lang: message.lang, dir: "auto" }, message.text), update: () => {} };
  }
  const under = h("div", { class: "under", tabindex: "-1" });
  const node = h("div", { class: `msg ${message.author} ${message.kind}` },
    h("span", { class: "who" }, authorOf(message, words)),
    drawBubble(message, words),
    under);
  let drawn = "";
  return {
    node,
    update(now) {
      const key = JSON.stringify([now.answer?.verdict, now.chosen, now.choices]);
      if (key === drawn) return;
      drawn = key;
      const root = under.getRootNode() as Document | ShadowRoot;
      const hadFocus = under.contains(root.activeElement);
      under.replaceChildren(...drawUnder(now, words, acts).filter((child): child is HTMLElement => Boolean(child)));
      if (hadFocus) under.focus();
    },
  };
}

function drawBubble(message: Message, words: Words): HTMLElement {
  const { answer } = message;
  const more = answer && answer.more.length > 0
    ? h("details", {}, h("summary", {}, words.more), ...drawBlocks(answer.more)) : null;
  return h("div", { class: "bubble", lang: message.lang, dir: "auto" },
    ...(message.nodes ? drawBlocks(message.nodes) : [h("p", {}, message.text)]),
    more,
    answer ? h("p", { class: "source" }, say(words.from, { title: answer.article.title })) : null);
}

function drawUnder(message: Message, words: Words, acts: MessageActs): Child[] {
  return [
    message.answer ? drawVerdict(message, words, acts) : null,
    message.choices ? drawChoices(message, message.choices, words, acts) : null,
  ];
}

function drawVerdict({ seq, answer }: Message, words: Words, acts: MessageActs): HTMLElement {
  if (answer?.verdict) return h("p", { class: "quiet" }, answer.verdict === "yes" ? words.saidYes : words.saidNo);
  const button = (label: string, helped: boolean) =>
    h("button", { class: "pill", type: "button", onclick: () => acts.verdict(seq, helped) }, label);
  return h("div", { class: "row", role: "group", "aria-label": words.helped },
    h("span", { class: "quiet" }, words.helped), button(words.yes, true), button(words.no, false));
}

/** What was not chosen stays to be read, but is no longer a button. */
function drawChoices(message: Message, choices: Choice[], words: Words, acts: MessageActs): HTMLElement {
  const { seq, chosen, lang } = message;
  if (!chosen) {
    return h("div", { class: "choices", lang }, ...choices.map((choice) =>
      h("button", { class: "choice", type: "button", dir: "auto", onclick: () => acts.choose(seq, choice) }, choice.label)));
  }
  return h("div", { class: "choices", lang }, ...choices.map(({ label }) => (label === chosen
    ? h("p", { class: "choice chosen", dir: "auto" }, icon(ICONS.check), label, h("span", { class: "unseen" }, `, ${words.chosen}`))
    : h("p", { class: "choice passed", dir: "auto" }, label))));
}

export function drawUnsent(unsent: Unsent, words: Words, acts: MessageActs): Drawn & { note(text: string, again: boolean): void } {
  const note = h("span", { class: "quiet" });
  const again = h("button", { class: "link", type: "button", onclick: () => acts.sendAgain(unsent.id) }, words.again);
  const row = h("div", { class: "row under" }, note, again);
  const node = h("div", { class: "msg shopper unsent" },
    h("span", { class: "who" }, words.you), h("div", { class: "bubble", dir: "auto" }, h("p", {}, unsent.text)), row);
  return {
    node,
    update: () => {},
    note(text, canRetry) {
      if (note.textContent !== text) note.textContent = text;
      again.hidden = !canRetry;
      row.classList.toggle("soon", !canRetry);
    },
  };
}
