/** One message as elements. What was said is drawn once; only what can be pressed under it is drawn again. */
import type { Choice, Message } from "../shared/protocol.ts";
import { button, h } from "./dom.ts";
import { drawBlocks } from "./nodes.ts";
import { Word, type Words } from "./word.ts";
import { say } from "./words.ts";

export interface MessageActs {
  choose(seq: number, choice: Choice): void;
  verdict(seq: number, helped: boolean): void;
  sendAgain(id: string): void;
}

export interface Drawn {
  node: HTMLElement;
  /** Draws what may have changed; the same value twice touches nothing. */
  update(item: Item): void;
}

/** A message, or what was said and is not stored yet. */
export interface Item extends Message {
  /** How it stands with what is not stored, in words. */
  note?: string;
  stuck?: boolean;
}

export function authorOf(message: Message, words: Words): string {
  if (message.author === "shopper") return words[Word.you];
  return message.author === "assistant" ? words[Word.assistant] : message.name ?? words[Word.shop];
}

export function drawMessage(message: Message, words: Words, acts: MessageActs): Drawn {
  if (message.kind === "notice") {
    return { node: h("div", { class: "notice", lang: message.lang, dir: "auto" }, message.text), update() {} };
  }
  const under = h("div", { class: "under", tabindex: "-1" });
  const node = h("div", { class: `msg ${message.author} ${message.kind}` },
    h("span", { class: "who" }, authorOf(message, words)),
    drawBubble(message, words),
    under);
  let drawn: string | null = null;
  return {
    node,
    update(now) {
      const key = [now.answer?.verdict, now.chosen, now.note].join();
      if (key === drawn) return;
      drawn = key;
      const hadFocus = under.matches(":focus-within");
      under.replaceChildren(...drawUnder(now, words, acts));
      if (hadFocus) under.focus();
    },
  };
}

function drawBubble(message: Message, words: Words): HTMLElement {
  const { answer } = message;
  return h("div", { class: "bubble", lang: message.lang, dir: "auto" },
    ...(message.nodes ? drawBlocks(message.nodes) : [h("p", {}, message.text)]),
    answer && answer.more.length > 0 && h("details", {}, h("summary", {}, words[Word.more]), ...drawBlocks(answer.more)),
    answer && h("p", { class: "quiet" }, say(words[Word.from], { title: answer.article.title })));
}

function drawUnder(item: Item, words: Words, acts: MessageActs): HTMLElement[] {
  const parts = [];
  if (item.answer) parts.push(drawVerdict(item, words, acts));
  if (item.choices) parts.push(drawChoices(item, item.choices, acts));
  if (item.note) parts.push(drawNote(item, words, acts));
  return parts;
}

function drawNote({ id = "", note, stuck }: Item, words: Words, acts: MessageActs): HTMLElement {
  return h("p", { class: stuck ? "row quiet" : "row quiet soon" }, note,
    stuck && button("link", words[Word.again], () => acts.sendAgain(id)));
}

function drawVerdict({ seq, answer }: Message, words: Words, acts: MessageActs): HTMLElement {
  if (answer?.verdict) return h("p", { class: "quiet" }, answer.verdict === "yes" ? words[Word.saidYes] : words[Word.saidNo]);
  return h("div", { class: "row", role: "group", "aria-label": words[Word.helped] },
    h("span", { class: "quiet" }, words[Word.helped]), button("pill", words[Word.yes], () => acts.verdict(seq, true)), button("pill", words[Word.no], () => acts.verdict(seq, false)));
}

/** What was not chosen stays to be read, but is no longer a button. */
function drawChoices(message: Message, choices: Choice[], acts: MessageActs): HTMLElement {
  const { seq, chosen, lang } = message;
  if (!chosen) {
    return h("div", { class: "choices", lang }, ...choices.map((choice) =>
      button("choice", choice.label, () => acts.choose(seq, choice))));
  }
  return h("div", { class: "choices", lang }, ...choices.map(({ label }) => (label === chosen
    ? h("p", { class: "choice chosen", "aria-current": true }, label)
    : h("p", { class: "choice passed" }, label))));
}
