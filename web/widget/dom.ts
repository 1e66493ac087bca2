/** Elements by hand: no HTML is ever parsed, and no attribute called `style` is ever set. */

export type Props = Record<string, unknown>;
export type Part = Node | string | Props | null | undefined | false | readonly Part[];

/** `h("button.quiet", { onclick: run }, "Yes")`: a tag with its classes, then props and children in any order. */
export function h<K extends keyof HTMLElementTagNameMap>(kind: K | `${K}.${string}`, ...parts: Part[]): HTMLElementTagNameMap[K] {
  const [tag, ...classes] = kind.split(".");
  const element = document.createElement(tag as K);
  element.className = classes.join(" ");
  for (const part of (parts as unknown[]).flat(2) as Exclude<Part, readonly Part[]>[]) {
    if (typeof part === "string" || part instanceof Node) element.append(part);
    else if (part) setProps(element, part);
  }
  return element;
}

/**
 * Sets, changes and takes away attributes; a function listens to the event of its name. `text` is written only where
 * it differs, so that a screen reader does not hear it again, and an element without any is hidden.
 */
export function setProps(element: HTMLElement, props: Props): void {
  for (const [name, value] of Object.entries(props)) {
    if (name === "text") {
      element.hidden = !value;
      if (element.textContent !== value) element.textContent = (value || "") as string;
    } else if (typeof value === "function") element.addEventListener(name.slice(2), value as EventListener);
    else if (value == null || value === false) element.removeAttribute(name);
    else element.setAttribute(name, String(value));
  }
}

/** `button("link", "Try again", run)`; the first word is its class. */
export function button(kind: string, label: Part, run: () => void, props: Props = {}): HTMLButtonElement {
  return h(`button.${kind}`, { type: "button", onclick: run }, props, label);
}
