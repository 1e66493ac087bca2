/** What an order costs: goods, coupon, delivery, taxes. Everything in cents, nothing from the browser. */

import { GAS, PICK_UP_POINTS, PICK_UP_POINT_FEE, productOf, zoneOf, type Currency } from "./goods.ts";

export interface Line {
  product: string;
  variant: string;
  quantity: number;
}

export type DeliveryKind = "standard" | "express" | "pick_up_point" | "shop";

export interface Order {
  lines: Line[];
  country: string;
  delivery: DeliveryKind;
  coupon: string | null;
}

export interface Totals {
  currency: Currency;
  goods: number;
  discount: number;
  delivery: number;
  /** Sales tax and prepaid duties in the US; taken off (below zero) above £600 in the UK. Zero where VAT is in the price. */
  tax: number;
  duties: number;
  total: number;
}

export type CouponRefusal = "unknown" | "expired" | "minimum" | "not_combinable";

interface Coupon {
  minimum: Record<Currency, number>;
  /** Cents off, or a share of the goods. */
  off: number | { share: number };
  ended?: true;
}

const COUPONS: Record<string, Coupon> = {
  WELCOME10: { minimum: { EUR: 5000, GBP: 4500, USD: 5500 }, off: { share: 0.1 } },
  TRAIL15: { minimum: { EUR: 12000, GBP: 11000, USD: 13000 }, off: 1500 },
  SUMMER20: { minimum: { EUR: 0, GBP: 0, USD: 0 }, off: { share: 0.2 }, ended: true },
};

const UK_PREPAID_UP_TO = 60_000;
const UK_VAT = 0.2;
/** The demo's stand-ins: a shop asks a tax service with the ZIP code. */
const US_SALES_TAX = 0.08;
const US_DUTIES = 0.12;
export const US_MOST = 250_000;

export function currencyOf(country: string): Currency {
  return zoneOf(country)?.currency ?? "EUR";
}

export function linePrice(line: Line, currency: Currency): number {
  return (productOf(line.product)?.price[currency] ?? 0) * line.quantity;
}

export function goodsOf(lines: Line[], currency: Currency): number {
  return lines.reduce((sum, line) => sum + linePrice(line, currency), 0);
}

export function totalsOf(order: Order): Totals {
  const currency = currencyOf(order.country);
  const goods = goodsOf(order.lines, currency);
  const discount = discountOf(order, currency);
  const delivery = order.lines.length ? feeOf(order.delivery, order.country, goods - discount) : 0;
  const { tax, duties } = taxesOf(order.country, goods - discount);
  return { currency, goods, discount, delivery, tax, duties, total: goods - discount + delivery + tax + duties };
}

/** The fee of one kind of delivery; standard and pick-up point are free from the zone's value. */
export function feeOf(kind: DeliveryKind, country: string, goodsAfterCoupon: number): number {
  const zone = zoneOf(country);
  if (!zone || kind === "shop") return 0;
  if (kind === "express") return zone.express;
  if (goodsAfterCoupon >= zone.freeFrom) return 0;
  return kind === "pick_up_point" ? PICK_UP_POINT_FEE : zone.standard;
}

/** What can be chosen; empty when something in the cart does not go to that country. */
export function deliveriesOf(lines: Line[], country: string): DeliveryKind[] {
  const hasGas = lines.some(({ product }) => product === GAS);
  if (!zoneOf(country) || (hasGas && country !== "AT" && country !== "DE")) return [];
  if (hasGas) return ["standard"];
  const kinds: DeliveryKind[] = ["standard", "express"];
  if (PICK_UP_POINTS.includes(country)) kinds.push("pick_up_point");
  if (country === "AT") kinds.push("shop");
  return kinds;
}

/** Null when the code counts for this order. */
export function refusalOf(code: string, order: Order): CouponRefusal | null {
  const coupon = COUPONS[code.toUpperCase()];
  if (!coupon) return "unknown";
  if (coupon.ended) return "expired";
  if (order.coupon && order.coupon !== code.toUpperCase()) return "not_combinable";
  return goodsOf(withoutGas(order.lines), currencyOf(order.country)) < minimumOf(code, order.country) ? "minimum" : null;
}

export function minimumOf(code: string, country: string): number {
  return COUPONS[code.toUpperCase()]?.minimum[currencyOf(country)] ?? 0;
}

function discountOf(order: Order, currency: Currency): number {
  const coupon = order.coupon ? COUPONS[order.coupon] : undefined;
  if (!coupon || refusalOf(order.coupon ?? "", order)) return 0;
  const goods = goodsOf(withoutGas(order.lines), currency);
  return typeof coupon.off === "number" ? Math.min(goods, coupon.off) : Math.round(goods * coupon.off.share);
}

function withoutGas(lines: Line[]): Line[] {
  return lines.filter(({ product }) => product !== GAS);
}

function taxesOf(country: string, goods: number): { tax: number; duties: number } {
  if (country === "US") return { tax: Math.round(goods * US_SALES_TAX), duties: Math.round(goods * US_DUTIES) };
  if (country === "GB" && goods > UK_PREPAID_UP_TO) return { tax: Math.round(goods / (1 + UK_VAT)) - goods, duties: 0 };
  return { tax: 0, duties: 0 };
}
