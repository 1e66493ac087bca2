/** The custom element: it waits for the page to be idle, and keeps what is called until then. */
import type { Context, Page } from "../shared/protocol.ts";
import { answerCalls, complain, isClicked, safely } from "./calls.ts";
import { type Widget, createWidget } from "./widget.ts";
import { loadWords } from "./words.ts";

const IDLE_MOST_MS = 3_000;
const METHODS = ["open", "close", "track", "setContext", "identify", "page"] as const;
export type Method = (typeof METHODS)[number];

export interface CheckoutChat {
  open(): void;
  close(): void;
  track(event: string, data?: Record<string, unknown>): void;
  setContext(data: Context & { step?: string }): void;
  identify(jwt: string): void;
  page(url?: string, about?: Partial<Page>): void;
}

export class CheckoutChat extends HTMLElement {
  static readonly observedAttributes = ["theme", "position", "protect"];
  #widget: Widget | null = null;
  #starting = false;
  #waiting: (() => void)[] = [];

  static {
    for (const method of METHODS) {
      CheckoutChat.prototype[method] = function (this: CheckoutChat, ...args: unknown[]) {
        // A click counts for as long as it is being answered, not until the widget is there.
        const given = method === "open" ? [isClicked()] : args;
        this.#waiting.push(() => (this.#widget?.[method] as (...args: unknown[]) => void)(...given));
        this.#run();
      };
    }
  }

  connectedCallback(): void {
    answerCalls();
    if (this.#widget) this.#widget.attach();
    else if (!this.#starting && document.querySelector("checkout-chat") === this) void this.#start();
  }

  /** An element that is only moved is back before the microtask. */
  disconnectedCallback(): void {
    queueMicrotask(() => this.isConnected || this.#widget?.detach());
  }

  attributeChangedCallback(): void {
    this.#widget?.dress();
  }

  #run(): void {
    if (this.#widget) this.#waiting.splice(0).forEach(safely);
  }

  async #start(): Promise<void> {
    if (!this.getAttribute("site")) return complain("the attribute site is missing.");
    this.#starting = true;
    await pageIsIdle();
    await loadWords(this.lang || document.documentElement.lang);
    this.#starting = false;
    if (!this.isConnected) return;
    safely(() => {
      this.#widget = createWidget(this);
      this.#widget.attach();
      this.#run();
      this.#widget.ready();
    });
  }
}

/** Everything of the page has been loaded, and it has nothing else to do. */
async function pageIsIdle(): Promise<void> {
  if (document.readyState !== "complete") await new Promise((go) => addEventListener("load", go, { once: true }));
  await new Promise<unknown>((go) => (window.requestIdleCallback ?? setTimeout)(go, { timeout: IDLE_MOST_MS } as never));
}
