/** The story in short: what they want, why a person is asked for. */

import type { JSX } from "preact";

import { summary } from "../store.ts";
import { reason } from "../values.ts";
import { words } from "../words.ts";
import { type Part, Row } from "./row.tsx";
import { Because } from "./why.tsx";

export function Brief({ story }: Part): JSX.Element {
  const { brief, question, reason_text } = story;
  return (
    <section class="brief">
      <h3 class="away">{words.story.brief}</h3>
      <ul data-story="brief">{brief.map((line, at) => <li key={at}>{line}</li>)}</ul>
      <dl>
        <Row label={words.story.asked} name="question">{question && <q lang={story.language ?? undefined}>{question}</q>}</Row>
        <Row label={words.story.reason} name="reason">{reason_text || (summary.value && reason(summary.value))}</Row>
      </dl>
      {story.why?.map((why) => <Because key={why.question} why={why} />)}
    </section>
  );
}
