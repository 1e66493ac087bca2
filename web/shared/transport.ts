/**
 * One connection to `bot` that mends itself. A frame with an `id` is kept until the server has answered it and is sent
 * again, under the same id, after every new connection. No DOM, no clock and no chance of its own; what comes to stand
 * for the WebSocket after some failures (http_socket.ts) is for `openSocket` to say.
 */
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

export type Status = "idle" | "connecting" | "online" | "offline";

export interface TransportOptions<Out extends Frame, In> {
  /** `failures` is how often it was lost, or not to be had, since it last was good. */
  openSocket: (failures: number) => Socket;
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
  const { clock, random } = options;
  let pending = options.pending ?? [];
  let status: Status = "idle";
  let last = 0;
  /** A number that was missing before the present connection: missing again means that there is none. */
  let gapAt = 0;
  let failures = 0;
  let socket: Socket | null = null;
  let ready = false;
  const timers = new Map<string, () => void>();

  function setTimer(name: string, delay_ms: number, run: () => void): void {
    stopTimer(name);
    timers.set(name, clock.after(delay_ms, run));
  }

  const stopTimer = (name: string) => timers.get(name)?.();

  function setStatus(next: Status): void {
    if (next === status) return;
    status = next;
    options.onStatus?.(next);
  }

  // ---- frames, whichever way they came ----

  function setPending(frames: Out[]): void {
    pending = frames;
    options.onPending?.(frames);
  }

  const settle = (id: string) => setPending(pending.filter((frame) => frame.id !== id));

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
    if (ready) pending.forEach(write);
  }

  // ---- the connection ----

  function open(): void {
    drop();
    let opened: Socket;
    try {
      opened = socket = options.openSocket(failures);
    } catch {
      return failed();
    }
    setStatus(failures ? "offline" : "connecting");
    setTimer("open", OPEN_MS, () => lost(opened, 0));
    opened.onopen = () => {
      const hello = options.hello(last);
      if (hello) write(hello);
    };
    opened.onmessage = ({ data }) => opened === socket && heard(JSON.parse(data) as Wire);
    opened.onclose = ({ code }) => lost(opened, code);
  }

  function heard(frame: Wire): void {
    setTimer("ping", PING_MS, ping);
    stopTimer("pong");
    const isFirst = frame.type === "welcome" && !ready;
    if (isFirst) {
      stopTimer("open");
      ready = true;
      setStatus("online");
    }
    if (!take(frame)) open();
    else if (isFirst) sendPending();
  }

  /** A connection that lived until its first ping is a good one. */
  function ping(): void {
    failures = 0;
    write({ type: "ping" });
    const pinged = socket;
    setTimer("pong", PONG_MS, () => pinged && lost(pinged, 0));
  }

  function drop(): void {
    const dropped = socket;
    socket = null;
    ready = false;
    timers.forEach((stop) => stop());
    dropped?.close(1000);
  }

  function lost(which: Socket, code: number): void {
    if (which !== socket) return;
    drop();
    if (!/440[013]/.test(String(code))) return failed();
    // Refused for good; what was refused and has been forgotten starts over.
    last = gapAt = 0;
    if (options.onRefused?.(code)) failed();
    else close();
  }

  function failed(): void {
    failures += 1;
    setStatus("offline");
    setTimer("connect", backOff(failures, random), open);
  }

  // ---- what is offered ----

  function close(): void {
    drop();
    failures = 0;
    setStatus("idle");
  }

  return {
    connect() {
      if (status === "idle") open();
    },
    close,
    send(frame) {
      // What is being typed is out of date by the next connection.
      if (frame.id && frame.type !== "suggest") setPending([...pending, frame]);
      if (ready) write(frame);
    },
    wake() {
      if (status === "offline" && !socket) open();
    },
    reset() {
      last = gapAt = 0;
      if (status !== "idle") open();
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
