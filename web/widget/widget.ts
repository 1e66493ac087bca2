/** Store, view and place put together in one element, and everything on the page that they listen to. */
import { createHttpSocket, postTo } from "../shared/http_socket.ts";
import { mask } from "../shared/masking.ts";
import type { Card, Context, Message, Page } from "../shared/protocol.ts";
import { browserClock, createTransport } from "../shared/transport.ts";
import { complain, safely } from "./calls.ts";
import { NOTHING_FOR_ALL_TABS, NOTHING_FOR_THIS_TAB, createKeep } from "./keep.ts";
import { createModal } from "./modal.ts";
import { createPageContext } from "./page.ts";
import { drawBlocks } from "./nodes.ts";
import { SMALL_PX, createPlacer } from "./place.ts";
import { button, h } from "./dom.ts";
import { draw as drawAll } from "./follow.ts";
import { type MaybeGuide, cardsFor, noticesFor } from "./guide.ts";
import { holds } from "./rules.ts";
import { FIELDS, createSignals } from "./signals.ts";
import { type Store, createStore } from "./store.ts";
import { createView } from "./view.ts";
import css from "./widget.css";
import { Word } from "./word.ts";
import { words } from "./words.ts";

export type Widget = ReturnType<typeof createWidget>;

const LOOK_AGAIN_MS = 300;
const SOCKET_TRIES = 4;

