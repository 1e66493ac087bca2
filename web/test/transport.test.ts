import assert from "node:assert/strict";
import { test } from "node:test";
import { type Clock, type Frame, type Socket, backOff, createTransport } from "../shared/transport.ts";

type Wire = Record<string, unknown> & { type: string };

/** A clock that stands still until it is told to go on. */
function createClock() {
  let now = 0;
  let due: { at: number; run: () => void }[] = [];
  const clock: Clock = {
    now: () => now,
    after(delay_ms, run) {
      const entry = { at: now + delay_ms, run };
      due.push(entry);
      return () => void (due = due.filter((each) => each !== entry));
    },
  };
  return {
    clock,
    go(ms: number): void {
      const until = now + ms;
      for (;;) {
        const next = due.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        due = due.filter((each) => each !== next);
        now = next.at;
        next.run();
      }
      now = until;
    },
  };
}

class FakeSocket implements Socket {
  sent: Wire[] = [];
  closed = false;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Wire);
  }

  close(): void {
    this.closed = true;
  }

  hear(...frames: Wire[]): void {
    for (const frame of frames) this.onmessage?.({ data: JSON.stringify(frame) });
  }

  welcome(...frames: Wire[]): void {
    this.onopen?.();
    this.hear({ type: "welcome" }, ...frames);
  }

  lose(code = 1006): void {
    this.onclose?.({ code });
  }
}

function setUp(more: { pending?: Frame[]; onRefused?: (code: number) => boolean } = {}) {
  const time = createClock();
  const sockets: FakeSocket[] = [];
  const heard: Wire[] = [];
  const statuses: string[] = [];
  const transport = createTransport<Frame, Wire>({
    openSocket() {
      sockets.push(new FakeSocket());
      return sockets.at(-1) as FakeSocket;
    },
    hello: (after) => ({ type: "hello", after }) as Frame,
    numbered: true,
    onFrame: (frame) => heard.push(frame),
    onStatus: (status) => statuses.push(status),
    clock: time.clock,
    random: () => 1,
    ...more,
  });
  transport.connect();
  return { ...time, transport, sockets, heard, statuses, last: () => sockets.at(-1) as FakeSocket };
}

const message = (seq: number): Wire => ({ type: "message", seq });

test("hello comes first, and nothing is sent before the welcome", () => {
  const { transport, last, statuses } = setUp();
  last().onopen?.();
  transport.send({ type: "say", id: "a" });
  assert.deepEqual(last().sent, [{ type: "hello", after: 0 }]);
  last().hear({ type: "welcome" });
  assert.deepEqual(last().sent.slice(1), [{ type: "say", id: "a" }]);
  assert.deepEqual(statuses, ["connecting", "online"]);
});

test("what is not acknowledged goes again under the same id, and what is does not", () => {
  const { transport, sockets, last, go } = setUp();
  last().welcome();
  transport.send({ type: "say", id: "a" });
  transport.send({ type: "say", id: "b" });
  last().hear({ type: "ack", id: "a" });
  last().lose();
  go(1_000);
  assert.equal(sockets.length, 2);
  last().welcome();
  assert.deepEqual(last().sent, [{ type: "hello", after: 0 }, { type: "say", id: "b" }]);
});

test("frames left over from the page before are sent", () => {
  const { last } = setUp({ pending: [{ type: "say", id: "old" }] });
  last().welcome();
  assert.deepEqual(last().sent.at(-1), { type: "say", id: "old" });
});

test("a new connection asks for what came after the last number, and a message is given once", () => {
  const { last, heard, go } = setUp();
  last().welcome(message(1), message(2));
  last().lose();
  go(1_000);
  last().welcome(message(2), message(3));
  assert.deepEqual(last().sent[0], { type: "hello", after: 2 });
  assert.deepEqual(heard.filter(({ type }) => type === "message").map(({ seq }) => seq), [1, 2, 3]);
});

test("a gap means a new connection, and a number that is missing for good is not waited for", () => {
  const { sockets, last, heard } = setUp();
  last().welcome(message(1), message(3));
  assert.equal(sockets.length, 2);
  assert.ok(sockets[0]?.closed);
  last().welcome(message(3));
  assert.equal(sockets.length, 2);
  assert.deepEqual(heard.filter(({ type }) => type === "message").map(({ seq }) => seq), [1, 3]);
});

test("a frame the server could not take is sent again later; one it refused is not", () => {
  const { transport, last, go } = setUp();
  last().welcome();
  transport.send({ type: "say", id: "busy" });
  transport.send({ type: "say", id: "bad" });
  last().hear({ type: "error", id: "busy", code: "unavailable" }, { type: "error", id: "bad", code: "bad_value" });
  go(5_000);
  assert.deepEqual(last().sent.slice(3), [{ type: "say", id: "busy" }]);
});

test("a silent connection is pinged and, without an answer, replaced", () => {
  const { sockets, last, go } = setUp();
  last().welcome();
  go(25_000);
  assert.deepEqual(last().sent.at(-1), { type: "ping" });
  last().hear({ type: "pong" });
  go(25_000);
  go(10_000);
  assert.ok(sockets[0]?.closed);
  go(1_000);
  assert.equal(sockets.length, 2);
});

test("waits grow by chance up to half a minute", () => {
  assert.deepEqual([0, 1, 2, 3, 50].map((failures) => backOff(failures, () => 1)), [500, 1_000, 2_000, 4_000, 30_000]);
  assert.equal(backOff(3, () => 0.25), 1_000);
});

test("waking does not wait for the timer", () => {
  const { transport, sockets, last } = setUp();
  last().lose();
  assert.equal(sockets.length, 1);
  transport.wake();
  assert.equal(sockets.length, 2);
});

test("a refusal for good ends it, and one that was forgotten starts over from zero", () => {
  const ended = setUp({ onRefused: () => false });
  ended.last().welcome(message(1));
  ended.last().lose(4400);
  ended.go(60_000);
  assert.equal(ended.sockets.length, 1);
  assert.equal(ended.statuses.at(-1), "idle");
  const again = setUp({ onRefused: () => true });
  again.last().welcome(message(1));
  again.last().lose(4401);
  again.go(1_000);
  again.last().onopen?.();
  assert.deepEqual(again.last().sent, [{ type: "hello", after: 0 }]);
});

test("what opens the socket is told how often it was lost", () => {
  const time = createClock();
  const told: number[] = [];
  const transport = createTransport<Frame, Wire>({
    openSocket(failures) {
      told.push(failures);
      throw Error("refused");
    },
    hello: () => null,
    onFrame: () => {},
    clock: time.clock,
    random: () => 1,
  });
  transport.connect();
  time.go(15_000);
  assert.deepEqual(told, [0, 1, 2, 3, 4]);
});

test("what is being typed is not kept for the next connection", () => {
  const { transport, last, go } = setUp();
  last().welcome();
  transport.send({ type: "suggest", id: "a" });
  last().lose();
  go(1_000);
  last().welcome();
  assert.deepEqual(last().sent, [{ type: "hello", after: 0 }]);
});
