/**
 * The story beside the conversation. Each item of the protocol's story has a labelled place, whether or not it has a
 * value; `data-story` names it, with a dot for what lies inside: `cart.total`, `shopper.verified`.
 */

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { clockTime, duration } from "../shared/format.ts";
import type { Story } from "../shared/protocol.ts";
import { open } from "./acts.ts";
import { Guard } from "./guard.tsx";
import { Icon } from "./icons.tsx";
import { now_ms, openId, storyOpen, summary, thread } from "./store.ts";
import {
  amount, city, confidence, country, datum, event, language, locale as readers, openedBy, outcome, reason, since, step, timeWithSeconds, when,
} from "./values.ts";
import { words } from "./words.ts";

type Part = { story: Story };

export function StoryPanel(): JSX.Element | null {
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!storyOpen.value) return;
    const back = document.activeElement as HTMLElement | null;
    panel.current?.focus();
    return () => back?.focus();
  }, [storyOpen.value]);
  if (!openId.value) return null;
  const { story } = thread.value;
  return (
    <aside class={storyOpen.value ? "story open" : "story"} id="story" aria-label={words.story.label} tabIndex={0} ref={panel}>
      <button type="button" class="story-close plain" aria-label={words.story.close} onClick={() => (storyOpen.value = false)}>
        <Icon name="close" />
      </button>
      {story ? <Guard key={openId.value}><Whole story={story} /></Guard> : <Skeleton />}
    </aside>
  );
}

function Whole({ story }: Part): JSX.Element {
  return (
    <>
      <Brief story={story} />
      <Cart story={story} />
      <Shopper story={story} />
      <Way story={story} />
      <Events story={story} />
      <Answers story={story} />
      <Opened story={story} />
      <Contact story={story} />
      <Earlier story={story} />
      <Changes story={story} />
      <Suggestions story={story} />
    </>
  );
}

function Section({ title, children }: { title: string; children: ComponentChildren }): JSX.Element {
  return <section><h3>{title}</h3>{children}</section>;
}

/** A labelled value; `not known` where there is none. */
function Row({ label, name, children }: { label: string; name: string; children?: ComponentChildren }): JSX.Element {
  const isEmpty = children == null || children === "" || children === false;
  return (
    <div class="row">
      <dt>{label}</dt>
      <dd data-story={name} class={isEmpty ? "unknown" : undefined}>{isEmpty ? words.notKnown : children}</dd>
    </div>
  );
}

function Brief({ story }: Part): JSX.Element {
  const { brief, question, reason_text } = story;
  return (
    <section class="brief">
      <h3 class="away">{words.story.brief}</h3>
      <ul data-story="brief">{brief.map((line, at) => <li key={at}>{line}</li>)}</ul>
      <dl>
        <Row label={words.story.asked} name="question">{question && <q lang={story.language ?? undefined}>{question}</q>}</Row>
        <Row label={words.story.reason} name="reason">{reason_text || (summary.value && reason(summary.value))}</Row>
      </dl>
    </section>
  );
}

function Cart({ story: { cart, currency } }: Part): JSX.Element {
  if (!cart) {
    return (
      <Section title={words.story.cart}>
        <p class="unknown" data-story="cart">{words.story.noCart}</p>
        <dl><Row label={words.story.currency} name="currency">{currency}</Row></dl>
      </Section>
    );
  }
  const sum = (label: string, name: string, value?: string): JSX.Element | null =>
    value ? <div class="sum"><dt>{label}</dt><dd data-story={`cart.${name}`}>{amount(value, cart.currency)}</dd></div> : null;
  return (
    <Section title={words.story.cart}>
      <ul class="lines" data-story="cart">
        {cart.lines.map(({ title, variant, quantity, price }, at) => (
          <li key={at}>
            <span>{[title, variant].filter(Boolean).join(", ")}{quantity !== 1 && ` × ${quantity}`}</span>
            <span>{amount(price, cart.currency)}</span>
          </li>
        ))}
      </ul>
      <dl class="sums">
        {sum(words.story.subtotal, "subtotal", cart.subtotal)}
        {sum(words.story.shipping, "shipping", cart.shipping)}
        {cart.discount && sum(words.story.discount, "discount", cart.discount.startsWith("-") ? cart.discount : `-${cart.discount}`)}
        {sum(words.story.tax, "tax", cart.tax)}
        <div class="sum total"><dt>{words.story.total}</dt><dd data-story="cart.total">{amount(cart.total ?? "", cart.currency)}</dd></div>
      </dl>
      <dl>
        {cart.coupon && <Row label={words.story.coupon} name="cart.coupon">{cart.coupon}</Row>}
        <Row label={words.story.currency} name="currency">{currency ?? cart.currency}</Row>
      </dl>
    </Section>
  );
}

function Shopper({ story }: Part): JSX.Element {
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

function Mail({ to }: { to: string }): JSX.Element {
  return <a href={`mailto:${to}`}>{to}</a>;
}

function Way({ story: { trail, page } }: Part): JSX.Element {
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

function Events({ story: { events } }: Part): JSX.Element {
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

function Answers({ story: { answers } }: Part): JSX.Element {
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

function Opened({ story }: Part): JSX.Element {
  return (
    <Section title={words.story.opened}>
      <p data-story="opened_by" class={story.opened_by ? undefined : "unknown"}>{story.opened_by ? openedBy(story.opened_by) : words.notKnown}</p>
    </Section>
  );
}

function Contact({ story: { contact } }: Part): JSX.Element {
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

function Earlier({ story: { earlier } }: Part): JSX.Element {
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

function Changes({ story: { changes, settled } }: Part): JSX.Element {
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

function Suggestions({ story: { suggestions } }: Part): JSX.Element {
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

function Skeleton(): JSX.Element {
  return (
    <div class="skeleton" role="status" aria-label={words.story.loading}>
      {[0, 1, 2, 3, 4].map((at) => <div key={at}><i /><i /></div>)}
    </div>
  );
}
