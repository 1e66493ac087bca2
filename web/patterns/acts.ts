/** What a state does to the page to get there, as people would: press, write, wait. */
import type { Network, Wire } from "./scripted.ts";

export type Act =
  /** Presses the first that is shown of what the selector finds. */
  | ["press", selector: string]
  | ["write", selector: string, text: string]
  /** Enter in a field, or the key anywhere. */
  | ["key", selector: string, key: string]
  | ["focus", selector: string]
  | ["attach", selector: string, name: string, type: string]
  /** A method of <checkout-chat>. */
  | ["call", method: string, ...args: unknown[]]
  /** The server says something. */
  | ["hear", ...frames: Wire[]]
  | ["cut", code: number, reachable: boolean]
  /** Until this is shown. */
  | ["see", selector: string];

const PATIENCE_MS = 6_000;

/** Does them one after the other. Rejects with the act that could not be done. */
export async function perform(acts: Act[], network: Network, number: (frame: Wire) => Wire): Promise<void> {
  for (const act of acts) await doOne(act, network, number);
}

async function doOne(act: Act, network: Network, number: (frame: Wire) => Wire): Promise<void> {
  switch (act[0]) {
    case "hear":
      for (const frame of act.slice(1) as Wire[]) network.tell(number(frame));
      return;
    case "cut":
      return network.cut(act[1], act[2]);
    case "call":
      return call(act[1], act.slice(2));
    case "see":
      return void (await found(act[1]));
    case "press":
      return (await found(act[1])).click();
    case "focus":
      return (await found(act[1])).focus();
    case "write":
      return write((await found(act[1])) as HTMLInputElement, act[2]);
    case "key":
      return void (await found(act[1])).dispatchEvent(new KeyboardEvent("keydown", { key: act[2], bubbles: true, composed: true, cancelable: true }));
    case "attach":
      return attach((await found(act[1], false)) as HTMLInputElement, act[2], act[3]);
  }
}

function call(method: string, args: unknown[]): void {
  const shop = window as unknown as { checkoutChat?: unknown[] };
  (shop.checkoutChat ??= []).push([method, ...args]);
}

function write(field: HTMLInputElement, text: string): void {
  field.focus();
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
}

function attach(input: HTMLInputElement, name: string, type: string): void {
  const files = new DataTransfer();
  files.items.add(new File([new Uint8Array(48_200)], name, { type }));
  input.files = files.files;
  input.dispatchEvent(new Event("change", { bubbles: true, composed: true }));
}

/**
 * The first element of page or widget that the selector finds, as soon as it is shown; after `text=` the innermost one
 * with these words.
 */
async function found(selector: string, shown = true): Promise<HTMLElement> {
  const until = performance.now() + PATIENCE_MS;
  while (performance.now() < until) {
    const first = look(selector).find((element) => !shown || element.checkVisibility());
    if (first) return first;
    await new Promise((go) => setTimeout(go, 16));
  }
  throw new Error(`Nothing is shown for ${selector}.`);
}

function look(selector: string): HTMLElement[] {
  const text = selector.startsWith("text=") ? selector.slice(5) : null;
  const roots = [document.body, document.querySelector("checkout-chat")?.shadowRoot];
  const all = roots.flatMap((root) => [...(root?.querySelectorAll<HTMLElement>(text === null ? selector : "*") ?? [])]);
  return text === null ? all : all.filter((element) => element.textContent?.includes(text)).reverse();
}
