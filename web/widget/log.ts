/** The conversation on the screen: one element per message, kept by its key, and where it is scrolled to. */
import { button, h, setText } from "./dom.ts";
import { type Drawn, type Item, type MessageActs, drawMessage } from "./messages.ts";
import type { Chat, Unsent } from "./store.ts";
import { Word, type Words } from "./word.ts";
import { say } from "./words.ts";

const NEAR_PX = 120;

export function createLog(words: Words, acts: MessageActs, contact: HTMLElement) {
  const drawn = new Map<string, Drawn>();
  const greeting = h("div", { class: "greeting" }, h("p", { class: "h" }, words[Word.hello]), h("p", {}, words[Word.helloMore]));
  const said = h("div");
  const who = h("span");
  const writing = h("p", { class: "writing quiet" }, who, h("i"), h("i"), h("i"));
  const node = h("div", {
    class: "log", role: "log", "aria-live": "off", "aria-label": words[Word.log], tabindex: "0",
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

  function itemFor({ id, text, problem }: Unsent, stuck: boolean): Item {
    const note = problem ?? (stuck ? words[Word.notSent] : words[Word.sending]);
    return { seq: 0, at: "", author: "shopper", name: null, lang: "", kind: "text", id, text, note, stuck: stuck || problem !== null };
  }

  /** What the shopper said keeps its element when it is stored. */
  function drawSaid(items: Item[]): void {
    const gone = new Set(drawn.keys());
    items.forEach((item, place) => {
      const key = item.id ?? String(item.seq);
      const found = drawn.get(key) ?? drawMessage(item, words, acts);
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

  return {
    node,
    below,
    draw({ messages, unsent, status, state, writing: writer }: Readonly<Chat>): void {
      const wasAtEnd = atEnd();
      const items = [...messages, ...unsent.map((each) => itemFor(each, status !== "online"))];
      greeting.hidden = items.length > 0;
      drawSaid(items);
      setText(who, say(words[Word.writing], { name: writer === "agent" ? state?.agent?.name ?? words[Word.shop] : words[Word.assistant] }));
      writing.hidden = !writer;
      const newest = items.at(-1);
      const key = [newest?.id ?? newest?.seq, writer, contact.hidden].join();
      if (key === last) return;
      last = key;
      if (wasAtEnd || newest?.author === "shopper" || !contact.hidden) toEnd();
      else below.hidden = false;
    },
    toEnd,
  };
}
