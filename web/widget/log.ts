/** The conversation on the screen: one element per message, kept by its key, and where it is scrolled to. */
import type { Card } from "../shared/protocol.ts";
import { button, h } from "./dom.ts";
import { choices, follow, live } from "./follow.ts";
import { type Drawn, type Item, type MessageActs, authorOf, drawMessage } from "./messages.ts";
import type { Unsent } from "./store.ts";
import { Word } from "./word.ts";
import { say, words } from "./words.ts";

const NEAR_PX = 120;

export function createLog(acts: MessageActs, contact: HTMLElement) {
  const drawn = new Map<string, Drawn>();
  const greeting = h("div.greeting", h("p.h", words[Word.hello]), h("p", words[Word.helloMore]),
    choices(({ cards }) => cards, acts.pick));
  const said = h("div");
  const writing = live(h("p.writing.quiet"), ({ writing: author, state }) => ({
    text: author && say(Word.writing, { name: authorOf({ author, name: state?.agent?.name ?? null }) }),
  }));
  const node = h("div.log", {
    role: "log", "aria-live": "off", "aria-label": words[Word.log], tabindex: 0,
    onscroll: () => atEnd() && (below.hidden = true),
  }, greeting, said, writing, contact);
  const below = button("below", words[Word.newBelow], toEnd);
  let last = "";

  const atEnd = () => node.scrollHeight - node.scrollTop - node.clientHeight < NEAR_PX;

  /** The end, or the beginning of a message that is taller than the log. */
  function toEnd(): void {
    const newest = (contact.hidden ? said.lastElementChild : contact) as HTMLElement | null;
    node.scrollTop = newest ? newest.offsetTop - 12 : 0;
    below.hidden = true;
  }

  /** What is on its way, and the answer that is at hand without a connection. */
  function itemsFor({ id, label, text = label, problem, article }: Unsent, offline: boolean, cards: Card[]): Item[] {
    const stuck = offline || Boolean(problem);
    const note = stuck ? problem ?? "" : null;
    const said = { seq: 0, lang: "", kind: "text", text };
    const { nodes } = cards.find((card) => offline && card.id === article) ?? {};
    return [{ ...said, author: "shopper", id, note }, ...(nodes ? [{ ...said, author: "assistant", id: `${id}.`, nodes }] : [])] as Item[];
  }

  /** What the shopper said keeps its element when it is stored. */
  function drawSaid(items: Item[]): void {
    const gone = new Set(drawn.keys());
    items.forEach((item, place) => {
      const key = item.id ?? String(item.seq);
      const found = drawn.get(key) ?? drawMessage(item, acts);
      drawn.set(key, found);
      gone.delete(key);
      found.update(item);
      if (said.children[place] !== found.node) said.insertBefore(found.node, said.children[place] ?? null);
    });
    for (const key of gone) {
      drawn.get(key)?.node.remove();
      drawn.delete(key);
    }
  }

  follow(({ messages, unsent, status, cards, writing: writer }) => {
    const wasAtEnd = atEnd();
    const items = [...messages, ...unsent.flatMap((each) => itemsFor(each, status !== "online", cards))];
    greeting.hidden = items.length > 0;
    drawSaid(items);
    const newest = items.at(-1);
    const key = [newest?.id ?? newest?.seq, writer, contact.hidden].join();
    if (key === last) return;
    last = key;
    if (wasAtEnd || newest?.author === "shopper" || !contact.hidden) toEnd();
    else below.hidden = false;
  });

  return { node, below, toEnd };
}
