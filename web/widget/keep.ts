/**
 * What outlives a page: the visitor's token and conversation for all tabs, the rest for this tab. Where storage is
 * refused by the browser or not wanted by the shop, the same object lives in memory and ends with the page.
 */
import type { PageEvent, ShopperFrame, Visit } from "../shared/protocol.ts";

export interface ForAllTabs {
  visitor: string | null;
  conversation: string | null;
  /** The last message that was on screen in an open panel. */
  seen: number;
}

export interface ForThisTab {
  open: boolean;
  pending: ShopperFrame[];
  /** Offers by their number, notices by their id. */
  dismissed: (number | string)[];
  /** Rules that came true. */
  fired: string[];
  trail: Visit[];
  events: PageEvent[];
  draft: string;
  contact: { name?: string; email?: string; question?: string };
}

export const NOTHING_FOR_ALL_TABS: ForAllTabs = { visitor: null, conversation: null, seen: 0 };
export const NOTHING_FOR_THIS_TAB: ForThisTab = {
  open: false, pending: [], dismissed: [], fired: [], trail: [], events: [], draft: "", contact: {},
};

/**
 * An object whose properties are read where they are kept, whichever tab wrote them last, and kept when they are set;
 * assign a whole new value. `area` is asked each time, so that a shop can turn storage on once the shopper has agreed.
 */
export function createKeep<T extends object>(area: () => Storage | null, key: string, nothing: T): T {
  return new Proxy({ ...nothing }, {
    get(kept, name) {
      try {
        Object.assign(kept, JSON.parse(area()?.getItem(key) ?? "{}"));
      } catch {
        // Refused or damaged: what is in memory is what there is.
      }
      return kept[name as keyof T];
    },
    set(kept, name, value) {
      kept[name as keyof T] = value as never;
      try {
        area()?.setItem(key, JSON.stringify(kept));
      } catch {
        // Refused or full: it ends with the page.
      }
      return true;
    },
  });
}
