/** The custom element: it waits for the page to be idle, and answers what was called until then. */
import type { Context, Page } from "../shared/protocol.ts";
import { answerCalls, complain, push, safely } from "./calls.ts";
import { type Widget, createWidget } from "./widget.ts";
import { loadWords } from "./words.ts";

const IDLE_MOST_MS = 3_000;
const METHODS = ["open", "close", "track", "setContext", "identify", "page"] as const;
export type Method = (typeof METHODS)[number] | "help";

export interface CheckoutChat {
  open(): void;
  close(): void;
  track(event: string, data?: Record<string, unknown>): void;
  setContext(data: Context & { step?: string; paying?: boolean }): void;
  identify(jwt: string): void;
  page(url?: string, about?: Partial<Page>): void;
}

/** The page's one element that chats; another is left alone. */
let first: CheckoutChat | undefined;

export class CheckoutChat extends HTMLElement {
  #widget: Widget | null = null;

  static {
    for (const method of METHODS) CheckoutChat.prototype[method] = (...args: unknown[]) => push([method, ...args]);
  }

  connectedCallback(): void {
    if (first && first !== this) return;
    if (this.#widget) this.#widget.attach();
    else if (!first) void this.#start();
  }

  /** An element that is only moved is back before the microtask; another may come in the place of one that is gone. */
  disconnectedCallback(): void {
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#widget?.detach();
      if (first === this) first = undefined;
    });
  }

  async #start(): Promise<void> {
    if (!this.getAttribute("site")) return complain("site is missing.");
    first = this;
    await pageIsIdle();
    await loadWords(this.lang || document.documentElement.lang);
    if (!this.isConnected) return;
    safely(() => {
      const widget = (this.#widget = createWidget(this));
      widget.attach();
      answerCalls((call) => {
        if (typeof call === "function") return call(this);
        const [method, ...args] = call;
        (widget[method] as (...args: unknown[]) => void)(...args);
      });
      widget.ready();
    });
  }
}

/** A "?" beside a form field, which opens an article in place. The widget draws it. */
export class CheckoutHelp extends HTMLElement {
  connectedCallback(): void {
    push(["help", this]);
  }
}

/** Everything of the page has been loaded, and it has nothing else to do. */
async function pageIsIdle(): Promise<void> {
  if (document.readyState !== "complete") await new Promise((go) => addEventListener("load", go));
  await new Promise<unknown>((go) => (window.requestIdleCallback ?? setTimeout)(go, { timeout: IDLE_MOST_MS } as never));
}
