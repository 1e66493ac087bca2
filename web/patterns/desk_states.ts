/** The desk's states. */
import type { Act } from "./acts.ts";
import type { DeskScene } from "./desk_script.ts";
import { claimed, closedOnes, coupon, holdJacket, paidTwice } from "./stories.ts";

export interface DeskState {
  id: string;
  title: string;
  shows: string;
  scene: DeskScene;
  acts?: Act[];
  /** What is shown when the state is reached. */
  sees: string;
}

const QUEUE: DeskScene = { conversations: [paidTwice(), holdJacket(), coupon()], older: closedOnes() };
const MINE: DeskScene = { ...QUEUE, conversations: [claimed(), holdJacket(), coupon()] };
const TAKEN = { code: "stale_epoch", status: 409, message: "Ben Okafor has this conversation.", hint: "You can watch it, or ask them." };

const OPEN: Act[] = [["press", "[data-conversation=c-paid-twice]"], ["see", "[data-seq='5']"]];
const OPEN_MINE: Act[] = [["press", "[role=tab]:nth-of-type(2)"], ...OPEN, ["see", "#reply"]];

export function deskStates(): DeskState[] {
  return [
    { id: "sign-in", title: "Sign in", shows: "The form.", scene: { signedIn: false }, sees: "[name=email]" },
    {
      id: "sign-in-wrong", title: "Sign in, refused", shows: "What was wrong and what to do.", scene: { signedIn: false },
      acts: [["write", "[name=email]", "maya@fernhill.example"], ["write", "[name=password]", "a guess"], ["press", "button.primary"]],
      sees: "[role=alert]",
    },
    { id: "loading", title: "Loading", shows: "A skeleton after 400 ms.", scene: { silent: true }, sees: ".queue .skeleton" },
    { id: "queue-empty", title: "Queue, empty", shows: "What will appear here and how.", scene: {}, sees: "[data-test=empty]" },
    { id: "queue", title: "Queue", shows: "Who waits, how long, why, and for what value.", scene: QUEUE, sees: "[data-conversation=c-coupon]" },
    { id: "all", title: "All conversations", shows: "Older ones by page.", scene: QUEUE, acts: [["see", "[data-conversation=c-coupon]"], ["press", "[role=tab]:nth-of-type(3)"]], sees: "[data-conversation=c-closed-0]" },
    { id: "conversation", title: "Conversation in the queue", shows: "Read it, and claim it to reply.", scene: QUEUE, acts: OPEN, sees: "[data-test=claim]" },
    { id: "claimed", title: "Conversation, claimed", shows: "Articles to answer with, and the reply.", scene: MINE, acts: OPEN_MINE, sees: "[data-test=composer]" },
    {
      id: "find", title: "Finding an article", shows: "No article for these words.", scene: MINE,
      acts: [...OPEN_MINE, ["press", "[data-test=find]"], ["write", "[type=search]", "ice axe"], ["key", "[type=search]", "Enter"]], sees: "text=No article matches",
    },
    {
      id: "typing", title: "The shopper is writing", shows: "A line below the transcript.", scene: MINE,
      acts: [...OPEN_MINE, ["hear", { type: "typing", conversation: "c-paid-twice", author: "shopper", on: true }]], sees: "[data-test=typing]",
    },
    { id: "story-bare", title: "Story with little in it", shows: "Each part says that it has nothing.", scene: QUEUE, acts: [["press", "[data-conversation=c-hold-jacket]"]], sees: "[data-story=question], [data-test=claim]" },
    { id: "why", title: "Why it was not answered", shows: "What the assistant matched and what it missed.", scene: QUEUE, acts: [...OPEN, ["press", "[data-story=why] summary, .story-button"]], sees: ".story" },
    { id: "hand-back", title: "Dialog: hand back", shows: "What was settled.", scene: MINE, acts: [...OPEN_MINE, ["press", "[data-test=hand-back]"]], sees: "dialog" },
    { id: "close", title: "Dialog: close", shows: "For which reason.", scene: MINE, acts: [...OPEN_MINE, ["press", "[data-test=close]"]], sees: "dialog" },
    { id: "keys", title: "Dialog: keys", shows: "Every key, and single letters off.", scene: QUEUE, acts: [["see", "[data-conversation=c-coupon]"], ["key", ".queue", "?"]], sees: "dialog" },
    { id: "me", title: "Oneself", shows: "Who is at the desk, and signing out.", scene: QUEUE, acts: [["press", "[data-test=me]"]], sees: "[data-test=sign-out]" },
    { id: "lost", title: "Trouble: connection lost", shows: "Said at once, with a way to try now.", scene: MINE, acts: [...OPEN_MINE, ["cut", 1006, false]], sees: "[data-test=lost]" },
    {
      id: "unsent", title: "Trouble: reply not sent", shows: "It waits for the connection.", scene: MINE,
      acts: [...OPEN_MINE, ["cut", 1006, false], ["write", "#reply", "Neither was taken."], ["key", "#reply", "Enter"]], sees: "[data-unsent]",
    },
    {
      id: "refused", title: "Trouble: reply refused", shows: "Why, and the words put back.", scene: { ...MINE, refuse: { reply: TAKEN } },
      acts: [...OPEN_MINE, ["write", "#reply", "Neither was taken."], ["key", "#reply", "Enter"]], sees: "[data-unsent] button",
    },
    {
      id: "taken", title: "Trouble: somebody was faster", shows: "Who has it now.", scene: { ...QUEUE, refuse: { claim: TAKEN } },
      acts: [...OPEN, ["press", "[data-test=claim]"]], sees: "text=Ben Okafor has",
    },
    { id: "expired", title: "Trouble: signed out", shows: "Sign in again; what was written is kept.", scene: MINE, acts: [...OPEN_MINE, ["cut", 4401, false]], sees: "[name=password]" },
  ];
}
