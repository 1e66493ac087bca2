/** Puts launcher, nudge and panel where they cover nothing the shop protects, and keeps them so. */
import { complain } from "./calls.ts";
import { type Box, type Wish, findRoom, isFree } from "./room.ts";

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
/** The panel's heights, from what it likes to the least that is of use. */
const PANEL_PX = [600, 540, 480, 420, 360, 300, 260];

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
    complain(`protect is unreadable: ${selector}`);
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

  function find(sizes: Wish["sizes"], besides: Box[] = taken): Box | null {
    return findRoom(screen, besides, { sizes, atLeft: atLeft(), margin: innerWidth < SMALL_PX ? 16 : 24 });
  }

  function placeLauncher(line: boolean): Box | null {
    const wide = line ? find([[Math.min(OFFER_PX, screen.right - 32), LAUNCHER_PX]]) : null;
    const at = put(launcher, wide ?? find([[LAUNCHER_PX, LAUNCHER_PX]]));
    launcher.classList.toggle("wide", Boolean(wide));
    launcher.hidden = !at;
    return at;
  }

  function placeNudge(besides: Box | null): boolean {
    const width = Math.min(OFFER_PX, screen.right - 32);
    nudge.hidden = false;
    nudge.style.width = `${width}px`;
    const at = put(nudge, find([[width, nudge.offsetHeight]], besides ? [...taken, besides] : taken), false);
    nudge.hidden = !at;
    return Boolean(at);
  }

  /** The panel stays where it is as long as it is in nobody's way there and no larger place is free. */
  function placePanel(inField: boolean): void {
    const best = find(PANEL_PX.map((height) => Math.min(height, screen.bottom - screen.top - 48)).flatMap((height): Wish["sizes"] => [[372, height], [280, height]]));
    if (!panelAt || !best || best.bottom - best.top > panelAt.bottom - panelAt.top || !isFree(panelAt, screen, taken)) panelAt = best;
    panel.classList.toggle("folded", !panelAt);
    if (put(panel, panelAt)) return;
    panel.style.cssText = "width:280px";
    const folded: Wish["sizes"] = [[280, panel.offsetHeight]];
    // Who fills in the shop's form needs that more than the chat; who opened the chat has to see something of it.
    panel.hidden = !put(panel, find(folded) ?? (inField ? null : find(folded, [])), false);
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
      else placePanel(line);
      return;
    }
    panelAt = null;
    const at = placeLauncher(offer && line);
    nudge.hidden = true;
    // Where there is no room for a card, the offer is the line on the launcher.
    if (offer && !line && !placeNudge(at)) placeLauncher(true);
  };
}
