import assert from "node:assert/strict";
import { test } from "node:test";
import { ago, clockTime, duration, money } from "../shared/format.ts";

test("money is written as the locale writes it, to the last digit", () => {
  assert.equal(money("92.80", "EUR", "en"), "€92.80");
  assert.equal(money("1234.5", "EUR", "de-AT").replace(/\s/g, " "), "€ 1.234,50");
  assert.equal(money("900719925474099.31", "USD", "en"), "$900,719,925,474,099.31");
});

test("a currency nobody knows does not stop the page", () => {
  assert.equal(money("5.00", "no such", "en"), "5.00 no such");
});

test("a wait reads as minutes and seconds, and hours only where there are any", () => {
  assert.deepEqual([0, 22.9, 161, 3909, -5].map(duration), ["0:00", "0:22", "2:41", "1:05:09", "0:00"]);
});

test("times are told in the reader's zone", () => {
  assert.equal(clockTime("2026-03-01T13:32:00Z", "en-GB", "Europe/Vienna"), "14:32");
});

test("what is past is told in the largest unit that fits", () => {
  const now = Date.parse("2026-03-22T12:00:00Z");
  assert.equal(ago("2026-03-01T12:00:00Z", now, "en"), "3 weeks ago");
  assert.equal(ago("2026-03-22T11:59:40Z", now, "en"), "this minute");
});
