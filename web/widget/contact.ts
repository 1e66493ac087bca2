/** Name, e-mail and question, when nobody is at the desk. What is typed is kept, so that it can be taken up again. */
import { h, setProps, setText } from "./dom.ts";
import type { ForThisTab, Keep } from "./keep.ts";
import { Word, type Words } from "./word.ts";

export interface Contact {
  name: string;
  email: string;
  question: string;
}

/** The browser checks the fields, in its own words and the reader's language. */
export function createContactForm(words: Words, tab: Keep<ForThisTab>, onSend: (contact: Contact) => void) {
  const inputs = [
    h("input", { id: "name", autocomplete: "name", maxlength: 200 }),
    h("input", { id: "email", autocomplete: "email", maxlength: 200, type: "email", pattern: ".+@.+[.].+", title: words[Word.address] }),
    h("textarea", { id: "question", maxlength: 2000, rows: 3 }),
  ];
  const labels = [words[Word.name], words[Word.email], words[Word.question]];
  const send = h("button", { class: "main" });
  const node = h("form", { class: "contact", onsubmit: submit, oninput: () => tab.write({ contact: values() }) },
    h("p", { class: "h" }, words[Word.contact]),
    ...inputs.map((input, place) => {
      setProps(input, { class: "field", required: true });
      return h("label", {}, labels[place], input);
    }),
    send);

  const values = () => Object.fromEntries(inputs.map(({ id, value }) => [id, value.trim()]));

  function submit(event: Event): void {
    event.preventDefault();
    onSend(values() as unknown as Contact);
  }

  return {
    node,
    draw(shown: boolean, sending: boolean, question: string): void {
      if (shown && node.hidden) {
        const kept: Record<string, string> = { question, ...tab.read().contact };
        for (const input of inputs) input.value ||= kept[input.id] ?? "";
      }
      node.hidden = !shown;
      send.disabled = sending;
      setText(send, words[sending ? Word.sending : Word.send]);
    },
  };
}
