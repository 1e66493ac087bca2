/**
 * Conditions of a trigger, asked of what is known of the shopper. Pure; the server's evaluator gives the same answers.
 * Of an event's `data` only the server is asked: no guess has any.
 */

/** One key: a group (`all`, `any`, `not`), or a fact and what is wanted of it. */
export type Condition = Record<string, unknown>;

/** What signals.ts knows. A fact that is not known meets no condition. */
export interface Facts {
  step?: string;
  in_step_s?: number;
  idle_s?: number;
  /** How long one form field has had the focus. */
  field_s?: number;
  field_errors?: number;
  back_and_forth?: number;
  exit?: boolean;
  total?: number;
  items?: number;
  country?: string;
  coupon?: string;
  returning?: boolean;
  device?: string;
  locale?: string;
  seen?: string[];
}

export interface Rule {
  id: string;
  on?: string | string[] | null;
  when?: Condition | null;
  /** Nothing was reported: time, idleness or an exit speak for it. */
  guess: boolean;
}

export function holds(condition: Condition, facts: Facts): boolean {
  const [[key, wanted]] = Object.entries(condition) as [[string, never]];
  const all = wanted as Condition[];
  if (key === "all") return all.every((each) => holds(each, facts));
  if (key === "any") return all.some((each) => holds(each, facts));
  if (key === "not") return !holds(wanted, facts);
  const fact = facts[key.replace(/_(from|below)$/, "") as keyof Facts] as never;
  if (fact == null) return false;
  if (typeof wanted === "number") return key.endsWith("_below") ? (fact as number) < wanted : (fact as number) >= wanted;
  if (key === "locale") return (wanted as string[]).some((each) => RegExp(`^${each}(?![a-z])`, "i").test(String(fact)));
  return Array.isArray(wanted) ? [fact].flat().some((each) => (wanted as unknown[]).includes(each)) : fact === wanted;
}
