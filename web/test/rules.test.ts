import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { type Condition, type Facts, holds } from "../widget/rules.ts";

interface Vector {
  cond: Condition;
  state: Facts & Record<string, unknown>;
  holds: boolean;
}

const VECTORS = JSON.parse(readFileSync(`${process.env.PROJECT}/tests/contract/conditions.json`, "utf8")) as Vector[];
const FACTS = /^(step|in_step_s|idle_s|field_s|field_errors|back_and_forth|exit|total|items|country|coupon|returning|device|locale|seen)$/;

test("the browser's answers are the server's", () => {
  // An event's data is asked of the server only: no guess has any.
  const ours = VECTORS.filter(({ cond }) => !JSON.stringify(cond).includes('"data"'));
  assert.ok(ours.length > 100, `${ours.length} vectors`);
  for (const { cond, state, holds: wanted } of ours) {
    // What is no fact never gets into what signals.ts knows.
    const facts = Object.fromEntries(Object.entries(state).filter(([name]) => FACTS.test(name)));
    assert.equal(holds(cond, facts), wanted, JSON.stringify({ cond, state }));
  }
});
