/** What the page tells about itself: where the shopper is and was, what happened, and on what device. */
import { maskAll } from "../shared/masking.ts";
import type { Context, Device, Page, PageEvent } from "../shared/protocol.ts";
import type { ForThisTab } from "./keep.ts";

const TRAIL_MOST = 20;
const EVENTS_MOST = 50;

export interface PageContext {
  /** What is known now, unmasked. */
  known(): Context & { field_errors: number };
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

export function createPageContext(tab: ForThisTab, returning: boolean, now: () => number, mask: (text: string) => string): PageContext {
  let said: Context = { returning };
  /** How often each field of this step had an error. */
  let errors: Record<string, number> = {};
  let page: Page = { url: bareUrl(location.href), title: document.title };
  const before = tab.trail.at(-1);
  if (before?.url === page.url) page.step = before.step;
  else remember();

  /** The last entry is the page itself. */
  function remember(): void {
    tab.trail = [...tab.trail, { ...page, at: new Date(now()).toISOString() }].slice(-TRAIL_MOST);
  }

  function go(next: Partial<Page>): Context | null {
    const url = bareUrl(next.url ?? page.url);
    const isSame = url === page.url;
    const { step = isSame ? page.step : undefined, title = document.title } = next;
    if (isSame && step === page.step) return null;
    errors = {};
    // A page that is only now given its step is the same entry.
    if (isSame && !page.step) tab.trail = tab.trail.slice(0, -1);
    page = { url, title, step };
    remember();
    return maskAll({ page, trail: tab.trail }, mask);
  }

  const known = () => ({
    locale: navigator.language,
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    device: device(),
    ...said,
    page,
    field_errors: Math.max(0, ...Object.values(errors)),
  });

  return {
    known,
    all: () => maskAll({ ...known(), trail: tab.trail, events: tab.events }, mask),
    set({ step, page: about, ...data }) {
      said = { ...said, ...data };
      return { ...maskAll(data, mask), ...go({ step, ...about }) };
    },
    go,
    happened(event) {
      const { field, count } = event.data as Record<string, string>;
      if (event.event === "field.error") errors[`${field}`] = Number(count) || (errors[`${field}`] ?? 0) + 1;
      tab.events = [...tab.events, event].slice(-EVENTS_MOST);
    },
  };
}

function device(): Device {
  const kind = matchMedia("(pointer: fine)").matches ? "desktop" : Math.min(screen.width, screen.height) < 600 ? "phone" : "tablet";
  return { kind, browser: navigator.userAgent, width: innerWidth, height: innerHeight };
}
