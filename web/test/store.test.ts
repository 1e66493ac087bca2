import assert from "node:assert/strict";
import { test } from "node:test";
import { mask } from "../shared/masking.ts";
import type { Card, Message, Notice, PageEvent, ShopperFrame, ToShopper } from "../shared/protocol.ts";
import type { TransportOptions } from "../shared/transport.ts";
import { NOTHING_FOR_ALL_TABS, NOTHING_FOR_THIS_TAB, createKeep } from "../widget/keep.ts";
import { createStore } from "../widget/store.ts";

type Hooks = Pick<TransportOptions<ShopperFrame, ToShopper>, "onFrame" | "hello" | "onStatus" | "onRefused">;

function setUp() {
  const device = createKeep(() => null, "test", NOTHING_FOR_ALL_TABS);
  const tab = createKeep(() => null, "test", NOTHING_FOR_THIS_TAB);
  const sent: ShopperFrame[] = [];
  const events: PageEvent[] = [];
  const fresh: number[] = [];
  const around: { cards: Card[]; notices: Notice[] } = { cards: [], notices: [] };
  let hooks = {} as Hooks;
  let now = 0;
  let ids = 0;
  const timers: (() => void)[] = [];
  let last = 0;
  const store = createStore({
    site: "fernhill", device, tab, mask,
    locale: () => "en",
    context: () => ({}),
    happened: (event) => events.push(event),
    around: () => around,
    onNotices: () => {},
    newId: () => `id-${(ids += 1)}`,
    clock: { now: () => now, after: (_delay, run) => (timers.push(run), () => timers.splice(timers.indexOf(run), 1)) },
    transport: (given) => {
      hooks = given;
      return {
        connect() {}, close() {}, wake() {}, reset() {}, send: (frame) => sent.push(frame), status: "online",
        get last() { return last; },
      };
    },
    onChange: () => {},
    onWelcome: () => {},
    onNew: ({ seq }) => fresh.push(seq),
    onHandOver: () => {},
  });
  const hear = (frame: Partial<ToShopper>) => {
    if (frame.type === "message") last = frame.seq ?? 0;
    hooks.onFrame(frame as ToShopper);
  };
  const message = (seq: number, more: Partial<Message> = {}) =>
    hear({ type: "message", seq, at: "", author: "assistant", name: null, lang: "en", kind: "text", text: `m${seq}`, ...more });
  const welcome = (lastSeq: number) => hear({ type: "welcome", visitor: "v", conversation: "c", last: lastSeq });
  return { store, chat: store.chat, sent, events, fresh, hear, message, welcome, device, tab, timers, around, go: (ms: number) => (now += ms), hooks: () => hooks };
}

test("what was said stays on the screen until its message is there", () => {
  const { store, chat, hear, message } = setUp();
  store.say("hello");
  assert.deepEqual(chat.unsent.map(({ text }) => text), ["hello"]);
  hear({ type: "ack", id: "id-1", seq: 1, conversation: "c" });
  assert.equal(chat.unsent.length, 1, "stored, but not here yet");
  message(1, { author: "shopper", id: "id-1" });
  assert.equal(chat.unsent.length, 0);
});

test("only what is new is announced, and only others' words are unread", () => {
  const { store, chat, fresh, message, welcome } = setUp();
  welcome(2);
  message(1);
  message(2, { author: "shopper" });
  message(3, { author: "agent" });
  message(4, { author: "system", kind: "notice" });
  assert.deepEqual(fresh, [3, 4]);
  assert.equal(chat.unread, 2);
  store.open("shopper");
  assert.equal(chat.unread, 0);
});

test("an offer is a nudge while the panel is closed, and never again once dismissed", () => {
  const { store, chat, sent, message, welcome } = setUp();
  const offer = { event: "payment.failed", data: {}, title: "Declined", verdict: null };
  welcome(0);
  message(1, { kind: "offer", offer: { ...offer } });
  assert.equal(chat.nudge?.seq, 1);
  assert.equal(chat.unread, 1);
  store.dismiss({ seq: 1 });
  assert.equal(chat.nudge, null);
  assert.equal(chat.unread, 0, "what was put away is not waiting to be read");
  assert.deepEqual(sent.at(-1), { type: "dismiss", seq: 1 });
  store.open("shopper");
  message(2, { kind: "offer", offer: { ...offer } });
  assert.equal(chat.nudge, null);
});

test("of a flood of events the first are sent and all are remembered", () => {
  const { store, sent, events } = setUp();
  for (let turn = 0; turn < 1_000; turn += 1) store.track("field.error", { turn });
  assert.equal(sent.length, 8);
  assert.equal(events.length, 1_000);
});

