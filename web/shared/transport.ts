/**
 * One connection to `bot` that mends itself: WebSocket first, after four failures the same frames over HTTP,
 * and back to the WebSocket when it works again. A frame with an `id` is kept until the server has answered it
 * and is sent again, under the same id, after every new connection. No DOM, no clock and no chance of its own.
 */
import { PROTOCOL_VERSION } from "./protocol.ts";

export interface Frame {
  type: string;
  id?: string;
}

export interface Clock {
  now(): number;
  /** Calls `run` once after `delay_ms`; the result takes the call back. */
  after(delay_ms: number, run: () => void): () => void;
}

/** The part of WebSocket that is used here. */
export interface Socket {
  send(text: string): void;
  close(code?: number): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: string }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
}

/** Sends a batch over HTTP; `signal` aborts a reply that is being waited for. */
export type Post = (body: unknown, signal: AbortSignal) => Promise<{ frames: unknown[] }>;

export type Status = "idle" | "connecting" | "online" | "offline";

export interface TransportOptions<Out extends Frame, In> {
  openSocket: () => Socket;
  /** Without it there is no HTTP form (the desk). */
  post?: Post;
  /** The first frame of a connection, or null where the server speaks first (the desk). */
  hello: (after: number) => (Out | { type: "hello" }) | null;
  /** Messages are numbered one after the other; a gap then means a new connection. */
  numbered?: boolean;
  onFrame: (frame: In) => void;
  onStatus?: (status: Status) => void;
  /** The server closed with 4400, 4401 or 4403. True: what was refused has been forgotten, connect again. */
  onRefused?: (code: number) => boolean;
  /** The frames that are not answered yet have changed: keep them somewhere. */
  onPending?: (frames: Out[]) => void;
  /** Frames left over from the page before. */
  pending?: Out[];
  clock: Clock;
  random: () => number;
}

export interface Transport<Out extends Frame> {
  connect(): void;
  /** Ends the connection; what is pending stays and goes out at the next `connect()`. */
  close(): void;
  /** A frame with an `id` arrives, sooner or later; one without is dropped when there is no connection. */
  send(frame: Out): void;
  /** The network may be back, or the page is looked at again: no more waiting. */
  wake(): void;
  /** Starts over with another conversation. */
  reset(): void;
  readonly status: Status;
  /** The last number seen. */
  readonly last: number;
}

const OPEN_MS = 10_000;
const PING_MS = 25_000;
const PONG_MS = 10_000;
const BACK_OFF_MS = 500;
const BACK_OFF_MOST_MS = 30_000;
const SOCKET_TRIES = 4;
const POLL_WAIT_S = 25;
const SOCKET_AGAIN_MS = 60_000;
const SEND_AGAIN_MS = 5_000;
/** Errors after which the same frame, sent again later, may well be taken. */
export const PASSING = /rate_limited|unavailable/;

interface Wire {
  type: string;
  id?: string;
  seq?: number;
  code?: string;
}

/** Up to `BACK_OFF_MS` × 2ⁿ, at most `BACK_OFF_MOST_MS`, all of it by chance ("full jitter"). */
export function backOff(failures: number, random: () => number): number {
  return random() * Math.min(BACK_OFF_MOST_MS, BACK_OFF_MS * 2 ** failures);
}

