/** Store, view and place put together in one element, and everything on the page that they listen to. */
import { mask } from "../shared/masking.ts";
import type { Context, Message, Page } from "../shared/protocol.ts";
import { browserClock, createTransport, postTo } from "../shared/transport.ts";
import { complain } from "./calls.ts";
import { NOTHING_FOR_ALL_TABS, NOTHING_FOR_THIS_TAB, createKeep } from "./keep.ts";
import { createModal } from "./modal.ts";
import { createPageContext } from "./page.ts";
import { SMALL_PX, createPlacer } from "./place.ts";
import { draw as drawAll } from "./follow.ts";
import { type Store, createStore } from "./store.ts";
import { createView } from "./view.ts";
import css from "./widget.css";

export type Widget = ReturnType<typeof createWidget>;

const LOOK_AGAIN_MS = 300;
const FIELDS = "input,select,textarea,iframe,[contenteditable]";

export function createWidget(host: HTMLElement) {
  const site = host.getAttribute("site") ?? "";
  const server = new URL(host.getAttribute("server") || import.meta.url, location.href).origin;
  const stores = () => host.getAttribute("storage") !== "memory";
  const key = `checkout-chat:${site}`;
  const device = createKeep(() => (stores() ? localStorage : null), key, NOTHING_FOR_ALL_TABS);
  const tab = createKeep(() => (stores() ? sessionStorage : null), key, NOTHING_FOR_THIS_TAB);
  const page = createPageContext(tab, browserClock.now, masked);
  const wasOpen = tab.open;
  const small = () => innerWidth < SMALL_PX;
  let listening = new AbortController();
  let orderPattern = host.getAttribute("order-pattern");
  let anyway = false;
  let drawing = false;

  const store: Store = createStore({
    site, device, tab, mask: masked, newId, clock: browserClock,
    locale: () => host.lang || document.documentElement.lang || navigator.language,
    context: () => ({ consent: stores(), ...page.all() }),
    happened: page.happened,
    transport: (hooks) => createTransport({
      ...hooks,
      openSocket: () => new WebSocket(`${server.replace("http", "ws")}/chat/v1/socket`) as never,
      post: postTo(`${server}/chat/v1/frames`),
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
  const shadow = host.attachShadow({ mode: "open" });
  shadow.adoptedStyleSheets = [sheet];
  shadow.append(root);
  root.addEventListener("keydown", pressed);
  dress();

  /** Strict where no pattern is known yet, or it is one that browsers can't read. */
  function masked(text: string): string {
    try {
      return mask(text, orderPattern);
    } catch {
      complain(`order-pattern ${orderPattern} is no regular expression here.`);
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
    const { open, nudge } = store.chat;
    const active = document.activeElement;
    const inField = active !== host && Boolean(active?.matches(FIELDS));
    const modal = open && small();
    place({ open, offer: Boolean(nudge), line: inField, anyway });
    pieces.panel.ariaModal = modal ? "true" : null;
    setModal(modal && host.isConnected);
  }

  function dress(): void {
    root.dataset.theme = host.getAttribute("theme") ?? "";
    root.dir = getComputedStyle(host.parentElement ?? document.body).direction;
    draw();
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
    else if (nudge) store.dismiss(nudge.seq);
  }

  function tell(context: Context | null): void {
    if (context) store.context(context);
    lay();
  }

  // ---- what the page does ----

  const soon = () => requestAnimationFrame(lay);
  const moved = () => tell(page.go({ url: location.href }));

  function attach(): void {
    listening.abort();
    listening = new AbortController();
    const { signal } = listening;
    const on = (target: EventTarget | null | undefined, names: string, run: (event: Event) => void) => {
      for (const name of names.split(" ")) target?.addEventListener(name, run, { signal, capture: true, passive: true });
    };
    on(window, "scroll resize click input transitionend focusin focusout", soon);
    on(visualViewport, "scroll resize", soon);
    on(window, "online pageshow visibilitychange", store.resume);
    on(window, "pagehide", store.leave);
    on(window, "popstate hashchange", moved);
    on((window as { navigation?: EventTarget }).navigation, "navigatesuccess", moved);
    on(window, "storage", (event) => (event as StorageEvent).key === key && store.otherTab());
    const observer = new ResizeObserver(soon);
    observer.observe(document.body);
    const timer = setInterval(lay, LOOK_AGAIN_MS);
    on(signal, "abort", () => {
      observer.disconnect();
      clearInterval(timer);
    });
    store.resume();
  }

  return {
    open: (byShopper: boolean) => open("page", byShopper),
    close, dress, attach,
    identify: store.identify,
    ready(): void {
      if (wasOpen && !small()) store.open("shopper");
      emit("ready");
    },
    detach(): void {
      listening.abort();
      setModal(false);
      store.leave();
    },
    track(event: string, data: Record<string, unknown> = {}): void {
      if (typeof event !== "string" || !event) return complain("track() wants the name of an event.");
      if (event === "step.entered" && data.step) tell(page.go({ step: String(data.step) }));
      store.track(event, data);
    },
    setContext(data: Context & { step?: string }): void {
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
