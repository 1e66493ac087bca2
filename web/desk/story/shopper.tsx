/** Who it is, where they are, how to reach them, and what they asked before. */

import type { JSX } from "preact";

import { clockTime } from "../../shared/format.ts";
import { open } from "../acts.ts";
import { Icon } from "../icons.tsx";
import { now_ms } from "../store.ts";
import { city, country, language, locale as readers, outcome, since } from "../values.ts";
import { words } from "../words.ts";
import { Mail, type Part, Row, Section } from "./row.tsx";

export function Shopper({ story }: Part): JSX.Element {
  const { shopper, device, time_zone: zone } = story;
  const identity = shopper.verified ? words.story.verified : shopper.name ? words.story.unverified : words.story.guestUnverified;
  return (
    <Section title={words.story.shopper}>
      <dl>
        <Row label={words.story.name} name="shopper.name">{shopper.name}</Row>
        <Row label={words.story.identity} name="shopper.verified">
          {shopper.verified ? <span class="verified"><Icon name="verified" />{identity}</span> : identity}
        </Row>
        <Row label={words.story.email} name="shopper.email">{shopper.email && <Mail to={shopper.email} />}</Row>
        <Row label={words.story.subject} name="shopper.subject">{shopper.subject}</Row>
        <Row label={words.story.language} name="language">{story.language && language(story.language)}</Row>
        <Row label={words.story.locale} name="locale">{story.locale && language(story.locale)}</Row>
        <Row label={words.story.where} name="time_zone">{zone && where(zone)}</Row>
        <Row label={words.story.country} name="country">{story.country && country(story.country)}</Row>
        <Row label={words.story.device} name="device">
          {device && `${device.kind}, ${device.browser}, ${words.story.screen(device.width, device.height)}`}
        </Row>
      </dl>
    </Section>
  );
}

/** "Vienna, 14:32 there"; a time zone that is none stands for itself. */
function where(zone: string): string {
  try {
    return `${city(zone)}, ${words.story.there(clockTime(new Date(now_ms.value).toISOString(), readers, zone))}`;
  } catch {
    return zone;
  }
}

export function Contact({ story: { contact } }: Part): JSX.Element {
  return (
    <Section title={words.story.contact}>
      {!contact ? <p class="unknown" data-story="contact">{words.story.noContact}</p> : (
        <dl data-story="contact">
          <Row label={words.story.name} name="contact.name">{contact.name}</Row>
          <Row label={words.story.email} name="contact.email">{contact.email && <Mail to={contact.email} />}</Row>
          <Row label={words.story.asked} name="contact.question">{contact.question}</Row>
        </dl>
      )}
    </Section>
  );
}

export function Earlier({ story: { earlier } }: Part): JSX.Element {
  return (
    <Section title={words.story.earlier}>
      {earlier.length === 0 ? <p class="unknown" data-story="earlier">{words.story.noEarlier}</p> : (
        <ul class="cards" data-story="earlier">
          {earlier.map(({ id, at, question, outcome: how }) => (
            <li key={id}>
              <button type="button" class="link" onClick={() => open(id)}>{question || words.notKnown}</button>
              <span class="quiet">{since(at, now_ms.value)}, {outcome(how)}</span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
