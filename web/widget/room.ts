/** Where on the screen something can stand without lying over what the shop protects. Pure geometry. */

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export interface Wish {
  /** The size wanted, and the least that is still of use. */
  width: number;
  height: number;
  leastWidth: number;
  leastHeight: number;
  /** The corner it likes best, at the bottom of the screen. */
  atLeft: boolean;
  /** Free space kept to the screen's edges. */
  margin: number;
}

/** Free space kept to what is protected. */
export const GAP_PX = 8;

/** Whether the two share any area. */
export function covers(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** How good a place is: its size counts most, then how near it is to the corner it likes. */
export function worth(box: Box, screen: Box, wish: Wish): number {
  const across = wish.atLeft ? box.left - screen.left : screen.right - box.right;
  return ((box.right - box.left) * (box.bottom - box.top)) / (wish.width * wish.height) -
    (0.2 * across) / (screen.right - screen.left) - (0.1 * (screen.bottom - box.bottom)) / (screen.bottom - screen.top);
}

/** The best free place, or null when none is large enough. */
export function findRoom(screen: Box, taken: Box[], wish: Wish): Box | null {
  const { margin, atLeft } = wish;
  const blocks = taken.filter((box) => covers(screen, box)).sort((a, b) => a.left - b.left).map(withGap);
  const [from, top, to, bottom] =
    [screen.left + margin, screen.top + margin, screen.right - margin, screen.bottom - margin];
  let best: Box | null = null;

  function consider(left: number, ceiling: number, right: number, floor: number): void {
    if (right - left < wish.leastWidth || floor - ceiling < wish.leastHeight) return;
    const width = Math.min(wish.width, right - left);
    const box = { left: atLeft ? left : right - width, top: Math.max(ceiling, floor - wish.height), right, bottom: floor };
    box.right = box.left + width;
    if (!best || worth(box, screen, wish) > worth(best, screen, wish)) best = box;
  }

  for (const ceiling of [top, ...blocks.map((box) => Math.max(top, box.bottom))]) {
    for (const floor of [bottom, ...blocks.map((box) => Math.min(bottom, box.top))]) {
      // The columns in this band that no block reaches into, from left to right.
      let left = from;
      for (const box of blocks) {
        if (box.top >= floor || box.bottom <= ceiling) continue;
        consider(left, ceiling, Math.min(to, box.left), floor);
        left = Math.max(left, box.right);
      }
      consider(left, ceiling, to, floor);
    }
  }
  return best;
}

function withGap({ left, top, right, bottom }: Box): Box {
  return { left: left - GAP_PX, top: top - GAP_PX, right: right + GAP_PX, bottom: bottom + GAP_PX };
}
