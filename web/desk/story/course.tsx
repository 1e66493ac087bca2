/** How it came to this: the pages, what happened on them, what opened the chat, who has had it. */

import type { JSX } from "preact";

import { duration } from "../../shared/format.ts";
import { datum, event, openedBy, step, timeWithSeconds } from "../values.ts";
import { words } from "../words.ts";
import { type Part, Row, Section } from "./row.tsx";

export function Way({ story: { trail, page } }: Part): JSX.Element {
  return (
    <Section title={words.story.way}>
      {trail.length === 0 ? <p class="unknown" data-story="trail">{words.story.noTrail}</p> : (
        <ol class="way" data-story="trail">
          {trail.map(({ url, title, step: code, at, stay_s }, index) => (
            <li key={`${at}${index}`} title={`${url}\n${timeWithSeconds(at)}`}>
              {step(code) || title || url} <span class="stay">{duration(stay_s)}</span>
            </li>
          ))}
        </ol>
      )}
      <dl>
        <Row label={words.story.page} name="page">
          {page && <>{page.title}{page.step && step(page.step) !== page.title && `, ${step(page.step)}`}<br /><span class="url">{page.url}</span></>}
        </Row>
      </dl>
    </Section>
  );
}

export function Events({ story: { events } }: Part): JSX.Element {
  return (
    <Section title={words.story.events}>
      {events.length === 0 ? <p class="unknown" data-story="events">{words.story.noEvents}</p> : (
        <ol class="times" data-story="events">
          {events.map(({ id, event: name, data, at, reported_by: by }) => (
            <li key={id} data-event={name}>
              <time dateTime={at}>{timeWithSeconds(at)}</time>
              <span>
                {event(name)}
                {Object.entries(data).map(([key, value]) => (
                  <span class="datum" key={key} data-datum={key} data-value={String(value)}>{key.replaceAll("_", " ")}: {datum(value)}</span>
                ))}
                <span class="quiet">{words.story.reportedBy[by]}</span>
              </span>
            </li>
          ))}
        </ol>
      )}
    </Section>
  );
}

export function Opened({ story }: Part): JSX.Element {
  return (
    <Section title={words.story.opened}>
      <p data-story="opened_by" class={story.opened_by ? undefined : "unknown"}>{story.opened_by ? openedBy(story.opened_by) : words.notKnown}</p>
    </Section>
  );
}

export function Changes({ story: { changes, settled } }: Part): JSX.Element {
  return (
    <Section title={words.story.changes}>
      {changes.length === 0 ? <p class="unknown" data-story="changes">{words.story.noChanges}</p> : (
        <ol class="times" data-story="changes">
          {changes.map(({ at, owner, epoch, by, reason: why, note }) => (
            <li key={epoch} data-owner={owner} data-epoch={epoch}>
              <time dateTime={at}>{timeWithSeconds(at)}</time>
              <span>
                {words.story.to[owner]}{by && ` ${words.story.by(by)}`}{why && `: ${words.reasons[why] ?? datum(why)}`}
                {note && <q class="datum">{note}</q>}
              </span>
            </li>
          ))}
        </ol>
      )}
      <dl><Row label={words.story.settled} name="settled">{settled ?? words.story.noSettled}</Row></dl>
    </Section>
  );
}
