/** What the assistant has answered, and what else may help. */

import type { JSX } from "preact";

import { now_ms } from "../store.ts";
import { confidence, when } from "../values.ts";
import { words } from "../words.ts";
import { type Part, Section } from "./row.tsx";

export function Answers({ story: { answers } }: Part): JSX.Element {
  return (
    <Section title={words.story.answers}>
      {answers.length === 0 ? <p class="unknown" data-story="answers">{words.story.noAnswers}</p> : (
        <ol class="cards" data-story="answers">
          {answers.map(({ article, question, confidence: sure, band, verdict, at }) => (
            <li key={`${article.id}${at}`} data-article={article.id} data-band={band}>
              <strong>{article.title}</strong>
              {question && <q>{question}</q>}
              <span class="quiet">
                {when(at, now_ms.peek())}, {sure != null && `${words.conversation.confidence(confidence(sure))}, `}
                {band && `${words.story.bands[band] ?? band}, `}
                <span class={verdict === "no" ? "no" : undefined}>
                  {verdict ? words.conversation.shopperSaid[verdict] : words.story.noVerdict}
                </span>
              </span>
            </li>
          ))}
        </ol>
      )}
    </Section>
  );
}

export function Suggestions({ story: { suggestions } }: Part): JSX.Element {
  return (
    <Section title={words.story.suggestions}>
      {suggestions.length === 0 ? <p class="unknown" data-story="suggestions">{words.story.noSuggestions}</p> : (
        <ul class="cards" data-story="suggestions">
          {suggestions.map(({ id, title, short_answer, confidence: sure }) => (
            <li key={id} data-article={id}>
              <strong>{title}</strong>
              <span>{short_answer}</span>
              {sure != null && <span class="quiet">{words.conversation.confidence(confidence(sure))}</span>}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
