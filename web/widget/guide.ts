/** What the server says once: when to speak, the commonest answers of each step, and what shoppers should know beforehand. */
import type { Card, Context, Notice } from "../shared/protocol.ts";
import type { Rule } from "./rules.ts";

export interface Guide {
  rules: Rule[];
  manners: { in_step_s: number; per_session: number };
  notices: Notice[];
  /** By step; "" is any. */
  steps: Record<string, Card[]>;
}

/** The widget works without any. */
export type MaybeGuide = Partial<Guide>;

export function cardsFor({ steps = {} }: MaybeGuide, step = ""): Card[] {
  return steps[step] ?? steps[""] ?? [];
}

/** Those that concern a shopper who is at `step`; what is not known of the shopper excludes nobody. */
export function noticesFor({ notices = [] }: MaybeGuide, now_ms: number, { country, method, page }: Context): Notice[] {
  const fits = (wanted: string[], known?: string) => !known || !wanted[0] || wanted.includes(known);
  return notices.filter(({ steps, countries, methods, until }) =>
    fits(steps, page?.step) && fits(countries, country) && fits(methods, method) && !(Date.parse(until ?? "") < now_ms));
}
