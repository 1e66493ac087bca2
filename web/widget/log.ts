/** The conversation on the screen: one element per message, kept by its key, and where it is scrolled to. */
import type { Message } from "../shared/protocol.ts";
import { ICONS, h, icon, setText } from "./dom.ts";
import { type Drawn, type MessageActs, drawMessage, drawUnsent } from "./messages.ts";
import type { Chat, Unsent } from "./store.ts";
import { type Words, say } from "./words.ts";

const NEAR_PX = 48;

export function createLog(words: Words, acts: MessageActs, contact: HTMLElement) {
  const drawn = new Map<string, Drawn>();
  const unsent = new Map<string, ReturnType<typeof drawUnsent>>();
  const greeting = h("div", { class: "greeting" }, h("p", { class: "h" }, words.hello), h("p", {}, words.helloMore));
  const said = h("div");
  const writing = h("p", { class: "writing quiet" }, h("span"), h("i"), h("i"), h("i"));
  const node = h("div", {
    class: "log", part: "log", role: "log", "aria-live": "off", "aria-label": words.log, tabindex: "0", onscroll: scrolled,
  }, greeting, said, writing, contact);
  const below = h("button", { class: "below", type: "button", onclick: toEnd }, icon(ICONS.down), words.newBelow);
  below.hidden = true;
  let last = "";

  const atEnd = () => node.scrollHeight - node.scrollTop - node.clientHeight < NEAR_PX;

  function toEnd(): void {
    node.scrollTop = node.scrollHeight;
  }

  function scrolled(): void {
    if (atEnd()) below.hidden = true;
  }

  /** The end, or the beginning of a message that is taller than the log. */
  function show(element: Element | null): void {
    toEnd();
    const top = element ? (element as HTMLElement).offsetTop - 12 : 0;
    if (element && top < node.scrollTop) node.scrollTop = top;
  }

  function drawSaid(messages: Message[], waiting: Unsent[], status: Chat["status"]): void {
    const wanted: Element[] = [];
    for (const message of messages) {
      const key = String(message.seq);
      const found = drawn.get(key) ?? drawMessage(message, words, acts);
      drawn.set(key, found);
      found.update(message);
      wanted.push(found.node);
    }
    for (const each of waiting) {
      const found = unsent.get(each.id) ?? drawUnsent(each, words, acts);
      unsent.set(each.id, found);
      const stuck = each.problem !== null || status !== "online";
      found.note(each.problem ? `${words.refused} ${each.problem}` : stuck ? words.notSent : words.sending, stuck);
      wanted.push(found.node);
    }
    const gone = [...said.children].filter((child) => !wanted.includes(child));
    for (const child of gone) child.remove();
    wanted.forEach((element, place) => {
      if (said.children[place] !== element) said.insertBefore(element, said.children[place] ?? null);
    });
    for (const key of drawn.keys()) if (!messages.some(({ seq }) => String(seq) === key)) drawn.delete(key);
    for (const id of unsent.keys()) if (!waiting.some((each) => each.id === id)) unsent.delete(id);
  }

  return {
    node,
    below,
    draw(chat: Readonly<Chat>): void {
      const wasAtEnd = atEnd();
      const newest = chat.messages.at(-1);
      const mine = chat.unsent.length > 0 || newest?.author === "shopper";
      greeting.hidden = chat.messages.length + chat.unsent.length > 0;
      drawSaid(chat.messages, chat.unsent, chat.status);
      const name = chat.writing === "agent" ? chat.state?.agent?.name ?? words.shop : words.assistant;
      setText(writing.firstElementChild as Element, say(words.writing, { name }));
      writing.hidden = chat.writing === null;
      const key = `${newest?.seq} ${chat.unsent.length} ${chat.writing} ${contact.hidden}`;
      if (key === last) return;
      const more = last.split(" ")[0] !== String(newest?.seq);
      last = key;
      if (wasAtEnd || mine) show(contact.hidden ? said.lastElementChild : contact);
      else if (more) below.hidden = false;
    },
    toEnd: () => show(contact.hidden ? said.lastElementChild : contact),
  };
}
