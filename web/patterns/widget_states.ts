/**
 * The widget's states. What is said is looked for by its words; of the widget itself only parts, roles and forms are
 * known, and four classes for what has none of these: badge, line, writing, trouble.
 */
import type { Act } from "./acts.ts";
import { messagesIn, said } from "./messages.ts";
import type { WidgetScene } from "./widget_script.ts";
import { GERMAN, LONG, wordsFor } from "./words.ts";

export interface WidgetState {
  id: string;
  title: string;
  shows: string;
  scene: WidgetScene;
  acts?: Act[];
  /** What is shown when the state is reached. */
  sees: string;
}

const LAUNCHER = "[part~=launcher]";
const PANEL = "[part~=panel]";
const NUDGE = "[part~=nudge]";
const LOG = `${PANEL} [role=log]`;
const FIELD = `${PANEL} form:not(:has([type=email])) textarea`;
const OPEN: Act = ["press", LAUNCHER];
const notice = (text: string) => ({ id: "paypal-down", text, steps: [], countries: [], methods: [], until: null });

function say(text: string): Act[] {
  return [OPEN, ["write", FIELD, text], ["key", FIELD, "Enter"]];
}

export function widgetStates(lang: string): WidgetState[] {
  const words = wordsFor(lang);
  const it = messagesIn(lang, words);
  const waiting = { owner: "queue", epoch: 1, queue: { place: 2, waiting: 3 } } as const;
  const withMaya = { owner: "agent", epoch: 2, agent: { name: "Maya" } } as const;
  const here = it.notice("claimed", words.claimed);
  return [
    { id: "closed", title: "Closed", shows: "The launcher, clear of the pay button and the totals.", scene: {}, sees: LAUNCHER },
    {
      id: "badge", title: "Badge and preview", shows: "An answer came while the panel was closed.",
      scene: { before: [it.asked] }, acts: [OPEN, ["see", `text=${words.asked}`], ["call", "close"], ["see", LAUNCHER], ["hear", it.answer()]], sees: `${LAUNCHER} .badge`,
    },
    {
      id: "nudge", title: "Nudge, a card", shows: "A declined card: one sentence, one button, and a way to put it away.",
      scene: { replies: { track: [it.declined] } }, acts: [["call", "track", "payment.failed", { code: "do_not_honour" }]], sees: NUDGE,
    },
    {
      id: "nudge-line", title: "Nudge, one line", shows: "The same while a field has the focus: a line on the launcher that takes no focus.",
      scene: { replies: { track: [it.declined] } },
      acts: [["focus", "#card"], ["call", "track", "payment.failed", { code: "do_not_honour" }]], sees: `${LAUNCHER} .line`,
    },
    {
      id: "nudge-questions", title: "Nudge with questions", shows: "The top questions of the step are offered.",
      scene: { replies: { track: [it.questions] } }, acts: [["call", "track", "shop.stuck", {}]], sees: NUDGE,
    },
    {
      id: "nudge-person", title: "Nudge with a person", shows: "A person is offered.",
      scene: { replies: { track: [it.person] } }, acts: [["call", "track", "shop.stuck", {}]], sees: NUDGE,
    },
    {
      id: "offer-questions", title: "Offer of questions, opened", shows: "The questions as buttons in the conversation.",
      scene: { before: [it.questions] }, acts: [OPEN], sees: `${LOG} button`,
    },
    {
      id: "offer-person", title: "Offer of a person, opened", shows: "The offer as a button in the conversation.",
      scene: { before: [it.person] }, acts: [OPEN], sees: `${LOG} button`,
    },
    {
      id: "empty", title: "Open and empty", shows: "The greeting and the step's questions.",
      scene: { guide: { cards: it.cards } }, acts: [OPEN], sees: LOG,
    },
    {
      id: "notice", title: "Notice, closed", shows: "Known trouble is told before anybody runs into it.",
      scene: { guide: { notices: [notice(words.notice)] } }, sees: LAUNCHER,
    },
    {
      id: "notice-open", title: "Notice, open", shows: "The same in the open panel, with a way to be told when it is over.",
      scene: { guide: { notices: [notice(words.notice)], cards: it.cards } }, acts: [OPEN], sees: LOG,
    },
    {
      id: "matches", title: "Answers while typing", shows: "Articles that fit what is being written.",
      scene: { replies: { suggest: [{ type: "suggestions", matches: [{ id: "delivery-time", title: words.choiceTime }, { id: "delivery-cost", title: words.choiceCost }] }] } },
      acts: [OPEN, ["see", FIELD], ["write", FIELD, words.asked]], sees: `text=${words.choiceTime}`,
    },
    {
      id: "answer", title: "Answer", shows: "Where it is from, and whether it helped.",
      scene: { before: [it.asked, it.answer()] }, acts: [OPEN], sees: `text=${words.answer}`,
    },
    {
      id: "answer-more", title: "Answer, unfolded", shows: "The rest of the article with a list and a link.",
      scene: { before: [it.asked, it.answer(it.more)] }, acts: [OPEN, ["press", `${LOG} summary`]], sees: `${LOG} details a`,
    },
    {
      id: "clarify", title: "Asking back", shows: "Near answers as buttons, and none of these.",
      scene: { before: [it.asked, it.clarify()] }, acts: [OPEN], sees: `${LOG} button`,
    },
    {
      id: "chosen", title: "Chosen reply", shows: "What was chosen stays readable.",
      scene: { before: [it.asked, it.clarify(words.choiceCost), said(lang, "shopper", words.choiceCost, { id: "chosen-00001" }), it.cost] },
      acts: [OPEN], sees: `text=${words.cost}`,
    },
    {
      id: "typing", title: "Typing", shows: "The assistant is working on an answer.",
      scene: { before: [it.asked] }, acts: [OPEN, ["see", `text=${words.asked}`], ["hear", { type: "typing", author: "assistant", on: true }]],
      sees: `${LOG} .writing`,
    },
    {
      id: "said-yes", title: "It helped", shows: "The verdict stays on the answer.",
      scene: { before: [it.asked, it.answer([], "yes")] }, acts: [OPEN], sees: `text=${words.answer}`,
    },
    {
      id: "said-no", title: "It did not help", shows: "The verdict stays on the answer.",
      scene: { before: [it.asked, it.answer([], "no")] }, acts: [OPEN], sees: `text=${words.answer}`,
    },
    {
      id: "waiting", title: "Waiting in line", shows: "The place in line; people are there.",
      scene: { before: [it.asked, it.notice("queued", words.queued)], standing: waiting }, acts: [OPEN], sees: `${PANEL} [role=status]`,
    },
    {
      id: "waiting-away", title: "Waiting, nobody there", shows: "The place in line; nobody is at the desk.",
      scene: { before: [it.asked, it.notice("queued", words.queued)], standing: { ...waiting, desk: { staffed: false } } },
      acts: [OPEN], sees: `${PANEL} [role=status]`,
    },
    {
      id: "person", title: "A person is here", shows: "Maya answers, in the colour of people.",
      scene: { before: [said(lang, "shopper", words.sorry), here, it.agent], standing: withMaya }, acts: [OPEN], sees: `text=${words.agent}`,
    },
    {
      id: "person-typing", title: "A person is writing", shows: "Maya writes.",
      scene: { before: [said(lang, "shopper", words.sorry), here], standing: withMaya },
      acts: [OPEN, ["see", `text=${words.claimed}`], ["hear", { type: "typing", author: "agent", on: true }]], sees: `${LOG} .writing`,
    },
    {
      id: "contact", title: "Contact form", shows: "Nobody is there: name, e-mail and question.",
      scene: { before: [said(lang, "shopper", words.sorry), it.notice("contact_wanted", words.away)], standing: { contact: "wanted", desk: { staffed: false } } },
      acts: [OPEN], sees: `${PANEL} [type=email]`,
    },
    {
      id: "contact-error", title: "Contact form with an error", shows: "An address that can't be right, said where it is.",
      scene: { before: [it.notice("contact_wanted", words.away)], standing: { contact: "wanted", desk: { staffed: false } } },
      acts: [
        OPEN, ["write", `${PANEL} [autocomplete=name]`, "Anna Gruber"], ["write", `${PANEL} form:has([type=email]) textarea`, words.sorry],
        ["write", `${PANEL} [type=email]`, "anna@"], ["press", `${PANEL} form:has([type=email]) button`],
      ],
      sees: `${PANEL} [type=email]:invalid`,
    },
    {
      id: "contact-kept", title: "Question left", shows: "What happens next.",
      scene: { before: [said(lang, "shopper", words.sorry), it.notice("contact_kept", words.kept)], standing: { contact: "kept", desk: { staffed: false } } },
      acts: [OPEN], sees: `text=${words.kept}`,
    },
    {
      id: "file", title: "File attached", shows: "A picture for the person who helps.",
      scene: {
        before: [here, said(lang, "shopper", "bank.png", { kind: "file", file: { id: "f-1", name: "bank.png", type: "image/png", bytes: 48_200 } }), it.agent],
        standing: withMaya,
      },
      acts: [OPEN], sees: "text=bank.png",
    },
    {
      id: "refused", title: "Not taken, with a retry", shows: "The server refused a message, says why, and it can be sent again.",
      scene: { replies: { say: [{ type: "error", code: "bad_value", status: 400, message: words.refused, hint: words.refusedHint }] } },
      acts: say(words.wontArrive), sees: `text=${words.refused}`,
    },
    {
      id: "offline", title: "Offline", shows: "Nobody can be reached; what is written waits.",
      scene: { before: [it.asked, it.answer()] },
      acts: [OPEN, ["see", `text=${words.answer}`], ["cut", 1006, false], ["write", FIELD, words.wontArrive], ["key", FIELD, "Enter"]],
      sees: `${PANEL} .trouble`,
    },
    {
      id: "reconnecting", title: "Reconnecting", shows: "The connection is lost and tried again; nothing waits to be sent.",
      scene: { before: [it.asked, it.answer()] }, acts: [OPEN, ["see", `text=${words.answer}`], ["cut", 1006, false]], sees: `text=${words.answer}`,
    },
    {
      id: "connecting", title: "Connecting", shows: "The server has not answered yet; one can write already.",
      scene: { silent: ["hello"] }, acts: [OPEN], sees: FIELD,
    },
    {
      id: "updated", title: "Updated chat", shows: "This version of the widget is too old for the server.",
      scene: { before: [it.asked] }, acts: [OPEN, ["see", `text=${words.asked}`], ["cut", 4400, false]], sees: `${PANEL} .trouble`,
    },
    {
      id: "long", title: "Long words", shows: "A word and an address with nowhere to break.",
      scene: { before: [said("de", "shopper", LONG.word), said("en", "assistant", LONG.address, { nodes: [{ t: "p", c: [{ t: "a", href: LONG.address, c: [LONG.address] }] }] }), it.clarify(words.choiceTime, LONG.word)] },
      acts: [OPEN], sees: `text=${LONG.word}`,
    },
    {
      id: "foreign", title: "Article in another language", shows: "An article the shopper's language has not, with a note.",
      scene: { before: [said("en", "assistant", GERMAN.note), said("de", "assistant", GERMAN.answer, { kind: "answer", answer: { article: { id: "cod", title: GERMAN.title }, more: [], verdict: null } })] },
      acts: [OPEN], sees: `${LOG} [lang=de]`,
    },
    {
      id: "closed-by-agent", title: "Closed by a person", shows: "The conversation was closed.",
      scene: { before: [here, it.agent, it.notice("closed", words.closed)], standing: { owner: "closed", epoch: 3 } }, acts: [OPEN], sees: `text=${words.closed}`,
    },
    {
      id: "reopened", title: "Opened again", shows: "The shopper wrote again, and the assistant answers.",
      scene: {
        before: [it.agent, it.notice("closed", words.closed), said(lang, "shopper", words.again), it.notice("reopened", words.reopened), said(lang, "assistant", words.address)],
        standing: { epoch: 4 },
      },
      acts: [OPEN], sees: `text=${words.address}`,
    },
    {
      id: "erased", title: "Erased", shows: "Everything is gone, here and at the server.",
      scene: { before: [it.asked, it.answer()] }, acts: [OPEN, ["see", `text=${words.answer}`], ["hear", { type: "erased", conversation: "c-1" }]], sees: LOG,
    },
  ];
}
