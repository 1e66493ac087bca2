import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { EMPTY, troublesOf, type Address } from "../demo/address.ts";
import { cardTroubles, charge, isCardNumber, TEST_CARDS } from "../demo/bank.ts";
import { COUNTRIES, PRODUCTS, zoneOf } from "../demo/goods.ts";
import { deliveriesOf, feeOf, refusalOf, totalsOf, type Line, type Order } from "../demo/totals.ts";

const POLICY = readFileSync(`${process.env.PROJECT}/docs/fernhill.md`, "utf8");
const JACKET: Line = { product: "trail-jacket", variant: "moss, M", quantity: 1 };
const SOCKS: Line = { product: "wool-socks", variant: "rust", quantity: 1 };
const TENT: Line = { product: "larch-two-person-tent", variant: "amber", quantity: 1 };
const GAS: Line = { product: "gas-cartridge", variant: "230 g", quantity: 1 };

function order(changed: Partial<Order> = {}): Order {
  return { lines: [JACKET, SOCKS], country: "AT", delivery: "standard", coupon: null, ...changed };
}

function address(changed: Partial<Address> = {}): Address {
  return { ...EMPTY, email: "anna@example.org", name: "Anna Gruber", street: "Leopoldstraße 7", postcode: "6020", city: "Innsbruck", ...changed };
}

const cents = (text: string): number => Math.round(Number(text.replace(/[^\d.]/g, "")) * 100);
const rowsWith = (first: RegExp): string[][] =>
  POLICY.split("\n").map((line) => line.split("|").map((cell) => cell.trim()).slice(1, -1)).filter((cells) => first.test(cells[0] ?? ""));

test("fees, days and free delivery are those of the policy sheet", () => {
  const rows = rowsWith(/^(1|2|3|UK|US)$/).filter((cells) => cells.length === 7);
  assert.equal(rows.length, 5);
  const inSheet = rows.flatMap(([, countries = ""]) => countries.match(/\b[A-Z]{2}\b/g) ?? []);
  assert.deepEqual([...COUNTRIES].sort(), inSheet.sort());
  for (const [, countries = "", standard = "", days, freeFrom = "", express = "", expressDays] of rows) {
    for (const country of countries.match(/\b[A-Z]{2}\b/g) ?? []) {
      const zone = zoneOf(country);
      assert.deepEqual(
        [zone?.standard, zone?.days, zone?.freeFrom, zone?.express, zone?.expressDays],
        [cents(standard), days, cents(freeFrom), cents(express), expressDays], country,
      );
    }
  }
});

test("products and prices are those of the policy sheet", () => {
  for (const { title, price } of PRODUCTS) {
    const [row] = rowsWith(new RegExp(`^${title}$`));
    assert.ok(row, title);
    const [, EUR = "", GBP = "", USD = ""] = row;
    const listed = { EUR: cents(EUR), ...(/\d/.test(GBP) ? { GBP: cents(GBP), USD: cents(USD) } : {}) };
    assert.deepEqual(price, listed, title);
  }
});

test("a jacket and socks to Austria are 92.80", () => {
  assert.equal(totalsOf(order()).total, 9280);
});

test("delivery is free from the zone's value after the coupon, but express is not", () => {
  assert.equal(feeOf("standard", "AT", 9999), 490);
  assert.equal(feeOf("standard", "AT", 10000), 0);
  assert.equal(feeOf("pick_up_point", "DE", 10000), 0);
  assert.equal(feeOf("express", "AT", 50000), 1290);
  assert.equal(totalsOf(order({ lines: [{ ...JACKET, quantity: 2 }], country: "FR", coupon: "TRAIL15" })).total, 13800 - 1500 + 0);
});

test("coupons are refused when unknown, ended, below their minimum or one too many", () => {
  assert.equal(refusalOf("nonsense", order()), "unknown");
  assert.equal(refusalOf("summer20", order()), "expired");
  assert.equal(refusalOf("TRAIL15", order()), "minimum");
  assert.equal(refusalOf("TRAIL15", order({ lines: [TENT], coupon: "WELCOME10" })), "not_combinable");
  assert.equal(refusalOf("welcome10", order()), null);
  assert.equal(totalsOf(order({ coupon: "WELCOME10" })).discount, 879);
});