test("writing ends with the message, and by itself", () => {
  const { chat, hear, message, timers } = setUp();
  hear({ type: "typing", author: "assistant", on: true });
  assert.equal(chat.writing, "assistant");
  message(1);
  assert.equal(chat.writing, null);
  hear({ type: "typing", author: "agent", on: true });
  timers.at(-1)?.();
  assert.equal(chat.writing, null);
});

test("a refused message can be sent again as a new one, and one that is on its way is not doubled", () => {
  const { store, chat, sent, hear } = setUp();
  store.say("hello");
  store.sendAgain("id-1");
  assert.equal(sent.length, 1);
  hear({ type: "error", id: "id-1", code: "bad_value", status: 400, message: "No.", hint: "Other words." });
  assert.equal(chat.unsent[0]?.problem, "No. Other words.");
  store.sendAgain("id-1");
  assert.deepEqual(sent.at(-1), { type: "say", id: "id-2", text: "hello" });
});

test("a refused token is forgotten with its conversation", () => {
  const { chat, device, hooks, message, welcome } = setUp();
  welcome(1);
  message(1);
  assert.equal(hooks().onRefused?.(4401), true);
  assert.deepEqual({ ...device }, NOTHING_FOR_ALL_TABS);
  assert.equal(chat.messages.length, 0);
});

test("a notice is a nudge until it is put away or the chat is opened", () => {
  const { store, chat, sent, around } = setUp();
  around.notices = ["a", "b"].map((id) => ({ id, text: id, steps: [], countries: [], methods: [], until: null }));
  store.changed();
  assert.equal(chat.nudge?.text, "a");
  store.dismiss(chat.nudge as Message);
  assert.equal(chat.nudge?.text, "b");
  assert.equal(sent.length, 0, "nothing of it is the server's business");
  store.open("shopper");
  store.close();
  assert.equal(chat.nudge, null);
  store.notify();
  assert.deepEqual(sent.filter(({ type }) => type === "notify_me").map((frame) => "notice" in frame && frame.notice), ["a", "b"]);
});

test("what fits is asked for once typing rests, masked, and an old answer is not shown", () => {
  const { store, chat, sent, hear, hooks, timers } = setUp();
  hooks().onStatus?.("online");
  store.suggest("de");
  assert.equal(timers.length, 0);
  store.suggest("del");
  store.suggest("card 4242424242424242");
  assert.equal(timers.length, 1);
  timers[0]?.();
  assert.deepEqual(sent, [{ type: "suggest", id: "id-1", text: "card •••• 4242" }]);
  hear({ type: "suggestions", id: "id-0", matches: [{ id: "old", title: "Old" }] });
  assert.deepEqual(chat.matches, []);
  hear({ type: "suggestions", id: "id-1", matches: [{ id: "new", title: "New" }] });
  assert.deepEqual(chat.matches, [{ id: "new", title: "New" }]);
  hear({ type: "error", id: "id-1", code: "rate_limited", status: 429, message: "Slow down." });
  assert.equal(chat.trouble, undefined, "the shopper did nothing wrong");
  store.pick({ id: "new", title: "New" });
  assert.deepEqual(chat.matches, []);
});

test("without a connection the step's questions are what is suggested", () => {
  const { store, chat, timers, around } = setUp();
  around.cards = [{ id: "a", title: "A question", nodes: [] }];
  store.suggest("quest");
  timers[0]?.();
  assert.deepEqual(chat.matches, around.cards);
});

test("what was picked stays on the screen until its message is there", () => {
  const { store, chat, sent, message } = setUp();
  store.pick({ id: "delivery", title: "How long?" });
  assert.deepEqual(sent.at(-1), { type: "choose", id: "id-1", article: "delivery", label: "How long?", seq: 0 });
  assert.deepEqual(chat.unsent.map(({ label, article }) => [label, article]), [["How long?", "delivery"]]);
  message(1, { author: "shopper", id: "id-1" });
  assert.equal(chat.unsent.length, 0);
});

test("what is erased is gone from the screen and from what is kept", () => {
  const { store, chat, device, tab, welcome, message, hear } = setUp();
  welcome(1);
  message(1);
  store.track("payment.failed", {});
  tab.draft = "half a sentence";
  store.open("shopper");
  hear({ type: "erased", conversation: "c" });
  assert.equal(chat.messages.length, 0);
  assert.deepEqual({ ...device }, NOTHING_FOR_ALL_TABS);
  assert.deepEqual({ ...tab }, { ...NOTHING_FOR_THIS_TAB, open: true });
});
