/** Name, e-mail and question, when nobody is at the desk. What is typed is kept, so that it can be taken up again. */
import type { ForThisTab, Keep } from "./keep.ts";
import { h, setProps, setText } from "./dom.ts";
import type { Words } from "./words.ts";

export interface ContactForm {
  node: HTMLElement;
  draw(shown: boolean, sending: boolean, question: string): void;
}

export interface Contact {
  name: string;
  email: string;
  question: string;
}

const EMAIL = /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/;

export function createContactForm(words: Words, tab: Keep<ForThisTab>, onSend: (contact: Contact) => void): ContactForm {
  const fields = [
    createField("name", words.name, words.needName, (text) => text.length > 0),
    createField("email", words.email, words.needEmail, (text) => EMAIL.test(text)),
    createField("question", words.question, words.needQuestion, (text) => text.length > 0),
  ];
  const send = h("button", { class: "main" }, words.send);
  const node = h("form", { class: "contact", novalidate: true, "aria-label": words.contact, onsubmit: submit, oninput: remember },
    h("p", { class: "h" }, words.contact), ...fields.map((field) => field.node), send);
  node.hidden = true;

  function values(): Contact {
    return Object.fromEntries(fields.map(({ name, input }) => [name, input.value.trim()])) as unknown as Contact;
  }

  function remember(): void {
    tab.write({ contact: { ...values() } });
  }

  function submit(event: Event): void {
    event.preventDefault();
    const wrong = fields.filter((field) => !field.check());
    if (wrong[0]) wrong[0].input.focus();
    else onSend(values());
  }

  return {
    node,
    draw(shown, sending, question) {
      if (shown && node.hidden) {
        const kept = tab.read().contact;
        for (const { name, input } of fields) input.value ||= kept[name] ?? (name === "question" ? question : "");
      }
      node.hidden = !shown;
      setText(send, sending ? words.sending : words.send);
      setProps(send, { "aria-disabled": sending });
    },
  };
}

function createField(name: string, label: string, need: string, good: (text: string) => boolean) {
  const attributes = { id: name, name, class: "field", required: true, "aria-describedby": `${name}-need` };
  const complete = { name: "name", email: "email" }[name] ?? "off";
  const input = name === "question"
    ? h("textarea", { ...attributes, rows: "3", maxlength: "2000" })
    : h("input", { ...attributes, type: name === "email" ? "email" : "text", autocomplete: complete, maxlength: "200" });
  const problem = h("span", { class: "problem", id: `${name}-need` });
  return {
    name,
    input,
    node: h("div", {}, h("label", { for: name }, label), input, problem),
    check(): boolean {
      const fine = good(input.value.trim());
      setProps(input, { "aria-invalid": !fine });
      setText(problem, fine ? "" : need);
      return fine;
    },
  };
}