test("a coupon does not count for gas, and is dropped when the cart falls below its minimum", () => {
  assert.equal(totalsOf(order({ lines: [JACKET, GAS], coupon: "WELCOME10" })).discount, 690);
  assert.equal(totalsOf(order({ lines: [SOCKS], coupon: "WELCOME10" })).discount, 0);
});

test("gas goes to Austria and Germany only, by standard delivery", () => {
  assert.deepEqual(deliveriesOf([GAS], "DE"), ["standard"]);
  assert.deepEqual(deliveriesOf([GAS], "FR"), []);
  assert.deepEqual(deliveriesOf([JACKET], "CH"), []);
});

test("the UK above £600 is without VAT, the US has tax and duties on top", () => {
  const uk = totalsOf(order({ lines: [{ ...TENT, quantity: 3 }], country: "GB" }));
  assert.equal(uk.currency, "GBP");
  assert.equal(uk.tax, Math.round(88500 / 1.2) - 88500);
  const us = totalsOf(order({ country: "US" }));
  assert.equal(us.total, us.goods + us.delivery + us.tax + us.duties);
  assert.ok(us.tax > 0 && us.duties > 0);
});

test("a good address has no troubles", () => {
  assert.deepEqual(troublesOf(address()), []);
  assert.deepEqual(troublesOf(address({ country: "GB", postcode: "SW1A 1AA", city: "London", phone: "+44 20 7946 0000" })), []);
  assert.deepEqual(troublesOf(address({ country: "NL", postcode: "1012 AB", city: "Amsterdam" })), []);
  assert.deepEqual(troublesOf(address({ country: "IE", postcode: "D02 AF30", city: "Dublin" })), []);
});

test("PO boxes, unknown postcodes and countries not served are refused, each by its field", () => {
  const rejected = (changed: Partial<Address>) => troublesOf(address(changed)).map(({ field, rejected }) => [field, rejected]);
  for (const street of ["PO Box 12", "P.O. Box 3", "Postfach 44", "Apartado 9"]) {
    assert.deepEqual(rejected({ street }), [["street", "po_box"]], street);
  }
  assert.deepEqual(rejected({ postcode: "9999" }), [["postcode", "postcode"]]);
  assert.deepEqual(rejected({ postcode: "602" }), [["postcode", "postcode"]]);
  assert.deepEqual(rejected({ country: "DE", postcode: "99999" }), [["postcode", "postcode"]]);
  assert.deepEqual(rejected({ country: "CH" }), [["country", "country"]]);
  assert.deepEqual(rejected({ street: "APO AE 09012" }), [["street", "undeliverable"]]);
});

test("every country has a postcode that is taken", () => {
  for (const country of COUNTRIES) {
    const [trouble] = troublesOf(address({ country, postcode: "1", state: "NY", phone: "+1 212 555 0100" }));
    const example = /looks like (.+)\.$/.exec(trouble?.words ?? "")?.[1] ?? "";
    assert.deepEqual(troublesOf(address({ country, postcode: example, state: "NY", phone: "+1 212 555 0100" })), [], country);
  }
});

test("test cards pass the check of their digits and do what they say", () => {
  for (const { number, outcome } of TEST_CARDS) {
    assert.ok(isCardNumber(number.replaceAll(" ", "")), number);
    assert.deepEqual(charge(number), outcome);
  }
  assert.equal(isCardNumber("4242424242424241"), false);
});

test("a card is checked before the bank is asked", () => {
  const now = new Date("2026-03-15T12:00:00Z");
  const fields = (card: object) =>
    cardTroubles({ number: "4242 4242 4242 4242", expiry: "09/28", code: "123", holder: "Anna", ...card }, now).map(({ field }) => field);
  assert.deepEqual(fields({}), []);
  assert.deepEqual(fields({ number: "4242" }), ["number"]);
  assert.deepEqual(fields({ expiry: "02/26" }), ["expiry"]);
  assert.deepEqual(fields({ expiry: "03/26" }), []);
  assert.deepEqual(fields({ expiry: "13/28", code: "12", holder: " " }), ["expiry", "code", "holder"]);
});
