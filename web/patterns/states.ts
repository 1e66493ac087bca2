/** All states, by what they are of. */
import { type DeskState, deskStates } from "./desk_states.ts";
import { type WidgetState, widgetStates } from "./widget_states.ts";

export type Of = "widget" | "desk";

export function states(of: "widget", lang: string): WidgetState[];
export function states(of: "desk", lang: string): DeskState[];
export function states(of: Of, lang: string): (WidgetState | DeskState)[];
export function states(of: Of, lang: string): (WidgetState | DeskState)[] {
  return of === "desk" ? deskStates() : widgetStates(lang);
}

/** Throws where there is no such state. */
export function stateNamed<S extends { id: string }>(all: S[], id: string): S {
  const found = all.find((state) => state.id === id);
  if (!found) throw new Error(`There is no state ${id}. There are: ${all.map((state) => state.id).join(" ")}`);
  return found;
}
