/** The custom element: it waits for the page to be idle, and keeps what is called until then. */
import type { Context, Page } from "../shared/protocol.ts";
import { complain, isClicked, safely } from "./calls.ts";
import { type Widget, createWidget } from "./widget.ts";
import { loadWords } from "./words.ts";

const IDLE_MOST_MS = 3_000;

type Call = [method: "open" | "close" | "track" | "setContext" | "identify" | "page", ...args: unknown[]];

export class CheckoutChat extends HTMLElement {
  static readonly observedAttributes = ["theme", "position", "protect"];
  #widget: Widget | null = null;
  #starting = false;
  #waiting: Call[] = [];

  open(): void {
    this.#call("open", "page", isClicked());
  }

  close(): void {
    this.#call("close");
  }

  track(event: string, data: Record<string, unknown> = {}): void {
    this.#call("track", event, data);
  }

  setContext(data: Context & { step?: string }): void {
    this.#call("setContext", data);
  }

  identify(jwt: string): void {
    this.#call("identify", jwt);
  }

  page(url: string = location.href, about: Partial<Page> = {}): void {
    this.#call("page", { ...about, url });
  }

  connectedCallback(): void {
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

  #call(...call: Call): void {
    const [method, ...args] = call;
    const widget = this.#widget;
    if (widget) safely(() => (widget[method] as (...args: unknown[]) => void)(...args));
    else this.#waiting.push(call);
  }

  async #start(): Promise<void> {
    if (!this.getAttribute("site")) return complain("the attribute site is missing.");
    this.#starting = true;
    await pageIsIdle();
    const words = await loadWords(this.lang || document.documentElement.lang);
    this.#starting = false;
    if (!this.isConnected) return;
    safely(() => {
      this.#widget = createWidget(this, words);
      this.#widget.attach();
      for (const call of this.#waiting) this.#call(...call);
      this.#widget.ready();
    });
  }
}

/** Everything of the page has been loaded, and it has nothing else to do. */
async function pageIsIdle(): Promise<void> {
  if (document.readyState !== "complete") await new Promise((go) => addEventListener("load", go, { once: true }));
  await new Promise<unknown>((go) => ("requestIdleCallback" in window ? requestIdleCallback(go, { timeout: IDLE_MOST_MS }) : setTimeout(go)));
}
