/** Where on the screen something can stand without lying over what the shop protects. Pure geometry. */

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface Wish {
  /** The size wanted, and the least that is still of use. */
  width: number;
  height: number;
  leastWidth: number;
  leastHeight: number;
  /** The corner it likes best, at the bottom of the screen. */
  side: "left" | "right";
  /** Free space kept to the screen's edges, and to what is protected. */
  margin: number;
  gap: number;
}

const right = (box: Box) => box.left + box.width;
const bottom = (box: Box) => box.top + box.height;

/** Whether the two share any area, with `margin` around the second. */
export function covers(box: Box, other: Box, margin = 0): boolean {
  return (
    box.left < right(other) + margin && other.left - margin < right(box) &&
    box.top < bottom(other) + margin && other.top - margin < bottom(box)
  );
}

/** How good a place is: its size counts most, then how near it is to the corner it likes. */
export function worth(box: Box, screen: Box, wish: Wish): number {
  const across = wish.side === "left" ? box.left - screen.left : right(screen) - right(box);
  const size = Math.min(1, box.width / wish.width) * Math.min(1, box.height / wish.height);
  return size - 0.2 * (across / screen.width) - 0.1 * ((bottom(screen) - bottom(box)) / screen.height);
}

/** The best free place, or null when none is large enough. */
export function findRoom(screen: Box, taken: Box[], wish: Wish): Box | null {
  const blocks = taken.filter((box) => covers(screen, box));
  const { margin, gap } = wish;
  const ceilings = [screen.top + margin, ...blocks.map((box) => bottom(box) + gap)];
  const floors = [bottom(screen) - margin, ...blocks.map((box) => box.top - gap)]
    .filter((floor) => floor <= bottom(screen) - margin);
  let best: Box | null = null;
  for (const ceiling of ceilings) {
    for (const floor of floors) {
      if (ceiling < screen.top + margin) continue;
      if (floor - ceiling < wish.leastHeight) continue;
      for (const [from, to] of freeColumns(screen, blocks, ceiling, floor, wish)) {
        if (to - from < wish.leastWidth) continue;
        const width = Math.min(wish.width, to - from);
        const height = Math.min(wish.height, floor - ceiling);
        const box = { left: wish.side === "left" ? from : to - width, top: floor - height, width, height };
        if (!best || worth(box, screen, wish) > worth(best, screen, wish)) best = box;
      }
    }
  }
  return best;
}

/** The columns between `ceiling` and `floor` that no block reaches into, from left to right. */
function freeColumns(screen: Box, blocks: Box[], ceiling: number, floor: number, wish: Wish): [number, number][] {
  const { margin, gap } = wish;
  const columns: [number, number][] = [];
  const end = right(screen) - margin;
  let from = screen.left + margin;
  const inBand = blocks.filter((box) => box.top - gap < floor && bottom(box) + gap > ceiling);
  for (const box of inBand.sort((a, b) => a.left - b.left)) {
    columns.push([from, Math.min(end, box.left - gap)]);
    from = Math.max(from, right(box) + gap);
  }
  columns.push([from, end]);
  return columns;
}
