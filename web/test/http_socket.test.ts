import assert from "node:assert/strict";
import { test } from "node:test";
import { createHttpSocket } from "../shared/http_socket.ts";
import { type Frame, createTransport } from "../shared/transport.ts";

type Wire = Record<string, unknown> & { type: string };

/** Lets the promises that are due run. */
const settle = () => new Promise((done) => setImmediate(done));

function setUp() {
  const bodies: { frames: Wire[] }[] = [];
  const answers: { give: (frames: Wire[]) => void; refuse: (code?: number) => void }[] = [];
  const due: { after_ms: number; run: () => void }[] = [];
  const heard: Wire[] = [];
  const statuses: string[] = [];
  const clock = {
    now: () => 0,
    after(after_ms: number, run: () => void) {
      const entry = { after_ms, run };
      due.push(entry);
      return () => void (due.includes(entry) && due.splice(due.indexOf(entry), 1));
    },
  };
  const transport = createTransport<Frame, Wire>({
    openSocket: () => createHttpSocket((body) => {
      bodies.push(structuredClone(body) as (typeof bodies)[0]);
      return new Promise((done, fail) => answers.push({ give: (frames) => done({ frames } as never), refuse: (code) => fail({ code }) }));
    }, clock),
    hello: (after) => ({ type: "hello", after }) as Frame,
    numbered: true,
    onFrame: (frame) => heard.push(frame),
    onStatus: (status) => statuses.push(status),
    onRefused: () => false,
    clock,
    random: () => 1,
  });
  /** Runs what is due within so many milliseconds. */
  const go = (ms: number) => due.filter(({ after_ms }) => after_ms <= ms).forEach((entry) => due.splice(due.indexOf(entry), 1)[0]?.run());
  transport.connect();
  go(0);
  return { transport, bodies, answers, heard, statuses, go, due };
}

test("over HTTP the same frames go, each batch after a hello with the last number", async () => {
  const { transport, bodies, answers, heard, statuses, go } = setUp();
  transport.send({ type: "say", id: "a" });
  assert.deepEqual(bodies[0]?.frames, [{ type: "hello", after: 0 }]);
  answers[0]?.give([{ type: "welcome" }, { type: "message", seq: 1 }]);
  await settle();
  assert.equal(statuses.at(-1), "online");
  go(0);
  assert.deepEqual(bodies[1]?.frames, [{ type: "hello", after: 1 }, { type: "say", id: "a" }]);
  answers[1]?.give([{ type: "welcome" }, { type: "ack", id: "a" }]);
  await settle();
  go(2_000);
  assert.deepEqual(bodies[2]?.frames, [{ type: "hello", after: 1 }]);
  assert.deepEqual(heard.map(({ type }) => type), ["welcome", "message", "welcome", "ack"]);
});

test("what is said does not wait for the next turn", async () => {
  const { transport, bodies, answers, go } = setUp();
  answers[0]?.give([{ type: "welcome" }]);
  await settle();
  transport.send({ type: "say", id: "a" });
  go(0);
  assert.deepEqual(bodies[1]?.frames.at(-1), { type: "say", id: "a" });
});

test("a refusal closes it as it would a WebSocket", async () => {
  const { answers, statuses } = setUp();
  answers[0]?.refuse(4401);
  await settle();
  assert.equal(statuses.at(-1), "idle");
});

test("once closed it asks no more", async () => {
  const { transport, bodies, answers, go, due } = setUp();
  transport.close();
  answers[0]?.give([{ type: "welcome" }]);
  await settle();
  go(60_000);
  assert.equal(bodies.length, 1);
  assert.equal(due.length, 0);
});
