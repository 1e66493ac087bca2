/** The custom element: it waits for the page to be idle, then puts store, view and place together. */
import { mask } from "../shared/masking.ts";
import type { Context, Message, Page } from "../shared/protocol.ts";
import { browserClock, createTransport, postTo } from "../shared/transport.ts";
import { complain, safely } from "./calls.ts";
import { type ForAllTabs, type ForThisTab, NOTHING_FOR_ALL_TABS, NOTHING_FOR_THIS_TAB, createKeep } from "./keep.ts";
import { type Modal, createModal } from "./modal.ts";
import { type PageContext, createPageContext } from "./page.ts";
import { type Placer, SMALL_PX, createPlacer } from "./place.ts";
import { type Chat, type Store, createStore } from "./store.ts";
import { type View, createView } from "./view.ts";
import css from "./widget.css";
import { loadWords } from "./words.ts";

const LOOK_AGAIN_MS = 300;
const IDLE_MOST_MS = 3_000;

interface Running {
  store: Store;
  page: PageContext;
  view: View;
  placer: Placer;
  modal: Modal;
}

export class CheckoutChat extends HTMLElement {
  static readonly observedAttributes = ["theme", "position", "protect"];
  #running: Running | null = null;
  #starting: Promise<void> | null = null;
  #waiting: ((running: Running) => void)[] = [];
  #listening = new AbortController();
  #anyway = false;
  #inField = false;
  #drawing = false;

  // ---- what a shop calls ----

  open(): void {
    this.#open("page");
  }

  close(): void {
    this.#do(({ store }) => this.#close(store));
  }

