/** The chat server as a state of the widget scripts it. */
import type { State as Standing } from "../shared/protocol.ts";
import type { Said } from "./messages.ts";
import { type Script, type Wire, json } from "./scripted.ts";

export interface WidgetScene {
  reachable?: boolean;
  /** What was said before; sent to whoever connects. */
  before?: Said[];
  standing?: Partial<Standing>;
  guide?: { notices?: object[]; cards?: object[] };
  /** Frames after the `ack` of a frame of this type; one of type `error` takes its place. */
  replies?: Record<string, Wire[]>;
  /** Frames of these types are never answered. */
  silent?: string[];
}

const CALM: Standing = { owner: "assistant", epoch: 0, agent: null, queue: null, desk: { staffed: true }, contact: "none" };
const CONVERSATION = "c-1";

export function widgetScript(scene: WidgetScene): Script {
  let last = 0;
  const number = (frame: Wire): Wire => (frame.type === "message" ? { seq: (last += 1), ...frame } : frame);
  const before = (scene.before ?? []).map(number);

  function welcome(after: number): Wire[] {
    const conversation = last ? CONVERSATION : null;
    return [
      { type: "welcome", v: 1, visitor: "token", verified: false, name: null, conversation, last: before.length, locale: "en",
        limits: { text: 2000, file: 5_000_000, files: 10 }, order_pattern: null },
      ...before.slice(after),
      { type: "state", ...CALM, ...scene.standing },
    ];
  }

  function answer(frame: Wire): Wire[] {
    if (scene.silent?.includes(frame.type)) return [];
    if (frame.type === "hello") return welcome(Number(frame.after));
    if (frame.type === "ping") return [{ type: "pong" }];
    if (!frame.id) return [];
    const replies = (scene.replies?.[frame.type] ?? []).map((reply) => number(reply.type === "error" || reply.type === "suggestions" ? { ...reply, id: frame.id } : reply));
    if (replies.some(({ type }) => type === "error")) return replies;
    const ack = { type: "ack", id: frame.id, seq: null as number | null, conversation: CONVERSATION };
    if (frame.type !== "say" && frame.type !== "choose") return [ack, ...replies];
    const own = number({ type: "message", author: "shopper", at: new Date().toISOString(), name: null, lang: "en", kind: "text", text: frame.text ?? frame.label, id: frame.id });
    return [{ ...ack, seq: own.seq as number }, own, ...replies];
  }

  return {
    reachable: scene.reachable ?? true,
    greeting: () => [],
    answer,
    number,
    respond({ pathname }, method) {
      if (pathname === "/chat/v1/guide") {
        const { notices = [], cards = [] } = scene.guide ?? {};
        return json({ v: 1, rules: [], manners: {}, notices, steps: { "": cards } });
      }
      if (pathname.startsWith("/chat/v1/files") && method === "POST") return json({ type: "ack", id: "file", seq: null, conversation: CONVERSATION });
      if (pathname.startsWith("/chat/")) return json({ error: { code: "unavailable", status: 503, message: "", hint: "" } }, 503);
      return undefined;
    },
  };
}
