/** The widget's words: `en` is inside the bundle, another locale is one JSON file beside it. */
import type { Words } from "./word.ts";
import en from "./words/en.ts";

/** The locales with a file in words/, and whether there are any, as build.mjs found them: what fetches them is left out where not. */
declare const LOCALES: string[];
declare const HAS_LOCALES: boolean;

/** `say("{n} new", { n: 3 })` is "3 new". */
export function say(sentence: string, values: Record<string, unknown>): string {
  return sentence.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}

/** The catalogue that fits `locale` best; English where there is none or it can't be fetched. */
export async function loadWords(locale: string): Promise<Words> {
  if (!HAS_LOCALES) return en;
  const found = [locale, locale.split("-")[0]].find((name) => name && LOCALES.includes(name));
  if (!found) return en;
  try {
    const response = await fetch(new URL(`words/${found}.json`, import.meta.url));
    return (await response.json()) as Words;
  } catch {
    return en;
  }
}
