/** What the page tells about itself: where the shopper is and was, what happened, and on what device. */
import { maskAll } from "../shared/masking.ts";
import type { Context, Device, Page, PageEvent, TrailEntry } from "../shared/protocol.ts";
import type { ForThisTab } from "./keep.ts";

const TRAIL_MOST = 20;
const EVENTS_MOST = 50;

export interface PageContext {
  /** Everything, for a hello. */
  all(): Context;
  /** Takes what the shop says and gives what has to be sent. A `step` beside `page` is taken for the page's. */
  set(data: Context & { step?: string }): Context;
  /** The shopper went somewhere; null when it is the same place. */
  go(page: Partial<Page>): Context | null;
  happened(event: PageEvent): void;
}

/** Without what a query may carry (addresses, tokens); a path behind `#/` or `#!` is kept. */
export function bareUrl(url: string): string {
  const { origin, pathname, hash } = new URL(url, location.href);
  return origin + pathname + (/^#[/!]/.test(hash) ? hash : "");
}

export function createPageContext(tab: ForThisTab, now: () => number, mask: (text: string) => string): PageContext {
  let said: Context = {};
  let page: Page = { url: bareUrl(location.href), title: document.title };
  const before = tab.trail.at(-1);
  if (before?.url === page.url) page = { ...page, ...(before.step && { step: before.step }) };
  else remember();

  /** The last entry is the page itself; how long it has been looked at is counted when it is asked for. */
  function trail(): TrailEntry[] {
    const entries = tab.trail;
    const last = entries.at(-1);
    if (last) last.stay_s = Math.max(0, Math.round((now() - Date.parse(last.at)) / 1000));
    return entries;
  }

  function remember(): void {
    const here = { ...page, at: new Date(now()).toISOString(), stay_s: 0 };
    tab.trail = [...trail(), here].slice(-TRAIL_MOST);
  }

  function go(next: Partial<Page>): Context | null {
    const url = bareUrl(next.url ?? page.url);
    const { step, title = document.title } = { ...(url === page.url && { step: page.step }), ...next };
    if (url === page.url && step === page.step) return null;
    // A page that is only now given its step is the same entry.
    const entries = trail();
    if (url === page.url && !page.step) tab.trail = entries.slice(0, -1);
    page = { url, title, ...(step && { step }) };
    remember();
    return maskAll({ page, trail: trail() }, mask);
  }

  return {
    all: () => maskAll({
      locale: navigator.language,
      time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      device: device(),
      ...said,
      page,
      trail: trail(),
      events: tab.events,
    }, mask),
    set({ step, page: about, ...data }) {
      said = { ...said, ...data };
      return { ...maskAll(data, mask), ...go({ ...about, ...(step && { step }) }) };
    },
    go,
    happened(event) {
      tab.events = [...tab.events, event].slice(-EVENTS_MOST);
    },
  };
}

function device(): Device {
  const browser = /Firefox|Chrome|Safari|$/.exec(navigator.userAgent)?.[0] || "other";
  const kind = matchMedia("(pointer: fine)").matches ? "desktop" : Math.min(screen.width, screen.height) < 600 ? "phone" : "tablet";
  return { kind, browser, width: innerWidth, height: innerHeight };
}
