/** What can be noticed of a shopper who is stuck. Looked at now and then; nothing of the page is observed or changed. */
import type { Cart } from "../shared/protocol.ts";
import type { ForThisTab } from "./keep.ts";
import type { PageContext } from "./page.ts";
import type { Facts } from "./rules.ts";

export const FIELDS = "input,select,textarea,iframe,[contenteditable]";

export interface Signals {
  /** The shopper did something. */
  acted(): void;
  /** The pointer left for the browser's own bars. */
  left(event: MouseEvent): void;
  /** Looks at the page, and gives what is known now. */
  facts(): Facts;
}

/** Times are `performance.now()`: a clock that is set does not move them. */
export function createSignals(tab: ForThisTab, page: PageContext): Signals {
  let [steppedAt, actedAt, focusedAt, lastY] = [0, 0, 0, 0];
  let step: string | undefined;
  let focused: Element | null = null;
  let exit = false;

  return {
    acted: () => (actedAt = performance.now()),
    left: ({ relatedTarget, clientY }) => {
      if (!relatedTarget && clientY <= 0) exit = true;
    },
    facts() {
      const now = performance.now();
      const known = page.known();
      const kind = known.device?.kind;
      const seconds = (since: number) => (now - since) / 1000;
      if (known.page?.step !== step) {
        step = known.page?.step;
        steppedAt = now;
        exit = false;
      }
      if (document.activeElement !== focused) {
        focused = document.activeElement;
        focusedAt = now;
      }
      // On touch there is no pointer to leave: a flick back to the top, or another app.
      if (kind !== "desktop" && (document.hidden || lastY - scrollY > innerHeight)) exit = true;
      lastY = scrollY;
      const seen = tab.events.map(({ event }) => event);
      const { total, lines, coupon } = known.cart ?? ({} as Partial<Cart>);
      return {
        ...known,
        step, exit, seen, device: kind,
        in_step_s: seconds(steppedAt),
        idle_s: seconds(actedAt),
        field_s: focused?.matches(FIELDS) ? seconds(focusedAt) : 0,
        back_and_forth: tab.trail.length - new Set(tab.trail.map((entry) => entry.step ?? entry.url)).size,
        total: Number(total),
        items: lines?.reduce((sum, { quantity }) => sum + quantity, 0),
        coupon: coupon ? "applied" : ["rejected", "tried"].find((each) => seen.includes(`coupon.${each}`)) ?? "none",
      };
    },
  };
}
