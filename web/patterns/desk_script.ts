/** The chat server as a state of the desk scripts it. */
import type { ChatError, Message, StaffOnline, Story, Summary } from "../shared/protocol.ts";
import { MAYA } from "./stories.ts";
import { type Script, type Wire, json } from "./scripted.ts";

export interface Told {
  summary: Summary;
  story: Story;
  messages: Message[];
}

export interface DeskScene {
  signedIn?: boolean;
  /** Connected, but nothing is said: what is on the screen meanwhile. */
  silent?: boolean;
  conversations?: Told[];
  older?: Summary[];
  refuse?: Record<string, Omit<ChatError, "id">>;
}

const ONLINE: StaffOnline[] = [
  { id: MAYA.id, name: MAYA.name, status: "online" },
  { id: "st-ben", name: "Ben Okafor", status: "away" },
];

export function deskScript(scene: DeskScene): Script {
  const told = scene.conversations ?? [];

  function watched(id: unknown): Wire[] {
    const known = told.find(({ summary }) => summary.id === id);
    if (!known) return [];
    const conversation = known.summary.id;
    const messages = known.messages.map((message) => ({ type: "message", conversation, ...message }) as unknown as Wire);
    return [{ type: "story", conversation, story: known.story }, ...messages];
  }

  return {
    reachable: true,
    greeting() {
      const conversations = told.map(({ summary }) => summary).filter(({ owner }) => owner === "queue" || owner === "agent");
      return scene.silent ? [] : [{ type: "welcome", staff: MAYA, conversations, staff_online: ONLINE }];
    },
    answer(frame) {
      const refused = scene.refuse?.[frame.type];
      if (refused) return [{ type: "error", id: frame.id, ...refused } as Wire];
      if (frame.type === "ping") return [{ type: "pong" }];
      if (frame.type === "history") return [{ type: "conversations", id: frame.id, conversations: scene.older ?? [] } as Wire];
      if (frame.type === "search") return [{ type: "articles", id: frame.id, matches: [] } as Wire];
      if (frame.type === "reply") return [];
      const ack = { type: "ack", id: frame.id } as Wire;
      return frame.type === "watch" ? [...watched(frame.conversation), ack] : [ack];
    },
    number: (frame) => frame,
    respond({ pathname }) {
      if (pathname === "/desk/api/me") return scene.signedIn === false ? json({}, 401) : json({ staff: MAYA });
      if (pathname.startsWith("/desk/api/")) return json({ error: { code: "not_signed_in", status: 401, message: "" } }, 401);
      return undefined;
    },
  };
}
