/** Where the shopper writes: Enter sends, Shift+Enter starts a line, and the draft outlives the page. */
import { TEXT_LIMIT } from "../shared/protocol.ts";
import { ICONS, h, icon, setProps } from "./dom.ts";
import type { ForThisTab, Keep } from "./keep.ts";
import { Word, type Words } from "./word.ts";

export function createComposer(words: Words, tab: Keep<ForThisTab>, onSay: (text: string) => void, onTyping: () => void) {
  const field = h("textarea", {
    class: "field", rows: 1, maxlength: TEXT_LIMIT, "aria-label": words[Word.field], placeholder: words[Word.field],
    oninput() {
      onTyping();
      draw();
    },
    onkeydown(event: KeyboardEvent) {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
    },
  });
  const button = h("button", { class: "send", "aria-label": words[Word.send] }, icon(ICONS.send));
  const node = h("form", { class: "composer", onsubmit: submit }, field, button);
  field.value = tab.read().draft;
  draw();

  function submit(event: Event): void {
    event.preventDefault();
    const text = field.value.trim();
    if (!text) return;
    field.value = "";
    onSay(text);
    draw();
  }

  function draw(): void {
    tab.write({ draft: field.value });
    setProps(button, { "aria-disabled": !field.value.trim() });
  }

  return { node, field };
}
