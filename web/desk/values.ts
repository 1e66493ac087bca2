/** How values of the protocol are written for people: reasons, steps, events, places, confidence. */

import { ago, clockTime, dayAndTime, money } from "../shared/format.ts";
import type { Summary } from "../shared/protocol.ts";
import { words } from "./words.ts";

/** The interface is in English: the reader's own kind of English, else the one with a 24 hour clock. */
export const locale = navigator.languages.find((language) => /^en-/.test(language) && language !== "en-US") ?? "en-GB";

/** With a true minus sign. What is no amount is shown as the page sent it. */
export function amount(value: string, currency: string): string {
  return /^-?\d+(\.\d+)?$/.test(value) ? money(value, currency, locale).replace("-", "−") : `${value} ${currency}`.trim();
}

/** ".93", and "1.00" for certain. */
export const confidence = (value: number): string => value.toFixed(2).replace(/^0/, "");

export const timeOfDay = orAsItCame((at, timeZone?: string) => clockTime(at, locale, timeZone));

export const timeWithSeconds = orAsItCame((at) =>
  new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(new Date(at)));

/** The time of day, with the day when that is not today. */
export const when = orAsItCame((at, now_ms: number) => {
  const today = new Date(at).toDateString() === new Date(now_ms).toDateString();
  return today ? timeOfDay(at) : dayAndTime(at, locale);
});

/** "3 weeks ago". */
export const since = orAsItCame((at, now_ms: number) => ago(at, now_ms, locale));

/** Times of pages and events are the page's own: one that is none must not bring the desk down. */
function orAsItCame<More extends unknown[]>(format: (at: string, ...more: More) => string): typeof format {
  return (at, ...more) => {
    try {
      return format(at, ...more);
    } catch {
      return at;
    }
  };
}

export const step = (code: string | null | undefined): string => (code ? (words.steps[code] ?? spoken(code)) : "");

/** "payment.authentication_failed" is "Payment authentication failed". */
export const event = (name: string): string => spoken(name.replaceAll(".", " "));

/** "insufficient_funds" is "insufficient funds"; what is not a plain value is written as it came. */
export function datum(value: unknown): string {
  if (typeof value === "string") return /^[a-z0-9]+(_[a-z0-9]+)+$/.test(value) ? value.replaceAll("_", " ") : value;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** "PDF", "PNG": what a file is. */
export const fileType = (type: string): string => (type.split("/").at(-1) ?? type).toUpperCase();

/** "4 kB", "1.2 MB". */
export function fileSize(bytes: number): string {
  const [value, unit] = bytes < 1_000_000 ? [Math.ceil(bytes / 1000), "kilobyte"] : [bytes / 1_000_000, "megabyte"];
  return new Intl.NumberFormat(locale, { style: "unit", unit, maximumFractionDigits: 1 }).format(value);
}

/** How an earlier conversation ended. */
export const outcome = (code: string): string => words.outcomes[code] ?? datum(code);

export function openedBy(by: string): string {
  const known = words.story.openedBy[by];
  if (known) return known;
  return by.startsWith("offer:") ? `the offer “${event(by.slice("offer:".length))}”` : by;
}

export const language = (code: string): string => displayName("language", code);

export const country = (code: string): string => displayName("region", code);

/** "Europe/Vienna" is "Vienna". */
export const city = (timeZone: string): string => (timeZone.split("/").at(-1) ?? timeZone).replaceAll("_", " ");

/** The short reason of a hand-over; a language is named. */
export function reason({ reason: code, reason_text: text, language: tongue }: Summary): string {
  if (code === "language" && tongue) return `writes ${language(tongue)}`;
  return (code && words.reasons[code]) || text || "";
}

export const shopperName = (known: Summary | null): string => known?.shopper.name || known?.contact?.name || words.guest;

function spoken(code: string): string {
  const plain = code.replaceAll("_", " ");
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

function displayName(type: "language" | "region", code: string): string {
  try {
    return new Intl.DisplayNames([locale], { type }).of(code) ?? code;
  } catch {
    return code;
  }
}
