import assert from "node:assert/strict";
import { test } from "node:test";
import { type Box, type Wish, covers, findRoom, isFree } from "../widget/room.ts";

const SCREEN: Box = { left: 0, top: 0, right: 1000, bottom: 800 };
const PANEL: Wish = { sizes: [[372, 600], [372, 368], [280, 260]], atLeft: false, margin: 24 };
const box = (left: number, top: number, right: number, bottom: number): Box => ({ left, top, right, bottom });

test("on an empty page it stands in its corner", () => {
  assert.deepEqual(findRoom(SCREEN, [], PANEL), box(604, 176, 976, 776));
  assert.deepEqual(findRoom(SCREEN, [], { ...PANEL, atLeft: true }), box(24, 176, 396, 776));
});

test("it takes the other side where its own is taken", () => {
  const found = findRoom(SCREEN, [box(600, 100, 1000, 760)], PANEL);
  assert.ok(found && found.right <= 592, JSON.stringify(found));
});

test("it becomes lower where there is no column for its height", () => {
  assert.deepEqual(findRoom(SCREEN, [box(0, 0, 1000, 400)], PANEL), box(604, 408, 976, 776));
});

test("where nothing is large enough there is no place", () => {
  assert.equal(findRoom(SCREEN, [box(0, 300, 1000, 500)], { ...PANEL, sizes: [[372, 300]] }), null);
});

test("wherever things stand, a found place covers none of them and is on the screen", () => {
  let seed = 7;
  const next = (most: number) => (seed = (seed * 48271) % 2147483647) % most;
  let found = 0;
  for (let turn = 0; turn < 2_000; turn += 1) {
    const taken = Array.from({ length: next(7) }, () => {
      const [left, top] = [next(1000), next(800)];
      return box(left, top, left + 20 + next(500), top + 20 + next(300));
    });
    const place = findRoom(SCREEN, taken, { ...PANEL, atLeft: turn % 2 === 0 });
    if (!place) continue;
    found += 1;
    assert.ok(!taken.some((each) => covers(place, each)), JSON.stringify({ place, taken }));
    assert.ok(place.left >= 24 && place.top >= 24 && place.right <= 976 && place.bottom <= 776, JSON.stringify(place));
    assert.ok(PANEL.sizes.some(([width, height]) => place.right - place.left === width && place.bottom - place.top === height), JSON.stringify(place));
  }
  assert.ok(found > 1_000, `${found} places found`);
});

test("a place is free when it is all on the screen and lies over nothing", () => {
  assert.ok(isFree(box(0, 0, 100, 100), SCREEN, [box(100, 0, 200, 100)]));
  assert.ok(!isFree(box(0, 0, 101, 100), SCREEN, [box(100, 0, 200, 100)]));
  assert.ok(!isFree(box(-1, 0, 100, 100), SCREEN, []));
});
