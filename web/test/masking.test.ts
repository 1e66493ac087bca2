import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { mask, maskAll } from "../shared/masking.ts";

interface Vector {
  name: string;
  in: string;
  out: string;
  order_pattern?: string;
}

const VECTORS = JSON.parse(readFileSync(`${process.env.PROJECT}/tests/contract/masking.json`, "utf8")) as Vector[];

for (const vector of VECTORS) {
  test(`masking as the server does it: ${vector.name}`, () => {
    assert.equal(mask(vector.in, vector.order_pattern), vector.out);
    assert.equal(mask(vector.out, vector.order_pattern), vector.out, "masking what is masked changes nothing");
  });
}

test("there are vectors", () => {
  assert.ok(VECTORS.length > 50);
});

test("every text in plain data is masked, and a number that is a card", () => {
  const masked = maskAll({ note: "4242 4242 4242 4242", deep: [{ card: 4242424242424242, total: "92.80", count: 3 }] }, mask);
  assert.deepEqual(masked, { note: "•••• 4242", deep: [{ card: "•••• 4242", total: "92.80", count: 3 }] });
});

test("data that cannot be sent is left out instead of stopping the page", () => {
  const round: Record<string, unknown> = {};
  round.self = round;
  assert.deepEqual(maskAll(round, mask), {});
});
