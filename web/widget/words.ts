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

/** Takes the catalogue of the language; English where there is none or it can't be fetched. */
export async function loadWords(locale: string): Promise<void> {
  const language = locale.split("-")[0] as string;
  if (HAS_LOCALES && LOCALES.includes(language)) {
    words = await fetch(new URL(`words/${language}.json`, import.meta.url)).then((found) => found.json(), () => en) as Words;
  }
}
