/** The widget's words: `en` is inside the bundle, another locale is one JSON file beside it. */
import type { Word, Words } from "./word.ts";
import en from "./words/en.ts";

/** The locales with a file in words/, and whether there are any, as build.mjs found them: what fetches them is left out where not. */
declare const LOCALES: string[];
declare const HAS_LOCALES: boolean;

/** Those of the page's one widget. */
export let words: Words = en;

/** `say(Word.from, { title: "Returns" })` is "From: Returns". */
export function say(word: Word, values: Record<string, unknown>): string {
  return words[word].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}

/** Takes the catalogue that fits `locale` best; English where there is none or it can't be fetched. */
export async function loadWords(locale: string): Promise<void> {
  if (!HAS_LOCALES) return;
  const found = [locale, locale.split("-")[0]].find((name) => name && LOCALES.includes(name));
  if (!found) return;
  try {
    const response = await fetch(new URL(`words/${found}.json`, import.meta.url));
    words = (await response.json()) as Words;
  } catch {
    // English it is.
  }
}
