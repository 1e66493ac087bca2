/** The notices the desk knows, and what is done with them. */

import { batch, signal } from "@preact/signals";

import type { ChatError } from "../../shared/protocol.ts";
import { call } from "../api.ts";
import { dialog, now_ms, place, session, type Flash } from "../store.ts";
import { when } from "../values.ts";
import { emptyDraft, draft } from "./draft.ts";
import { phase, type NewNotice, type Notice, type Site } from "./notice.ts";
import { words } from "./words.ts";

const ADDRESS = "/desk/api/notices";
const HASH = "#notices";

/** The newest first; null until they have been loaded once. */
export const notices = signal<readonly Notice[] | null>(null);
export const sites = signal<readonly Site[]>([]);
/** Why the last loading failed. */
export const trouble = signal<string | null>(null);
export const said = signal<Flash | null>(null);
export const ending = signal<Notice | null>(null);

let asked = 0;

/** Goes to the notices, or from there back to the chats. */
export function switchPlace(chats: string): void {
  location.hash = place.value === "notices" ? chats : HASH;
}

/** Loads them anew. What an older call brings late is not taken. */
export async function load(): Promise<void> {
  const own = (asked += 1);
  try {
    const known = await read<{ notices: Notice[]; sites: Site[] }>(await call(`${ADDRESS}?past=1`));
    if (own !== asked) return;
    batch(() => {
      notices.value = known.notices;
      sites.value = known.sites;
      trouble.value = null;
    });
  } catch (error) {
    if (own === asked) trouble.value = explain(error as ChatError);
  }
}

/** Null when it was added; else why not. */
export async function add(given: NewNotice): Promise<string | null> {
  return change(ADDRESS, given, (added) => {
    const isLater = phase(added, now_ms.value) === "coming";
    draft.value = emptyDraft();
    said.value = { tone: "good", text: isLater ? words.addedForLater(when(added.starts_at, now_ms.value)) : words.added };
  });
}

/** Null when it was ended; else why not. */
export async function end(notice: Notice): Promise<string | null> {
  const isComing = phase(notice, now_ms.value) === "coming";
  return change(`${ADDRESS}/${encodeURIComponent(notice.id)}/end`, {}, () => {
    said.value = { tone: "good", text: isComing ? words.takenBack : words.ended };
  });
}

async function change(address: string, body: unknown, done: (notice: Notice) => void): Promise<string | null> {
  said.value = null;
  try {
    const { notice } = await read<{ notice: Notice }>(await call(address, body));
    batch(() => {
      notices.value = [notice, ...(notices.value ?? []).filter(({ id }) => id !== notice.id)];
      done(notice);
      dialog.value = null;
    });
    void load();
    return null;
  } catch (error) {
    // Somebody else may have been faster: the list says how it stands.
    if ((error as ChatError).status) void load();
    return explain(error as ChatError);
  }
}

async function read<Body>(response: Response): Promise<Body> {
  const body = (await response.json().catch(() => ({}))) as Body & { error?: ChatError };
  if (response.ok) return body;
  if (response.status === 401) session.value = "expired";
  throw body.error ?? { code: "unknown", status: response.status, message: "" };
}

function explain({ status, message, hint }: ChatError): string {
  if (status === 0) return words.noLine;
  return message ? [message, hint].filter(Boolean).join(" ") : words.unknown;
}
