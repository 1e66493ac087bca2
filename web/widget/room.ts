/** Where on the screen something can stand without lying over what the shop protects. Pure geometry. */

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export interface Wish {
  /** Width and height, the best first. */
  sizes: [width: number, height: number][];
  /** The corner it likes, at the bottom of the screen. */
  atLeft: boolean;
  /** Free space kept to the screen's edges. */
  margin: number;
}

/** Free space kept to what is protected. */
const GAP_PX = 8;

/** Whether the two share any area. */
export function covers(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** Whether it is all on the screen and lies over nothing. */
export function isFree(box: Box, screen: Box, taken: Box[]): boolean {
  return box.left >= screen.left && box.top >= screen.top && box.right <= screen.right && box.bottom <= screen.bottom && !taken.some((each) => covers(box, each));
}

/** The free place for the first size that has one, nearest to its corner; null where there is none. */
export function findRoom(screen: Box, taken: Box[], { sizes, atLeft, margin }: Wish): Box | null {
  const grown = ({ left, top, right, bottom }: Box, by: number) => ({ left: left - by, top: top - by, right: right + by, bottom: bottom + by });
  const inner = grown(screen, -margin);
  const blocks = taken.map((box) => grown(box, GAP_PX)).filter((box) => covers(box, inner));
  const away = (box: Box) => (atLeft ? box.left : -box.right) - box.bottom;
  for (const [width, height] of sizes) {
    // It stands at an edge of the screen or beside a block, both across and down.
    const lefts = [inner.left, inner.right - width, ...blocks.flatMap((block) => [block.right, block.left - width])];
    const tops = [inner.top, inner.bottom - height, ...blocks.flatMap((block) => [block.bottom, block.top - height])];
    const free = lefts.flatMap((left) => tops.map((top) => ({ left, top, right: left + width, bottom: top + height })))
      .filter((box) => isFree(box, inner, blocks));
    if (free[0]) return free.reduce((best, box) => (away(box) < away(best) ? box : best));
  }
  return null;
}
