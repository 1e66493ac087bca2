/** Puts launcher, nudge and panel where they cover nothing the shop protects, and keeps them so. */
import { type Box, type Wish, covers, findRoom, worth } from "./room.ts";

export const SMALL_PX = 480;

export interface Pieces {
  launcher: HTMLElement;
  nudge: HTMLElement;
  panel: HTMLElement;
}

export interface Look {
  open: boolean;
  /** There is an offer, and it may be shown as a card. */
  card: boolean;
  /** There is an offer, and for now it is one line on the launcher. */
  line: boolean;
  /** The shopper wants the panel even where it lies over something. */
  anyway: boolean;
}

const GAP_PX = 8;
const LAUNCHER_PX = 56;
const CARD_PX = 300;
const LINE_PX = 340;
const PANEL: Pick<Wish, "width" | "height" | "leastWidth" | "leastHeight"> = {
  width: 372, height: 600, leastWidth: 280, leastHeight: 260,
};
/** How much better another place has to be before an open panel moves to it. */
const WORTH_MOVING = 0.25;

/** What of the layout viewport can be seen: less than all of it while a keyboard is on the screen. */
export function visibleScreen(): Box {
  const seen = visualViewport;
  const width = document.documentElement.clientWidth;
  if (!seen || seen.scale !== 1) return { left: 0, top: 0, width, height: innerHeight };
  return { left: 0, top: seen.offsetTop, width, height: seen.height };
}

function protectedBoxes(selector: string): Box[] {
  if (!selector) return [];
  return [...document.querySelectorAll(selector)]
    .map((element) => element.getBoundingClientRect())
    .filter(({ width, height }) => width > 0 && height > 0);
}

function putAt(element: HTMLElement, { left, top, width, height }: Box, sized: boolean): void {
  element.style.left = `${left}px`;
  element.style.top = `${top}px`;
  if (!sized) return;
  element.style.width = `${width}px`;
  element.style.height = `${height}px`;
}

export function createPlacer(pieces: Pieces, protect: () => string, side: () => "left" | "right") {
  let panelBox: Box | null = null;

  function wish(width: number, height: number): Wish {
    const margin = innerWidth < SMALL_PX ? 16 : 24;
    return { width, height, leastWidth: width, leastHeight: height, side: side(), margin, gap: GAP_PX };
  }

  function placeLauncher(screen: Box, taken: Box[], look: Look): Box | null {
    const { launcher } = pieces;
    const lineWidth = Math.min(LINE_PX, screen.width - 32);
    let box = look.line ? findRoom(screen, taken, wish(lineWidth, LAUNCHER_PX)) : null;
    launcher.classList.toggle("wide", box !== null);
    box ??= findRoom(screen, taken, wish(LAUNCHER_PX, LAUNCHER_PX));
    launcher.classList.toggle("away", !box);
    if (box) putAt(launcher, box, true);
    return box;
  }

  function placeNudge(screen: Box, taken: Box[]): boolean {
    const { nudge } = pieces;
    const width = Math.min(CARD_PX, screen.width - 32);
    nudge.style.width = `${width}px`;
    nudge.hidden = false;
    const box = findRoom(screen, taken, wish(width, nudge.offsetHeight));
    if (box) putAt(nudge, box, false);
    return box !== null;
  }

  function placePanel(screen: Box, taken: Box[], look: Look): void {
    const { panel } = pieces;
    const best: Wish = { ...wish(0, 0), ...PANEL, leastHeight: Math.min(PANEL.leastHeight, screen.height - 48) };
    let box = findRoom(screen, look.anyway ? [] : taken, best);
    if (box && panelBox && fits(panelBox, screen, taken) && worth(box, screen, best) - worth(panelBox, screen, best) < WORTH_MOVING) {
      box = panelBox;
    }
    panelBox = box;
    panel.classList.toggle("folded", !box);
    if (box) return putAt(panel, box, true);
    panel.style.width = `${PANEL.leastWidth}px`;
    panel.style.height = "auto";
    const folded = wish(PANEL.leastWidth, panel.offsetHeight);
    const fallback = findRoom(screen, taken, folded) ?? findRoom(screen, [], folded);
    if (fallback) putAt(panel, fallback, false);
  }

  function fits(box: Box, screen: Box, taken: Box[]): boolean {
    const inside = box.left >= screen.left && box.top >= screen.top &&
      box.left + box.width <= screen.left + screen.width && box.top + box.height <= screen.top + screen.height;
    return inside && !taken.some((each) => covers(box, each));
  }

  return {
    /** Reads the page and moves what is in its way. */
    place(look: Look): void {
      const { launcher, nudge, panel } = pieces;
      const screen = visibleScreen();
      const taken = protectedBoxes(protect());
      panel.hidden = !look.open;
      launcher.hidden = look.open;
      if (look.open) {
        nudge.hidden = true;
        const small = innerWidth < SMALL_PX;
        panel.classList.toggle("full", small);
        if (small) {
          panel.classList.remove("folded");
          putAt(panel, screen, true);
        } else placePanel(screen, taken, look);
        return;
      }
      panelBox = null;
      const at = placeLauncher(screen, taken, look);
      const shown = look.card && placeNudge(screen, at ? [...taken, at] : taken);
      nudge.hidden = !shown;
      // No room for a card: the offer is the line on the launcher instead.
      if (look.card && !shown) placeLauncher(screen, taken, { ...look, line: true });
    },
  };
}

export type Placer = ReturnType<typeof createPlacer>;