  track(event: string, data: Record<string, unknown> = {}): void {
    if (typeof event !== "string" || !event) return complain('track() wants the name of an event, such as "payment.failed".');
    this.#do(({ store, page }) => {
      if (event === "step.entered" && typeof data.step === "string") this.#tell(store, page.go({ step: data.step }));
      store.track(event, data);
    });
  }

  setContext(data: Context & { step?: string }): void {
    this.#do(({ store, page }) => {
      if (data.consent === true && this.getAttribute("storage") === "memory") this.setAttribute("storage", "local");
      this.#tell(store, page.set(data));
    });
  }

  identify(jwt: string): void {
    this.#do(({ store }) => store.identify(jwt));
  }

  page(url: string = location.href, about: Partial<Page> = {}): void {
    this.#do(({ store, page }) => this.#tell(store, page.go({ ...about, url })));
  }

  // ---- life ----

  connectedCallback(): void {
    if (document.querySelector("checkout-chat") !== this) return;
    if (this.#running) return this.#listen(this.#running);
    this.#starting ??= whenIdle().then(() => this.#start());
  }

  disconnectedCallback(): void {
    queueMicrotask(() => {
      if (this.isConnected || !this.#running) return;
      this.#listening.abort();
      this.#running.modal.set(false);
      this.#running.store.leave();
    });
  }

  attributeChangedCallback(): void {
    if (this.#running) this.#dress(this.#running);
  }

  async #start(): Promise<void> {
    const site = this.getAttribute("site");
    if (!site) return complain('the attribute "site" is missing: <checkout-chat site="your-shop" …>.');
    const words = await loadWords(this.#locale());
    if (!this.isConnected) return void (this.#starting = null);
    const running = this.#assemble(site, words);
    const wasOpen = running.store.wasOpen();
    this.#running = running;
    this.#dress(running);
    this.#listen(running);
    running.store.resume();
    for (const call of this.#waiting.splice(0)) safely(() => call(running));
    if (wasOpen && innerWidth >= SMALL_PX) running.store.open("shopper");
    this.#draw();
    this.#emit("ready");
  }

  #assemble(site: string, words: Awaited<ReturnType<typeof loadWords>>): Running {
    const server = new URL(this.getAttribute("server") || import.meta.url, location.href).origin;
    const area = (kind: "localStorage" | "sessionStorage") => () =>
      this.getAttribute("storage") === "memory" ? null : window[kind];
    const device = createKeep<ForAllTabs>(area("localStorage"), `checkout-chat:${site}`, NOTHING_FOR_ALL_TABS);
    const tab = createKeep<ForThisTab>(area("sessionStorage"), `checkout-chat:${site}`, NOTHING_FOR_THIS_TAB);
    const masked = (text: string) => mask(text, this.getAttribute("order-pattern") ?? undefined);
    const page = createPageContext(tab, browserClock.now, masked);
    const store: Store = createStore({
      site, device, tab, mask: masked, newId, clock: browserClock,
      locale: () => this.#locale(),
      context: () => ({ consent: this.getAttribute("storage") !== "memory", ...page.all() }),
      happened: page.happened,
      transport: (hooks) => createTransport({
        ...hooks,
        openSocket: () => new WebSocket(`${server.replace(/^http/, "ws")}/chat/v1/socket`) as never,
        post: postTo(`${server}/chat/v1/frames`),
        clock: browserClock,
        random: Math.random,
      }),
      onChange: () => this.#drawSoon(),
      onNew: (message) => this.#heard(message),
      onHandOver: ({ owner, agent }) => this.#emit("hand-over", { owner, agent: agent?.name ?? null }),
    });
    const view = createView(words, this.getAttribute("name") ?? "", tab, {
      choose: store.choose,
      verdict: store.verdict,
      sendAgain: (id) => store.sendAgain(id),
      say: store.say,
      typing: store.typing,
      askPerson: store.askPerson,
      contact: store.contact,
      dismiss: store.dismiss,
      open: (by) => this.#open(by),
      close: () => this.#close(store),
      showAnyway: () => this.#showAnyway(),
    });
    const shadow = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    shadow.adoptedStyleSheets = [sheet];
    shadow.replaceChildren(view.root);
    const placer = createPlacer(view.pieces, () => this.getAttribute("protect") ?? "", () => this.#side());
    return { store, page, view, placer, modal: createModal(this, () => this.#close(store)) };
  }

  #listen({ store, view }: Running): void {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    const place = () => this.#place();
    const on = (target: EventTarget, names: string, run: (event: Event) => void) => {
      for (const name of names.split(" ")) target.addEventListener(name, run, { signal, capture: true, passive: true });
    };
    on(window, "scroll resize", place);
    if (visualViewport) on(visualViewport, "scroll resize", place);
    on(document, "focusin focusout", () => setTimeout(() => this.#fieldMayHaveFocus()));
    on(document, "click input transitionend", () => requestAnimationFrame(place));
    on(window, "online pageshow", () => this.#wake(store));
    on(document, "visibilitychange", () => document.visibilityState === "visible" && this.#wake(store));
    on(window, "pagehide", () => store.leave());
    on(window, "popstate hashchange", () => this.page());
    const navigation = (window as { navigation?: EventTarget }).navigation;
    if (navigation) on(navigation, "navigatesuccess", () => this.page());
    on(window, "storage", (event) => (event as StorageEvent).key?.startsWith("checkout-chat:") && store.otherTab());
    view.root.addEventListener("keydown", (event) => this.#pressed(event, store), { signal });
    const observer = new ResizeObserver(place);
    observer.observe(document.body);
    const timer = setInterval(() => document.visibilityState === "visible" && place(), LOOK_AGAIN_MS);
    signal.addEventListener("abort", () => {
      observer.disconnect();
      clearInterval(timer);
    });
    if (store.chat.status === "idle") store.resume();
  }

  // ---- what happens ----

  #do(call: (running: Running) => void): void {
    const running = this.#running;
    if (running) safely(() => call(running));
    else this.#waiting.push(call);
  }

  #tell(store: Store, context: Context | null): void {
    if (context) store.context(context);
    this.#place();
  }

  #open(by: string): void {
    this.#do(({ store, view }) => {
      if (store.chat.open) return;
      if (by === "page" && innerWidth < SMALL_PX && !navigator.userActivation?.isActive) return;
      store.open(by);
      this.#draw();
      view.toEnd();
      if (by !== "page" || navigator.userActivation?.isActive) view.focusPanel(by === "shopper" && innerWidth >= SMALL_PX);
      this.#emit("open");
    });
  }

  #close(store: Store): void {
    if (!store.chat.open) return;
    const hadFocus = document.activeElement === this;
    store.close();
    this.#anyway = false;
    this.#draw();
    if (hadFocus) this.#running?.view.pieces.launcher.focus({ preventScroll: true });
    this.#emit("close");
  }

  #showAnyway(): void {
    this.#anyway = true;
    this.#place();
    this.#running?.view.focusPanel(true);
  }

  #pressed(event: KeyboardEvent, store: Store): void {
    if (event.key !== "Escape" || event.isComposing) return;
    event.stopPropagation();
    const { nudge } = store.chat;
    if (store.chat.open) this.#close(store);
    else if (nudge) store.dismiss(nudge.seq);
  }

  #heard(message: Message): void {
    this.#running?.view.announce(message);
    this.#emit("message", { seq: message.seq, author: message.author, kind: message.kind });
  }

  #wake(store: Store): void {
    if (store.chat.status === "idle") store.resume();
    else store.wake();
  }

  #fieldMayHaveFocus(): void {
    const active = document.activeElement;
    const inField = active !== this && Boolean(active?.matches("input, select, textarea, iframe, [contenteditable]"));
    if (inField === this.#inField) return;
    this.#inField = inField;
    this.#place();
  }

  // ---- drawing ----

  #drawSoon(): void {
    if (this.#drawing) return;
    this.#drawing = true;
    queueMicrotask(() => {
      this.#drawing = false;
      this.#draw();
    });
  }

  #draw(): void {
    const running = this.#running;
    if (!running) return;
    running.view.draw(running.store.chat);
    this.#place();
  }

  #place(): void {
    const running = this.#running;
    if (!running || !this.isConnected) return;
    const { chat } = running.store;
    const offered = chat.nudge !== null && !chat.open;
    running.placer.place({ open: chat.open, card: offered && !this.#inField, line: offered && this.#inField, anyway: this.#anyway });
    const modal = chat.open && innerWidth < SMALL_PX;
    const { panel } = running.view.pieces;
    if (modal) panel.setAttribute("aria-modal", "true");
    else panel.removeAttribute("aria-modal");
    running.modal.set(modal);
  }

  #dress({ view }: Running): void {
    const { root } = view;
    const theme = this.getAttribute("theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
    root.dir = getComputedStyle(this.parentElement ?? document.body).direction;
    this.#place();
  }

  #side(): "left" | "right" {
    const start = this.getAttribute("position") === "start";
    return start === (this.#running?.view.root.dir === "rtl") ? "right" : "left";
  }

  #locale(): string {
    return this.getAttribute("lang") || document.documentElement.lang || navigator.language;
  }

  #emit(name: string, detail: Chat | object = {}): void {
    this.dispatchEvent(new CustomEvent(`checkout-chat:${name}`, { bubbles: true, composed: true, detail }));
  }
}

/** After everything of the page has been loaded, and when it has nothing else to do. */
async function whenIdle(): Promise<void> {
  if (document.readyState !== "complete") await new Promise((go) => addEventListener("load", go, { once: true }));
  await new Promise<unknown>((go) => (window.requestIdleCallback ? requestIdleCallback(go, { timeout: IDLE_MOST_MS }) : setTimeout(go, 200)));
}

/** Twenty letters: no digits, so that no masking ever takes it for a number. */
function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(20)), (byte) => String.fromCharCode(97 + (byte % 26))).join("");
}
