/** Why the assistant was as sure as it was: what it matched, what it did not understand, what was missing. */

import type { JSX } from "preact";

import type { Why } from "../../shared/protocol.ts";
import { confidence } from "../values.ts";
import { words } from "../words.ts";

export function Because({ why }: { why: Why }): JSX.Element {
  const { band, articles, unexplained, repaired, reasons } = why;
  const [best, ...others] = articles;
  return (
    <details class="why" data-story="why" data-band={band}>
      <summary>{words.story.why[band] ?? words.story.why.hand_over}</summary>
      <ul>
        {best && <li>{words.story.nearest} <q>{best.phrasing}</q> {words.story.inArticle(best.title, confidence(best.cosine))}</li>}
        {unexplained.length > 0 && <li>{words.story.unexplained} {quoted(unexplained)}</li>}
        {repaired.length > 0 && <li>{words.story.repaired} {repaired.map(({ typed, read }) => `${typed} → ${read}`).join(", ")}</li>}
        {reasons.map((reason) => <li key={reason}>{reason}</li>)}
        {others.length > 0 && <li>{words.story.next} {others.map((one) => `${one.title} ${confidence(one.confidence)}`).join(", ")}</li>}
      </ul>
    </details>
  );
}

function quoted(found: string[]): string {
  return found.map((word) => `“${word}”`).join(", ");
}
