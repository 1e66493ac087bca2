/** What was attached, by whom and when. */

import type { JSX } from "preact";

import { Download } from "../attached.tsx";
import { now_ms } from "../store.ts";
import { when } from "../values.ts";
import { words } from "../words.ts";
import { type Part, Section } from "./row.tsx";

export function Files({ story: { files = [] } }: Part): JSX.Element {
  return (
    <Section title={words.story.files}>
      {files.length === 0 ? <p class="unknown" data-story="files">{words.story.noFiles}</p> : (
        <ul class="cards" data-story="files">
          {files.map((file) => (
            <li key={file.id}>
              <span><Download file={file} /></span>
              <span class="quiet">
                {file.author === "agent" ? words.story.fromAgent : words.story.fromShopper}, {when(file.at, now_ms.peek())}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
