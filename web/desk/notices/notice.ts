/** A notice as the server has it, and how its parts are said. */

import { country, locale, step, when } from "../values.ts";
import { words } from "./words.ts";

export interface NewNotice {
  site: string;
  /** By locale; English is there. */
  texts: Record<string, string>;
  /** Empty lists: everybody. */
  steps: string[];
  countries: string[];
  methods: string[];
  /** ISO 8601; null: now, and until it is ended. */
  starts_at: string | null;
  ends_at: string | null;
}

export interface Notice extends NewNotice {
  id: string;
  starts_at: string;
  /** How many shoppers want to be told when it is over. */
  asked: number;
}

/** A shop, with the languages in which it tells things, English first. */
export interface Site {
  id: string;
  name: string;
  locales: string[];
}

export type Phase = "now" | "coming" | "past";

/** The desk's clock ticks once a second, and may be so far behind the server's: what has just begun is not to come. */
const BEHIND_MS = 2000;

export function phase({ starts_at, ends_at }: Notice, now_ms: number): Phase {
  const now = now_ms + BEHIND_MS;
  if (ends_at && Date.parse(ends_at) <= now) return "past";
  return Date.parse(starts_at) > now ? "coming" : "now";
}

/** The text that people at the desk read, with its language. */
export function mainText({ texts }: Pick<NewNotice, "texts">): [string, string] {
  const language = "en" in texts ? "en" : (Object.keys(texts)[0] ?? "en");
  return [language, texts[language] ?? ""];
}

/** "Shoppers at Payment or Review in Austria, paying with paypal"; "Everybody". */
export function whom({ steps, countries, methods }: Pick<NewNotice, "steps" | "countries" | "methods">): string {
  const parts = [
    steps.length > 0 && words.atStep(either(steps.map(step))),
    countries.length > 0 && words.inCountry(either(countries.map(country))),
    methods.length > 0 && words.payingWith(either(methods)),
  ].filter(Boolean);
  return parts.length ? `${words.someShoppers} ${parts.join(", ")}` : words.everybody;
}

/** "Since 14:32, until somebody ends it". */
export function during(notice: Notice, now_ms: number): string {
  const { starts_at, ends_at } = notice;
  const [start, end] = [when(starts_at, now_ms), ends_at && when(ends_at, now_ms)];
  if (phase(notice, now_ms) === "past" && end) {
    return Date.parse(ends_at!) <= Date.parse(starts_at) ? words.neverBegan(end) : words.over(start, end);
  }
  const begins = phase(notice, now_ms) === "now" ? words.since(start) : words.from(start);
  return `${begins}, ${end ? words.until(end) : words.untilEnded}`;
}

const either = (names: string[]): string => new Intl.ListFormat(locale, { type: "disjunction" }).format(names);
