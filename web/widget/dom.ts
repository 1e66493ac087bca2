/** Elements by hand: no HTML is ever parsed, and no attribute called `style` is ever set. */

export type Child = Node | string | null | undefined | false;
type Props = Record<string, unknown>;

/** `h("button", { class: "quiet", onclick: run }, "Yes")`. Props that are null or false are left out. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K, props: Props = {}, ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  setProps(element, props);
  element.append(...children.filter(Boolean) as (Node | string)[]);
  return element;
}

/** Sets, changes and takes away attributes; `on…` adds a listener. */
export function setProps(element: Element, props: Props): void {
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value as EventListener);
    else if (value == null || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true && !name.startsWith("aria") ? "" : String(value));
  }
}

/** `button("link", "Try again", run)`; the first word is its class. */
export function button(kind: string, label: Child, run: () => void, props: Props = {}): HTMLButtonElement {
  return h("button", { class: kind, type: "button", onclick: run, ...props }, label);
}

/** Writes `text` only where it differs, so that a screen reader does not hear it again. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** A drawing of 20 × 20 in one stroke width. */
export function icon(path: string): SVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  setProps(svg, { viewBox: "0 0 20 20", "aria-hidden": "true" });
  const line = document.createElementNS(space, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

export const ICONS = {
  chat: "M3 4h14v10H9l-4 3v-3H3Z",
  close: "M5 5l10 10M15 5L5 15",
  send: "M10 16V4.5M5 9l5-5 5 5",
};
