/** What on the screen follows the chat. There is one widget in a page, so there is one list. */
import type { Card } from "../shared/protocol.ts";
import { type Props, button, h, setProps } from "./dom.ts";
import type { Chat } from "./store.ts";

const followers: ((chat: Readonly<Chat>) => void)[] = [];

/** Forgets the widget before, whose element is gone. */
export function startOver(): void {
  followers.length = 0;
}

/** Calls `run` at every change. */
export function follow(run: (chat: Readonly<Chat>) => void): void {
  followers.push(run);
}

/** Sets these props at every change, and gives the element. */
export function live<E extends HTMLElement>(element: E, props: (chat: Readonly<Chat>) => Props): E {
  follow((chat) => setProps(element, props(chat)));
  return element;
}

/** A list of buttons that is made anew when its titles change. */
export function choices(of: (chat: Readonly<Chat>) => Card[], choose: (card: Card) => void): HTMLElement {
  const node = h("div.choices");
  let drawn = "";
  follow((chat) => {
    const cards = of(chat);
    const key = cards.map(({ title }) => title).join();
    if (key !== drawn) node.replaceChildren(...cards.map((card) => button("choice", card.title, () => choose(card))));
    drawn = key;
    node.hidden = !key;
  });
  return node;
}

/** Draws everything, in the order in which it was made. */
export function draw(chat: Readonly<Chat>): void {
  for (const run of followers) run(chat);
}
