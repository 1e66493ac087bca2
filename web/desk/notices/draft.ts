/** A notice that is being written: what the fields hold, and what is wrong with it. */

import { signal } from "@preact/signals";

import { locale } from "../values.ts";
import type { NewNotice } from "./notice.ts";
import { words } from "./words.ts";

export const TEXT_LIMIT = 300;
const MOST_NAMES = 20;
const METHOD = /^[a-z0-9][a-z0-9_.-]{0,39}$/;

export interface Draft {
  site: string;
  texts: Record<string, string>;
  /** As a `datetime-local` field has it, in the agent's own time. */
  starts: string;
  ends: string;
  steps: string[];
  countries: string;
  methods: string;
}

/** What is wrong, by field: `text-de`, `starts`, `ends`, `countries`, `methods`. In the order of the form. */
export type Wrong = Record<string, string>;

export const emptyDraft = (): Draft =>
  ({ site: "", texts: {}, starts: "", ends: "", steps: [], countries: "", methods: "" });

/** Kept when the window is closed, or the agent has to sign in again. */
export const draft = signal(emptyDraft());

export const isEmpty = ({ site: _, ...rest }: Draft): boolean =>
  Object.values(rest).flatMap((value) => (typeof value === "object" ? Object.values(value) : value)).every((value) => !value);

/** The notice as it would be added. Only right where `wrongIn` finds nothing. */
export function noticeOf(given: Draft, site: string): NewNotice {
  return {
    site,
    texts: Object.fromEntries(Object.entries(given.texts).map(([code, text]) => [code, tidy(text)]).filter(([, text]) => text)),
    steps: given.steps,
    countries: unique(listed(given.countries).map((name) => countryCode(name) ?? name)),
    methods: unique(listed(given.methods).map((name) => name.toLowerCase())),
    starts_at: moment(given.starts),
    ends_at: moment(given.ends),
  };
}

/** `unfinished` are date fields that hold half a date: the browser gives their value as empty. */
export function wrongIn(given: Draft, now_ms: number, unfinished: ReadonlySet<string> = new Set()): Wrong {
  const wrong: Wrong = {};
  if (!tidy(given.texts.en ?? "")) wrong["text-en"] = words.wrong.missing;
  for (const [code, text] of Object.entries(given.texts)) {
    const { length } = tidy(text);
    if (length > TEXT_LIMIT) wrong[`text-${code}`] = words.wrong.tooLong(length, TEXT_LIMIT);
  }
  for (const field of unfinished) wrong[field] = words.wrong.time;
  const [starts, ends] = [moment(given.starts), moment(given.ends)];
  if (ends && starts && ends <= starts) wrong.ends = words.wrong.endFirst;
  else if (ends && Date.parse(ends) <= now_ms) wrong.ends = words.wrong.endPast;
  checkNames(wrong, "countries", listed(given.countries), (name) => (countryCode(name) ? null : words.wrong.country(name)));
  checkNames(wrong, "methods", listed(given.methods), (name) =>
    METHOD.test(name.toLowerCase()) ? null : words.wrong.method(name));
  return wrong;
}

function checkNames(wrong: Wrong, field: string, names: string[], check: (name: string) => string | null): void {
  const problem = names.map(check).find(Boolean);
  if (problem) wrong[field] = problem;
  else if (names.length > MOST_NAMES) wrong[field] = words.wrong.tooMany(names.length, MOST_NAMES);
}

const tidy = (text: string): string => text.split(/\s+/).filter(Boolean).join(" ");

const listed = (text: string): string[] => text.split(/[,;\n]/).map((name) => name.trim()).filter(Boolean);

const unique = (names: string[]): string[] => [...new Set(names)];

function moment(local: string): string | null {
  const at = new Date(local);
  return local && !Number.isNaN(at.getTime()) ? at.toISOString() : null;
}

let codes: Map<string, string> | null = null;

/** "austria" and "at" are "AT"; null for what is no country. */
function countryCode(name: string): string | null {
  codes ??= countryCodes();
  return codes.get(plain(name)) ?? null;
}

const OTHER_NAMES = { "great britain": "GB", usa: "US", "czech republic": "CZ" };

/** Every code the browser has a name for, by code and by name. */
function countryCodes(): Map<string, string> {
  const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  const found = new Map<string, string>(Object.entries(OTHER_NAMES));
  const names = new Intl.DisplayNames([locale], { type: "region", fallback: "none" });
  for (const code of letters.flatMap((first) => letters.map((second) => first + second))) {
    const name = names.of(code);
    if (!name || code === "ZZ") continue;
    // "UK" is another code of "GB".
    const usual = new Intl.Locale(`und-${code}`).region ?? code;
    found.set(code.toLowerCase(), usual).set(plain(name), usual);
  }
  return found;
}

const plain = (name: string): string => name.toLocaleLowerCase(locale).normalize("NFD").replace(/\p{M}/gu, "").trim();
