/** What the page tells about itself: where the shopper is and was, what happened, and on what device. */
import { maskAll } from "../shared/masking.ts";
import type { Context, Device, Page, PageEvent, TrailEntry } from "../shared/protocol.ts";
import type { ForThisTab, Keep } from "./keep.ts";

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

export function createPageContext(tab: Keep<ForThisTab>, now: () => number, mask: (text: string) => string): PageContext {
  const said: Context = {};
  let page: Page = { url: bareUrl(location.href), title: document.title };
  let since = now();
  const before = tab.read().trail.at(-1);
  if (before?.url === page.url) page = { url: before.url, title: page.title, ...(before.step ? { step: before.step } : {}) };
  else remember();

  /** The last entry of the trail is the page itself; its stay is counted when it is asked for. */
  function remember(): void {
    const at = new Date(since).toISOString();
    const trail = [...trailSoFar(), { ...page, at, stay_s: 0 }];
    tab.write({ trail: trail.slice(-TRAIL_MOST) });
  }

  function trailSoFar(): TrailEntry[] {
    const trail = tab.read().trail;
    return trail.map((entry, place) =>
      place === trail.length - 1
        ? { ...entry, stay_s: Math.max(0, Math.round((now() - Date.parse(entry.at)) / 1000)) }
        : entry);
  }

  return {
    all: () => maskAll({
      locale: navigator.language,
      time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      device: device(),
      ...said,
      page,
      trail: trailSoFar(),
      events: tab.read().events,
    }, mask),
    set({ step, ...data }) {
      const changed: Context = { ...data };
      if (step || data.page) Object.assign(changed, this.go({ ...data.page, ...(step ? { step } : {}) }) ?? { page });
      Object.assign(said, data);
      return maskAll(changed, mask);
    },
    go(next) {
      const url = next.url ? bareUrl(next.url) : page.url;
      const moved = url !== page.url;
      const step = next.step ?? (moved ? undefined : page.step);
      if (!moved && step === page.step && !next.title) return null;
      const another = moved || (page.step !== undefined && step !== page.step);
      page = { url, title: next.title ?? document.title, ...(step ? { step } : {}) };
      if (another) since = now();
      else tab.write({ trail: tab.read().trail.slice(0, -1) });
      remember();
      return maskAll({ page, trail: trailSoFar() }, mask);
    },
    happened(event) {
      tab.write({ events: [...tab.read().events, event].slice(-EVENTS_MOST) });
    },
  };
}

function device(): Device {
  const agent = navigator.userAgent;
  const browser = /(Edg|OPR|Firefox|Chrome|Safari)\//.exec(agent)?.[1] ?? "other";
  const touch = matchMedia("(pointer: coarse)").matches;
  const small = Math.min(screen.width, screen.height);
  const kind = !touch ? "desktop" : small < 600 ? "phone" : "tablet";
  return { kind, browser: browser === "Edg" ? "Edge" : browser === "OPR" ? "Opera" : browser, width: innerWidth, height: innerHeight };
}