export function createTransport<Out extends Frame, In>(options: TransportOptions<Out, In>): Transport<Out> {
  const { clock, random, post } = options;
  const pending: Out[] = [...(options.pending ?? [])];
  let status: Status = "idle";
  let last = 0;
  /** A number that was missing before the present connection: missing again means that there is none. */
  let gapAt = 0;
  let failures = 0;
  let socket: Socket | null = null;
  let ready = false;
  let polling = false;
  let poll: AbortController | null = null;
  let pollIsWaiting = false;
  const timers = new Map<string, () => void>();

  function setTimer(name: string, delay_ms: number, run: () => void): void {
    stopTimer(name);
    timers.set(name, clock.after(delay_ms, () => {
      timers.delete(name);
      run();
    }));
  }

  function stopTimer(name: string): void {
    timers.get(name)?.();
    timers.delete(name);
  }

  function setStatus(next: Status): void {
    if (next === status) return;
    status = next;
    options.onStatus?.(next);
  }

  // ---- frames, whichever way they came ----

  function settle(id: string): void {
    const at = pending.findIndex((frame) => frame.id === id);
    if (at < 0) return;
    pending.splice(at, 1);
    options.onPending?.([...pending]);
  }

  /** False when the frame shows that something is missing and the connection has to start again. */
  function take(frame: Wire): boolean {
    if (options.numbered && frame.type === "message" && frame.seq !== undefined) {
      if (frame.seq <= last) return true;
      if (frame.seq > last + 1 && gapAt !== last + 1) {
        gapAt = last + 1;
        return false;
      }
      last = frame.seq;
    }
    if (frame.type === "ack" && frame.id) settle(frame.id);
    if (frame.type === "error" && frame.id) {
      if (PASSING.test(frame.code ?? "")) setTimer("again", SEND_AGAIN_MS, sendPending);
      else settle(frame.id);
    }
    if (frame.type !== "pong") options.onFrame(frame as In);
    return true;
  }

  const write = (frame: unknown) => socket?.send(JSON.stringify(frame));

  function sendPending(): void {
    if (polling) return pollNow();
    if (!ready) return;
    pending.forEach(write);
  }

  // ---- WebSocket ----

  function openSocket(): void {
    dropSocket();
    let opened: Socket;
    try {
      opened = options.openSocket();
    } catch {
      return socketFailed();
    }
    socket = opened;
    if (!polling) setStatus(failures ? "offline" : "connecting");
    setTimer("open", OPEN_MS, () => lostSocket(opened, 0));
    opened.onopen = () => {
      const hello = options.hello(last);
      if (hello) write(hello);
    };
    opened.onmessage = ({ data }) => heard(opened, data);
    opened.onclose = ({ code }) => lostSocket(opened, code);
  }

  function heard(from: Socket, data: string): void {
    if (from !== socket) return;
    const frame = JSON.parse(data) as Wire;
    setTimer("ping", PING_MS, ping);
    stopTimer("pong");
    if (frame.type === "welcome") welcomed();
    if (!take(frame)) {
      dropSocket();
      openSocket();
      return;
    }
    if (frame.type === "welcome") sendPending();
  }

  function welcomed(): void {
    stopTimer("open");
    stopTimer("socket");
    stopPolling();
    ready = true;
    setStatus("online");
  }

  /** A connection that lived until its first ping is a good one. */
  function ping(): void {
    failures = 0;
    write({ type: "ping" });
    const pinged = socket;
    setTimer("pong", PONG_MS, () => pinged && lostSocket(pinged, 0));
  }

  function dropSocket(): void {
    const dropped = socket;
    socket = null;
    ready = false;
    for (const name of ["open", "ping", "pong", "again"]) stopTimer(name);
    dropped?.close(1000);
  }

  function lostSocket(lost: Socket, code: number): void {
    if (lost !== socket) return;
    dropSocket();
    if (!isFinal(code)) socketFailed();
  }

  /** Whether it was refused for good; what was refused and has been forgotten starts over. */
  function isFinal(code: number): boolean {
    if (!/440[013]/.test(String(code))) return false;
    last = gapAt = 0;
    if (options.onRefused?.(code)) return false;
    close();
    return true;
  }

  function socketFailed(): void {
    failures += 1;
    if (polling) return setTimer("socket", SOCKET_AGAIN_MS, openSocket);
    setStatus("offline");
    if (post && failures >= SOCKET_TRIES) return startPolling();
    setTimer("connect", backOff(failures, random), openSocket);
  }

  // ---- HTTP ----

  function startPolling(): void {
    polling = true;
    setTimer("socket", SOCKET_AGAIN_MS, openSocket);
    void pollOnce();
  }

  function stopPolling(): void {
    polling = false;
    stopTimer("poll");
    poll?.abort();
    poll = null;
  }

  /** There is something to send: a reply that only waits for news is given up for it. */
  function pollNow(): void {
    if (poll && !pollIsWaiting) return;
    stopTimer("poll");
    poll?.abort();
    void pollOnce();
  }

  async function pollOnce(): Promise<void> {
    if (!post || !polling) return;
    const own = new AbortController();
    poll = own;
    pollIsWaiting = !pending.length && status === "online";
    const stopWaiting = clock.after((POLL_WAIT_S + 10) * 1000, () => own.abort());
    try {
      const wait_s = pollIsWaiting ? POLL_WAIT_S : 0;
      const reply = await post({ v: PROTOCOL_VERSION, wait_s, frames: [options.hello(last), ...pending] }, own.signal);
      if (poll === own) polled(reply.frames as Wire[]);
    } catch (error) {
      if (poll === own) pollFailed(error);
    } finally {
      stopWaiting();
    }
  }

  function polled(frames: Wire[]): void {
    poll = null;
    failures = 0;
    setStatus("online");
    for (const frame of frames) if (!take(frame)) break;
    // What the server could not take just now waits a little.
    setTimer("poll", pending.length ? SEND_AGAIN_MS : 0, () => void pollOnce());
  }

  function pollFailed(error: unknown): void {
    poll = null;
    failures += 1;
    setStatus("offline");
    if (isFinal((error as { code?: number }).code ?? 0)) return;
    setTimer("poll", backOff(failures, random), () => void pollOnce());
  }

  // ---- what is offered ----

  function close(): void {
    dropSocket();
    stopPolling();
    for (const name of [...timers.keys()]) stopTimer(name);
    failures = 0;
    setStatus("idle");
  }

  return {
    connect() {
      if (status !== "idle") return;
      openSocket();
    },
    close,
    send(frame) {
      if (frame.id) {
        pending.push(frame);
        options.onPending?.([...pending]);
        if (polling) return pollNow();
      }
      if (ready) write(frame);
    },
    wake() {
      if (status !== "offline") return;
      if (polling) return pollNow();
      stopTimer("connect");
      if (!socket) openSocket();
    },
    reset() {
      last = gapAt = 0;
      if (status === "idle") return;
      if (polling) return pollNow();
      openSocket();
    },
    get status() {
      return status;
    },
    get last() {
      return last;
    },
  };
}

/** The browser's own clock. */
export const browserClock: Clock = {
  now: () => Date.now(),
  after(delay_ms, run) {
    const timer = setTimeout(run, delay_ms);
    return () => clearTimeout(timer);
  },
};

/** A `Post` over fetch. A refusal carries the close code that the WebSocket would have given (4401 for 401). */
export function postTo(url: string): Post {
  return async (body, signal) => {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      credentials: "omit",
      body: JSON.stringify(body),
      signal,
    });
    if (!response.ok) throw Object.assign(response, { code: 4000 + response.status });
    return (await response.json()) as { frames: unknown[] };
  };
}
