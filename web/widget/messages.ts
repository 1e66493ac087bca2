/** One message as elements. What was said is drawn once; only what can be pressed under it is drawn again. */
import type { Card, Choice, Message } from "../shared/protocol.ts";
import { button, h } from "./dom.ts";
import { drawBlocks } from "./nodes.ts";
import { Word } from "./word.ts";
import { say, words } from "./words.ts";

export interface MessageActs {
  choose(seq: number, choice: Choice): void;
  /** Asks for an article that was not offered in a message. */
  pick(card: Card): void;
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
  note?: string | null;
}

export function authorOf({ author, name }: Pick<Message, "author" | "name">): string {
  return author === "shopper" ? words[Word.you] : author === "assistant" ? words[Word.assistant] : name ?? words[Word.shop];
}

export function drawMessage(message: Message, acts: MessageActs): Drawn {
  const { kind, author, lang, text, nodes, answer } = message;
  const props = { lang, dir: "auto" };
  if (kind === "notice") return { node: h("div.notice.quiet", props, text), update() {} };
  const under = h("div.under", { tabindex: -1 });
  const bubble = h("div.bubble", props, nodes ? drawBlocks(nodes) : h("p", text),
    answer && [
      answer.more[0] && h("details", h("summary", words[Word.more]), drawBlocks(answer.more)),
      h("p.quiet", say(Word.from, answer.article)),
    ]);
  let drawn = "";
  return {
    node: h(`div.msg.${author}.${kind}`, h("span.who", authorOf(message)), bubble, under),
    update(now) {
      const key = [now.answer?.verdict, now.chosen, now.note].join();
      if (key === drawn) return;
      drawn = key;
      const hadFocus = under.matches(":focus-within");
      under.replaceChildren(...drawUnder(now, acts));
      if (hadFocus) under.focus();
    },
  };
}

function drawUnder({ id = "", seq, answer, choices, chosen, lang, note }: Item, acts: MessageActs): HTMLElement[] {
  const parts = [];
  if (answer) parts.push(drawVerdict(seq, answer.verdict, acts));
  if (choices) parts.push(h("div.choices", { lang }, choices.map((choice) => drawChoice(choice.label, chosen, () => acts.choose(seq, choice)))));
  if (note != null) parts.push(h("p.row.quiet", note, button("link", words[Word.again], () => acts.sendAgain(id))));
  return parts;
}

function drawVerdict(seq: number, verdict: string | null, acts: MessageActs): HTMLElement {
  const label = words[Word.helped];
  const chosen = verdict && words[verdict === "yes" ? Word.yes : Word.no];
  return h("div.row", { role: "group", "aria-label": label }, h("span.quiet", label),
    [Word.yes, Word.no].map((word) => drawChoice(words[word], chosen, () => acts.verdict(seq, word === Word.yes))));
}

/** What was not chosen stays to be read, but is no longer a button. */
function drawChoice(label: string, chosen: string | null | undefined, choose: () => void): HTMLElement {
  if (!chosen) return button("choice", label, choose);
  return label === chosen ? h("p.choice.chosen", { "aria-current": true }, label) : h("p.choice.passed", label);
}
