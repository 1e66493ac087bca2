/** Where the shopper writes: Enter sends, Shift+Enter starts a line, and the draft outlives the page. */
import { TEXT_LIMIT } from "../shared/protocol.ts";
import { h, setProps } from "./dom.ts";
import type { ForThisTab } from "./keep.ts";
import { Word } from "./word.ts";
import { words } from "./words.ts";

export function createComposer(tab: ForThisTab, onSay: (text: string) => void, onTyping: (text: string) => void) {
  const label = words[Word.field];
  const field = h("textarea.field", {
    rows: 1, maxlength: TEXT_LIMIT, "aria-label": label, placeholder: label,
    oninput() {
      onTyping(field.value);
      draw();
    },
    onkeydown(event: KeyboardEvent) {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
    },
  });
  const button = h("button.send", { "aria-label": words[Word.send] }, "↑");
  const node = h("form.composer", { onsubmit: submit }, field, button);
  field.value = tab.draft;
  draw();

  function submit(event: Event): void {
    event.preventDefault();
    const text = field.value.trim();
    if (!text) return;
    clear();
    onSay(text);
  }

  function clear(): void {
    field.value = "";
    draw();
  }

  function draw(): void {
    tab.draft = field.value;
    setProps(button, { "aria-disabled": !field.value.trim() });
  }

  return { node, field, clear };
}
