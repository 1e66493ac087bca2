/** Puts launcher, nudge and panel where they cover nothing the shop protects, and keeps them so. */
import { complain } from "./calls.ts";
import { type Box, type Wish, covers, findRoom, worth } from "./room.ts";

export const SMALL_PX = 480;

export interface Pieces {
  launcher: HTMLElement;
  nudge: HTMLElement;
  panel: HTMLElement;
}

export interface Look {
  open: boolean;
  /** There is an offer. */
  offer: boolean;
  /** For now it is one line on the launcher, not a card. */
  line: boolean;
  /** The shopper wants the panel even where it lies over something. */
  anyway: boolean;
}

const LAUNCHER_PX = 56;
const OFFER_PX = 300;
/** How much better another place has to be before an open panel moves to it. */
const WORTH_MOVING = 0.25;

/** What of the layout viewport can be seen: less than all of it while a keyboard is on the screen. */
function visibleScreen(): Box {
  const { scale, offsetTop: top, height, width } = visualViewport as VisualViewport;
  return scale === 1 ? { left: 0, top, right: width, bottom: top + height } : { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
}

function protectedBoxes(selector: string): Box[] {
  if (!selector) return [];
  try {
    return [...document.querySelectorAll(selector)].map((element) => element.getBoundingClientRect()).filter((box) => box.width * box.height);
  } catch {
    complain(`protect="${selector}" is no list of selectors.`);
    return [];
  }
}

function put({ style }: HTMLElement, box: Box | null, sized = true): Box | null {
  if (!box) return null;
  const { left, top, right, bottom } = box;
  style.cssText = `left:${left}px;top:${top}px;width:${right - left}px;height:${sized ? `${bottom - top}px` : "auto"}`;
  return box;
}

export function createPlacer({ launcher, nudge, panel }: Pieces, protect: () => string, atLeft: () => boolean) {
  let panelAt: Box | null = null;
  let screen: Box;
  let taken: Box[];

  function wish(width: number, height: number, leastWidth = width, leastHeight = height): Wish {
    return { width, height, leastWidth, leastHeight, atLeft: atLeft(), margin: innerWidth < SMALL_PX ? 16 : 24 };
  }

  function placeLauncher(line: boolean): Box | null {
    const wide = line ? findRoom(screen, taken, wish(Math.min(OFFER_PX, screen.right - 32), LAUNCHER_PX)) : null;
    const at = put(launcher, wide ?? findRoom(screen, taken, wish(LAUNCHER_PX, LAUNCHER_PX)));
    launcher.classList.toggle("wide", Boolean(wide));
    launcher.hidden = !at;
    return at;
  }

  function placeNudge(besides: Box | null): boolean {
    const width = Math.min(OFFER_PX, screen.right - 32);
    nudge.hidden = false;
    nudge.style.width = `${width}px`;
    const wanted = wish(width, nudge.offsetHeight);
    const at = put(nudge, findRoom(screen, besides ? [...taken, besides] : taken, wanted), false);
    nudge.hidden = !at;
    return Boolean(at);
  }

  /** The panel stays where it is as long as it is in nobody's way there and nothing far better is free. */
  function placePanel(): void {
    const wanted = wish(372, 600, 280, Math.min(260, screen.bottom - screen.top - 48));
    const best = findRoom(screen, taken, wanted);
    const at = panelAt;
    const stays = best && at && at.right <= screen.right && at.bottom <= screen.bottom && at.top >= screen.top &&
      !taken.some((box) => covers(box, at)) && worth(best, screen, wanted) - worth(at, screen, wanted) < WORTH_MOVING;
    if (!stays) panelAt = best;
    panel.classList.toggle("folded", !panelAt);
    if (put(panel, panelAt)) return;
    panel.style.width = "280px";
    panel.style.height = "auto";
    const folded = wish(280, panel.offsetHeight);
    put(panel, findRoom(screen, taken, folded) ?? findRoom(screen, [], folded), false);
  }

  /** Reads the page and moves what is in its way. */
  return ({ open, offer, line, anyway }: Look): void => {
    const small = innerWidth < SMALL_PX;
    screen = visibleScreen();
    taken = anyway ? [] : protectedBoxes(protect());
    panel.hidden = !open;
    panel.classList.toggle("full", small);
    if (open) {
      launcher.hidden = nudge.hidden = true;
      if (small) put(panel, screen);
      else placePanel();
      return;
    }
    panelAt = null;
    const at = placeLauncher(offer && line);
    nudge.hidden = true;
    // Where there is no room for a card, the offer is the line on the launcher.
    if (offer && !line && !placeNudge(at)) placeLauncher(true);
  };
}
