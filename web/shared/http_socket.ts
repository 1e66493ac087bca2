/**
 * The frames of a WebSocket over HTTP, for networks that let none through: a `Socket` that asks for news again and
 * again. Every request begins with the hello.
 */
import { PROTOCOL_VERSION } from "./protocol.ts";
import type { Clock, Socket } from "./transport.ts";

interface Wire {
  type: string;
  seq?: number;
}

/** Sends a batch. Throws what has the `code` of a close. */
export type Post = (body: unknown) => Promise<{ frames: Wire[] }>;

const EVERY_MS = 2_000;

export function createHttpSocket(post: Post, clock: Clock): Socket {
  let hello: Wire & { after?: number } | undefined;
  let unsent: unknown[] = [];
  let stop = clock.after(0, () => {
    socket.onopen?.();
    ask();
  });
  let isAsking = false;

  const socket: Socket = {
    onopen: null, onmessage: null, onclose: null,
    send(text) {
      const frame = JSON.parse(text) as Wire;
      if (!hello) return void (hello = frame);
      unsent.push(frame);
      askAfter(0);
    },
    close() {
      hello = undefined;
      stop();
    },
  };

  function askAfter(delay_ms: number): void {
    if (isAsking) return;
    stop();
    stop = clock.after(delay_ms, ask);
  }

  function ask(): void {
    isAsking = true;
    const frames = [hello, ...unsent.splice(0)];
    post({ v: PROTOCOL_VERSION, wait_s: 0, frames }).then((reply) => {
      isAsking = false;
      if (!hello) return;
      askAfter(EVERY_MS);
      for (const frame of reply.frames) {
        if (frame.type === "message") hello.after = frame.seq as number;
        socket.onmessage?.({ data: JSON.stringify(frame) });
      }
    }).catch(({ code = 0 }: { code?: number }) => socket.onclose?.({ code }));
  }

  return socket;
}

/** A `Post` over fetch. A refusal carries the close code that the WebSocket would have given (4401 for 401). */
export function postTo(url: string): Post {
  return async (body) => {
    const response = await fetch(url, { method: "POST", body: JSON.stringify(body) });
    if (!response.ok) throw Object.assign(response, { code: 4000 + response.status });
    return (await response.json()) as { frames: Wire[] };
  };
}