export function createWidget(host: HTMLElement) {
  const site = host.getAttribute("site") ?? "";
  const server = new URL(host.getAttribute("server") || import.meta.url, location.href).origin;
  const stores = () => host.getAttribute("storage") !== "memory";
  const key = `checkout-chat:${site}`;
  const device = createKeep(() => (stores() ? localStorage : null), key, NOTHING_FOR_ALL_TABS);
  const tab = createKeep(() => (stores() ? sessionStorage : null), key, NOTHING_FOR_THIS_TAB);
  const offline = createKeep(() => (stores() ? localStorage : null), `${key}:guide`, { guide: {} as MaybeGuide });
  let { guide } = offline;
  const page = createPageContext(tab, Boolean(device.visitor), browserClock.now, masked);
  const signals = createSignals(tab, page);
  const wasOpen = tab.open;
  const small = () => innerWidth < SMALL_PX;
  let orderPattern = host.getAttribute("order-pattern");
  let anyway = false;
  /** A payment is on its way: nobody is spoken to. */
  let paying = false;
  /** Elements with an event that can be seen, and were reported. */
  const shown = new WeakSet<Element>();
  let drawing = false;

  const locale = () => host.lang || document.documentElement.lang || navigator.language;
  const store: Store = createStore({
    site, device, tab, mask: masked, newId, clock: browserClock, locale,
    context: () => ({ consent: stores(), ...page.all() }),
    happened: page.happened,
    around() {
      const known = page.known();
      return { cards: cardsFor(guide, known.page?.step), notices: noticesFor(guide, Date.now(), known) };
    },
    onNotices: (notices) => (guide = { ...guide, notices }),
    transport: (hooks) => createTransport({
      ...hooks,
      openSocket: (failures) => (failures < SOCKET_TRIES ? new WebSocket(`${server.replace("http", "ws")}/chat/v1/socket`) as never : createHttpSocket(postTo(`${server}/chat/v1/frames`), browserClock)),
      clock: browserClock,
      random: Math.random,
    }),
    onChange: drawSoon,
    onWelcome: ({ order_pattern }) => (orderPattern = order_pattern ?? orderPattern),
    onNew(message) {
      view.announce(message);
      emit("message", { seq: message.seq, author: message.author, kind: message.kind } satisfies Partial<Message>);
    },
    onHandOver: ({ owner, agent }) => emit("hand-over", { owner, agent: agent?.name }),
  });
  const view = createView(host.getAttribute("name") || site, tab, {
    ...store, open, close,
    showAnyway() {
      anyway = true;
      draw();
      view.focusPanel(true);
    },
  });
  const { root, pieces } = view;
  const place = createPlacer(pieces, () => host.getAttribute("protect") ?? "",
    () => (host.getAttribute("position") === "start") !== (root.dir === "rtl"));
  const setModal = createModal(host, close);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  show(host, root);
  root.addEventListener("keydown", pressed);

  function show(host: HTMLElement, root: HTMLElement): void {
    const shadow = host.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = [sheet];
    shadow.append(root);
  }

  /** A `<checkout-help>`: the article is at hand, or it is fetched when it is asked for. */
  function help(beside: HTMLElement): void {
    if (beside.shadowRoot) return;
    const text = h("div.nudge", { popover: "auto" });
    const ask = button("shut", "?", () => {
      const wanted = beside.getAttribute("article") ?? "";
      const known = Object.values(guide.steps ?? {}).flat().find(({ id }) => id === wanted);
      void (known ? Promise.resolve(known) : fetched<Card>(`articles/${wanted}`)).then(({ title, nodes = [] }) =>
        text.replaceChildren(h("p.h", title), ...drawBlocks(nodes)));
    }, { "aria-label": words[Word.open] });
    ask.popoverTargetElement = text;
    show(beside, h("div.root", { "data-theme": host.getAttribute("theme") }, ask, text));
  }

  async function fetched<T>(what: string): Promise<T> {
    const response = await fetch(`${server}/chat/v1/${what}?site=${site}&locale=${locale()}`);
    return response.ok ? response.json() as T : Promise.reject(response);
  }

  /** Strict where no pattern is known yet, or it is one that browsers can't read. */
  function masked(text: string): string {
    try {
      return mask(text, orderPattern);
    } catch {
      complain(`order-pattern is unreadable: ${orderPattern}`);
      orderPattern = null;
      return mask(text);
    }
  }

  // ---- drawing ----

  function draw(): void {
    drawAll(store.chat);
    lay();
  }

  function drawSoon(): void {
    if (!drawing) queueMicrotask(() => {
      drawing = false;
      draw();
    });
    drawing = true;
  }

  function lay(): void {
    root.dataset.theme = host.getAttribute("theme") ?? "";
    root.dir = getComputedStyle(host.parentElement ?? document.body).direction;
    const { open, nudge } = store.chat;
    const active = document.activeElement;
    const inField = active !== host && Boolean(active?.matches(FIELDS));
    const modal = open && small();
    place({ open, offer: Boolean(nudge) && !paying, line: inField, anyway });
    pieces.panel.ariaModal = modal ? "true" : null;
    setModal(modal && host.isConnected);
  }

  function emit(name: string, detail = {}): void {
    host.dispatchEvent(new CustomEvent(`checkout-chat:${name}`, { bubbles: true, composed: true, detail }));
  }

  // ---- what people do ----

  /** On a small screen, and for focus to move, it has to be the shopper's own click. */
  function open(by: string, byShopper = true): void {
    if (store.chat.open || (small() && !byShopper)) return;
    store.open(by);
    draw();
    view.toEnd();
    if (byShopper) view.focusPanel(by === "shopper" && !small());
    emit("open");
  }

  function close(): void {
    if (!store.chat.open) return;
    const hadFocus = document.activeElement === host;
    store.close();
    anyway = false;
    draw();
    if (hadFocus) pieces.launcher.focus();
    emit("close");
  }

  function pressed(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.isComposing) return;
    event.stopPropagation();
    const { nudge, open: isOpen } = store.chat;
    if (isOpen) close();
    else if (nudge) store.dismiss(nudge);
  }

  function tell(context: Context | null): void {
    if (context) store.context(context);
    store.changed();
  }

  /** Events say how it stands with a payment; so may the page. */
  function track(event: string, data: Record<string, unknown> = {}): void {
    if (typeof event !== "string" || !event) return complain("this event has no name.");
    if (/^(payment|order)/.test(event)) paying = event === "payment.started";
    if (event === "step.entered" && data.step) tell(page.go({ step: String(data.step) }));
    store.track(event, data);
  }

  // ---- what is noticed ----

  async function loadGuide(): Promise<void> {
    offline.guide = guide = await fetched<MaybeGuide>("guide");
    store.changed();
  }

  /** A guess is one nudge at a time, not in the middle of something, and each but once. */
  function guess(): void {
    const { rules = [], manners } = guide;
    const facts = { ...signals.facts(), locale: locale() };
    const { open, nudge } = store.chat;
    if (!manners || open || nudge || paying || facts.field_s || Number(facts.in_step_s) < manners.in_step_s || tab.fired.length >= manners.per_session) return;
    const rule = rules.find(({ id, guess, when }) => guess && !tab.fired.includes(id) && (!when || holds(when, facts)));
    if (rule) store.fire(rule.id);
  }

  /** An element that says what happened: a form when it is sent, a field when it is refused, a button when it is pressed, else when it can be seen. */
  function report(element: Element | null): void {
    if (!element) return;
    const { dataset } = element as HTMLElement;
    const said: Record<string, string> = {};
    for (const name in dataset) if (/^checkout/.test(name)) said[name.slice(8).toLowerCase()] = dataset[name] as string;
    const { event, ...data } = said;
    if (event) track(event, data);
  }

  function reportShown(): void {
    for (const element of document.querySelectorAll("[data-checkout-event]:not(form,input,select,textarea,button,a)")) {
      const isShown = element.getBoundingClientRect().height > 0;
      if (isShown && !shown.has(element)) report(element);
      shown[isShown ? "add" : "delete"](element);
    }
  }

  // ---- what the page does ----

  const soon = () => requestAnimationFrame(lay);

  const on = (target: EventTarget | null | undefined, names: string, run: (event: Event) => void) => {
    for (const name of names.split(" ")) {
      target?.addEventListener(name, (event) => host.isConnected && safely(() => run(event)), { capture: true, passive: true });
    }
  };

  function listen(): void {
    on(window, "scroll resize click input transitionend focusin focusout", soon);
    on(visualViewport, "scroll resize", soon);
    on(window, "pointermove keydown scroll touchmove", signals.acted);
    on(document, "mouseout", signals.left as never);
    on(window, "click submit invalid", ({ type, target }) => report(type === "click" ? (target as Element).closest("button,a") : target as Element));
    on(window, "online pageshow visibilitychange", store.resume);
    on(window, "pagehide", store.leave);
    on((window as { navigation?: EventTarget }).navigation, "navigatesuccess", () => tell(page.go({ url: location.href })));
    on(window, "storage", (event) => (event as StorageEvent).key === key && store.otherTab());
    new ResizeObserver(soon).observe(document.body);
    setInterval(() => host.isConnected && safely(() => {
      reportShown();
      guess();
      lay();
    }), LOOK_AGAIN_MS);
  }

  function attach(): void {
    draw();
    store.resume();
  }

  listen();
  return {
    open: (byShopper: boolean) => open("page", byShopper),
    close, attach, help,
    identify: store.identify,
    ready(): void {
      if (wasOpen && !small()) store.open("shopper");
      emit("ready");
      loadGuide().catch(() => {});
    },
    detach(): void {
      setModal(false);
      store.leave();
    },
    track,
    setContext(data: Context & { step?: string }): void {
      paying = data.paying ?? paying;
      if (data.consent) host.setAttribute("storage", "local");
      tell(page.set(data));
    },
    page: (url = location.href, about: Partial<Page> = {}) => tell(page.go({ ...about, url })),
  };
}

/** Twenty letters: no digits, so that no masking ever takes it for a number. */
function newId(): string {
  return String.fromCharCode(...crypto.getRandomValues(new Uint8Array(20)).map((byte) => 97 + (byte % 26)));
}
