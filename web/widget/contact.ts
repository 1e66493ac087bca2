/** Name, e-mail and question, when nobody is at the desk. What is typed is kept, so that it can be taken up again. */
import { TEXT_LIMIT } from "../shared/protocol.ts";
import { h, setProps } from "./dom.ts";
import { live } from "./follow.ts";
import type { ForThisTab } from "./keep.ts";
import { Word } from "./word.ts";
import { words } from "./words.ts";

export interface Contact {
  name: string;
  email: string;
  question: string;
}

/** The browser checks the fields, in its own words and the reader's language. */
export function createContactForm(tab: ForThisTab, onSend: (contact: Contact) => void): HTMLElement {
  const inputs = [
    h("input", { name: "name", autocomplete: "name" }),
    h("input", { name: "email", autocomplete: "email", type: "email", pattern: ".+@.+[.].+", title: words[Word.address] }),
    h("textarea", { name: "question", rows: 3 }),
  ];
  const labels = [words[Word.name], words[Word.email], words[Word.question]];
  const node = h("form.contact", { onsubmit: submit, oninput: () => (tab.contact = values()) },
    inputs.map((input, place) => {
      setProps(input, { class: "field", required: true, maxlength: TEXT_LIMIT });
      return h("label", labels[place], input);
    }),
    live(h("button.main"), ({ sendingContact: sending }) => ({ disabled: sending, text: words[Word.send] })));

  const values = () => Object.fromEntries(new FormData(node)) as unknown as Contact;

  function submit(event: Event): void {
    event.preventDefault();
    onSend(values());
  }

  return live(node, ({ state, messages }) => {
    const wanted = state?.contact === "wanted";
    if (wanted && node.hidden) {
      const asked = messages.filter(({ author }) => author === "shopper").at(-1)?.text;
      const kept: Partial<Contact> = { question: asked, ...tab.contact };
      for (const input of inputs) input.value ||= kept[input.name as keyof Contact] ?? "";
    }
    return { hidden: !wanted };
  });
}
