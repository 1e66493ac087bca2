/** Where the shopper writes: Enter sends, Shift+Enter starts a line, and the draft outlives the page. */
import { TEXT_LIMIT } from "../shared/protocol.ts";
import type { ForThisTab, Keep } from "./keep.ts";
import { ICONS, h, icon, setProps, setText } from "./dom.ts";
import { type Words, say } from "./words.ts";

const TALLEST_PX = 120;

export function createComposer(words: Words, tab: Keep<ForThisTab>, onSay: (text: string) => void, onTyping: () => void) {
  const field = h("textarea", {
    class: "field", rows: "1", "aria-label": words.field, placeholder: words.field, "aria-describedby": "count",
    oninput: typed, onkeydown: pressed,
  });
  const button = h("button", { class: "send", type: "submit", "aria-label": words.send }, icon(ICONS.send));
  const count = h("p", { class: "count problem", id: "count" });
  const node = h("form", { class: "composer", part: "composer", onsubmit: submit }, field, button, count);
  field.value = tab.read().draft;

  function typed(): void {
    tab.write({ draft: field.value });
    onTyping();
    draw();
  }

  function pressed(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    submit(event);
  }

  function submit(event: Event): void {
    event.preventDefault();
    const text = field.value.trim();
    if (!text || text.length > TEXT_LIMIT) return;
    field.value = "";
    tab.write({ draft: "" });
    onSay(text);
    draw();
  }

  function draw(): void {
    const left = TEXT_LIMIT - field.value.trim().length;
    setText(count, left < 0 ? say(words.tooLong, { n: -left }) : "");
    setProps(button, { "aria-disabled": left < 0 || left === TEXT_LIMIT });
    field.style.height = "auto";
    field.style.height = `${Math.min(TALLEST_PX, field.scrollHeight + 2)}px`;
  }

  return { node, field, draw };
}
