/** Messages of docs/protocol.md, and what they are made of. */
import type { Answer, Author, Block, Choice, Kind, Message, Offer } from "../shared/protocol.ts";
import { type wordsFor } from "./words.ts";

type Words = ReturnType<typeof wordsFor>;
/** A message before it has a number. */
export type Said = { type: "message"; [field: string]: unknown };

/** The time that many seconds ago, as the protocol writes it. */
export const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();

export const paragraph = (...text: string[]): Block => ({ t: "p", c: text });

export function said(lang: string, author: Author, text: string, more: Partial<Message> | { kind: Kind | "file"; file?: object } = {}): Said {
  return { type: "message", author, at: ago(60), name: author === "agent" ? "Maya" : null, lang, kind: "text", text, ...more };
}

export function messagesIn(lang: string, words: Words) {
  const more: Block[] = [
    paragraph(words.moreFirst),
    { t: "ul", c: [[paragraph(words.moreAustria)], [paragraph(words.moreElsewhere)]] },
    { t: "p", c: [words.moreSee, { t: "a", href: "https://fernhill.example/delivery", c: [words.moreLink] }, "."] },
  ];
  const answered = (id: string, title: string, rest: Block[], verdict: Answer["verdict"]): Answer =>
    ({ article: { id, title }, more: rest, verdict });
  const offer = (title: string, about: Partial<Offer> & Record<string, unknown>) =>
    ({ event: "payment.failed", data: {}, title, trigger: "payment-failed", guess: false, verdict: null, ...about }) as Offer;
  const choose = (label: string, article: string): Choice => ({ label, article, action: "choose" });

  return {
    asked: said(lang, "shopper", words.asked, { id: "asked-000001" }),
    answer: (rest: Block[] = [], verdict: Answer["verdict"] = null) =>
      said(lang, "assistant", words.answer, {
        kind: "answer", nodes: [paragraph(words.answer)], answer: answered("delivery-time", words.answerTitle, rest, verdict),
      }),
    more,
    clarify: (chosen: string | null = null, cost = words.choiceCost) =>
      said(lang, "assistant", words.clarify, {
        kind: "clarify", chosen,
        choices: [
          choose(words.choiceTime, "delivery-time"), choose(cost, "delivery-cost"),
          { label: words.choiceNone, article: null, action: "none" },
        ],
      }),
    cost: said(lang, "assistant", words.cost, { kind: "answer", answer: answered("delivery-cost", words.choiceCost, [], null) }),
    declined: said(lang, "assistant", words.declined, {
      kind: "offer", nodes: [paragraph(words.declined)],
      answer: answered("payment-declined", words.declinedArticle, more, null), offer: offer(words.declinedTitle, {}),
    }),
    questions: said(lang, "assistant", words.stuck, {
      kind: "offer", chosen: null,
      choices: [
        choose(words.questionPay, "cards"), choose(words.questionTwice, "charged-twice"), choose(words.questionLater, "pay-later"),
      ],
      offer: offer(words.stuck, {
        event: "long-in-payment", trigger: "long-in-payment", guess: true,
        questions: [{ id: "cards", title: words.questionPay }, { id: "charged-twice", title: words.questionTwice }, { id: "pay-later", title: words.questionLater }],
      }),
    }),
    person: said(lang, "assistant", words.person, {
      kind: "offer", chosen: null, choices: [{ label: words.talk, article: null, action: "person" }],
      offer: offer(words.person, { event: "back-and-forth", trigger: "back-and-forth", guess: true, person: true }),
    }),
    notice: (code: string, text: string) =>
      said(lang, "system", text, { kind: "notice", notice: { code, params: {} } } as Partial<Message>),
    agent: said(lang, "agent", words.agent),
    /** The questions of the step, for the guide. */
    cards: [
      { id: "cards", title: words.questionPay, nodes: [paragraph(words.answer)] },
      { id: "charged-twice", title: words.questionTwice, nodes: [paragraph(words.agent)] },
      { id: "pay-later", title: words.questionLater, nodes: [paragraph(words.answer)] },
    ],
  };
}
