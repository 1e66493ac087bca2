/** The keyboard: single letters where nothing is being typed, Alt with a digit anywhere. */

import { effect, signal } from "@preact/signals";

import { claim } from "./acts.ts";
import { switchPlace } from "./notices/board.ts";
import { dialog, isMine, openId, place, session, storyOpen, summary } from "./store.ts";

const STORED = "desk.single-keys";

/** Letters alone can be turned off, for those whose speech input or tremor presses them. */
export const singleKeys = signal(localStorage.getItem(STORED) !== "off");

export function listenToKeys(): void {
  effect(() => localStorage.setItem(STORED, singleKeys.value ? "on" : "off"));
  addEventListener("keydown", pressed);
}

function pressed(event: KeyboardEvent): void {
  if (session.value !== "in" || dialog.value || event.ctrlKey || event.metaKey) return;
  const act = event.altKey ? withAlt(event) : (inList(event) ?? alone(event));
  if (!act) return;
  event.preventDefault();
  act();
}

/** By the key's place: with Alt some layouts write another letter. */
function withAlt({ code }: KeyboardEvent): (() => void) | null {
  const number = /^(?:Digit|Numpad)([123])$/.exec(code)?.[1];
  const button = document.querySelectorAll<HTMLElement>(".article")[Number(number) - 1];
  return number && button ? () => button.click() : null;
}

/** The arrows move in the list when the focus is there. */
function inList({ key, target }: KeyboardEvent): (() => void) | null {
  if (!(target as Element).closest?.(".list")) return null;
  if (key === "ArrowDown") return () => move(1);
  if (key === "ArrowUp") return () => move(-1);
  return null;
}

function alone({ key, target }: KeyboardEvent): (() => void) | null {
  const field = target as HTMLElement;
  if (key === "Escape") return escape(field);
  if (!singleKeys.value || field.matches("input, textarea, select")) return null;
  if (key === "n") return () => switchPlace(openId.value ?? "");
  if (key === "?") return () => (dialog.value = "keys");
  return place.value === "chats" ? inChats(key) : null;
}

function inChats(key: string): (() => void) | null {
  const known = summary.value;
  switch (key) {
    case "j":
      return () => move(1);
    case "k":
      return () => move(-1);
    case "c":
      return () => void claim();
    case "r":
      return () => document.getElementById("reply")?.focus();
    case "h":
      return known && isMine(known) ? () => (dialog.value = "hand_back") : null;
    case "x":
      return known && isMine(known) ? () => (dialog.value = "close") : null;
    case "/":
      return () => document.querySelector<HTMLElement>("[data-test=find]")?.click();
    case "s":
      return () => (storyOpen.value = !storyOpen.value);
    default:
      return null;
  }
}

function escape(field: HTMLElement): (() => void) | null {
  if (storyOpen.value) return () => (storyOpen.value = false);
  if (field.id === "reply") return () => field.blur();
  return null;
}

/** From the focused conversation, else from the open one, else from the first. */
function move(by: number): void {
  const items = [...document.querySelectorAll<HTMLElement>(".list .item[data-conversation]")];
  const focused = items.indexOf(document.activeElement as HTMLElement);
  const from = focused >= 0 ? focused : items.findIndex((item) => item.hasAttribute("aria-current"));
  items[from < 0 ? 0 : Math.min(items.length - 1, Math.max(0, from + by))]?.focus();
}
