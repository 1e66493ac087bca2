/** The desk's few HTTP calls: who am I, sign in, sign out, files. */

import type { ChatError, Staff } from "../shared/protocol.ts";

const UNREACHABLE: ChatError = { code: "unreachable", status: 0, message: "" };

export interface Me {
  staff: Staff;
  /** How far the server's clock is ahead of this one, in milliseconds; zero when it can't be told. */
  clockAhead_ms: number;
}

/** Who is signed in, or null. Throws a `ChatError` when the server can't be reached. */
export async function whoAmI(): Promise<Me | null> {
  const response = await call("/desk/api/me");
  if (response.status === 401 || response.status === 403) return null;
  return read(response);
}

/** Throws a `ChatError`: `status` 401 for a wrong password, 429 for too many attempts, 0 for no connection. */
export async function signIn(email: string, password: string): Promise<Me> {
  return read(await call("/desk/api/sign-in", { email, password }));
}

export async function signOut(): Promise<void> {
  await call("/desk/api/sign-out", {});
}

/** Where a file can be had, by who is signed in. */
export const fileAddress = (id: string): string => `/desk/api/files/${encodeURIComponent(id)}`;

/** Attaches a file to a conversation, once for each `id`. Throws a `ChatError`; status 0 for no connection. */
export async function sendFile(id: string, conversation: string, epoch: number, file: File): Promise<void> {
  const asked = new URLSearchParams({ conversation, epoch: String(epoch), name: file.name.slice(-200) });
  let response: Response;
  try {
    response = await fetch(`/desk/api/files?${asked}`, {
      method: "POST", body: file, headers: { "X-Client-Id": id }, credentials: "same-origin", cache: "no-store",
    });
  } catch {
    throw UNREACHABLE;
  }
  if (response.ok) return;
  const body = (await response.json().catch(() => ({}))) as { error?: ChatError };
  throw body.error ?? { code: "unknown", status: response.status, message: "" };
}

/** The answer, whatever its status. Throws a `ChatError` with status 0 when there is none. */
export async function call(path: string, body?: unknown): Promise<Response> {
  const asked: RequestInit = body
    ? { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }
    : {};
  try {
    return await fetch(path, { ...asked, credentials: "same-origin", cache: "no-store" });
  } catch {
    throw UNREACHABLE;
  }
}

async function read(response: Response): Promise<Me> {
  const body = (await response.json().catch(() => ({}))) as { staff?: Staff; error?: ChatError };
  if (response.ok && body.staff) return { staff: body.staff, clockAhead_ms: clockAhead(response) };
  throw body.error ?? { code: "unknown", status: response.status, message: "" };
}

/** The `Date` header is exact to a second, so that less than two seconds says nothing. */
function clockAhead(response: Response): number {
  const ahead_ms = Date.parse(response.headers.get("Date") ?? "") - Date.now();
  return Math.abs(ahead_ms) > 2000 ? ahead_ms : 0;
}
