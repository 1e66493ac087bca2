/** The widget's words: `en` is inside the bundle, another locale is one JSON file beside it. */
import type { Word, Words } from "./word.ts";
import en from "./words/en.ts";

/** What the language of a file in words/ begins with, as build.mjs found them. */
declare const LOCALES: string;

/** Those of the page's one widget. */
export let words: Words = en;

/** `say(Word.from, { title: "Returns" })` is "From: Returns". */
export function say(word: Word, values: Record<string, unknown>): string {
  return words[word].replace(/\{(\w+)\}/g, (_, name: string) => values[name] as string);
}

/** Takes the catalogue of the language; English where there is none or it can't be fetched. */
export async function loadWords(locale: string): Promise<void> {
  const [language] = RegExp(LOCALES).exec(locale) ?? [];
  if (language) words = await fetch(new URL(`words/${language}.json`, import.meta.url)).then((found) => found.json() as Promise<Words>).catch(() => en);
}
