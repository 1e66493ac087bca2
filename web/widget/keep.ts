/**
 * What outlives a page: the visitor's token and conversation for all tabs, the rest for this tab. Where storage is
 * refused by the browser or not wanted by the shop, the same object lives in memory and ends with the page.
 */
import type { PageEvent, ShopperFrame, TrailEntry } from "../shared/protocol.ts";

export interface ForAllTabs {
  visitor: string | null;
  conversation: string | null;
  /** The last message that was on screen in an open panel. */
  seen: number;
}

export interface ForThisTab {
  open: boolean;
  pending: ShopperFrame[];
  dismissed: number[];
  trail: TrailEntry[];
  events: PageEvent[];
  draft: string;
  contact: Record<string, string>;
}

export interface Keep<T> {
  /** What is kept now, by whichever tab wrote last. */
  read(): T;
  write(part: Partial<T>): void;
}

export const NOTHING_FOR_ALL_TABS: ForAllTabs = { visitor: null, conversation: null, seen: 0 };
export const NOTHING_FOR_THIS_TAB: ForThisTab = {
  open: false, pending: [], dismissed: [], trail: [], events: [], draft: "", contact: {},
};

/** `area` is asked each time, so that a shop can turn storage on once the shopper has agreed. */
export function createKeep<T extends object>(area: () => Storage | null, key: string, nothing: T): Keep<T> {
  let kept: T = { ...nothing };

  function read(): T {
    try {
      kept = { ...kept, ...(JSON.parse(area()?.getItem(key) ?? "{}") as T) };
    } catch {
      // Refused or damaged: what is in memory is what there is.
    }
    return kept;
  }

  return {
    read,
    write(part) {
      Object.assign(read(), part);
      try {
        area()?.setItem(key, JSON.stringify(kept));
      } catch {
        // Refused or full: it ends with the page.
      }
    },
  };
}
