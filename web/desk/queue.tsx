/** The list: who waits, what is mine, everything. */

import type { JSX } from "preact";

import { duration } from "../shared/format.ts";
import type { Summary } from "../shared/protocol.ts";
import { loadHistory, open, showOnlyClosed, showTab } from "./acts.ts";
import {
  hasNewReply, history, isMine, listed, mine, now_ms, onlyClosed, openId, tab, waiting, welcomed, type Tab,
} from "./store.ts";
import { amount, reason, shopperName, since, step } from "./values.ts";
import { words } from "./words.ts";

/** From here on the waiting time is shown as trouble. */
const LONG_WAIT_S = 120;
const TABS: Tab[] = ["queue", "mine", "all"];
const REASON_TONES: Record<string, string> = { not_helped: "bad", complaint: "bad", asked: "warn" };

export function Queue(): JSX.Element {
  return (
    <section class="queue" aria-label={words.queue.label}>
      <h2 data-test="waiting">{words.queue.waiting(waiting.value.length)}</h2>
      <Tabs />
      <div role="tabpanel" id="list" aria-labelledby={`tab-${tab.value}`} tabIndex={-1} class="list">
        {tab.value === "all" && <Filter />}
        {welcomed.value ? <List /> : <Skeleton />}
      </div>
    </section>
  );
}

function Tabs(): JSX.Element {
  function move(event: KeyboardEvent): void {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!by) return;
    const next = TABS[(TABS.indexOf(tab.value) + by + TABS.length) % TABS.length]!;
    showTab(next);
    document.getElementById(`tab-${next}`)?.focus();
  }
  const counts: Record<Tab, number> = { queue: waiting.value.length, mine: mine.value.length, all: 0 };
  return (
    <div role="tablist" class="tabs" aria-label={words.queue.label} onKeyDown={move}>
      {TABS.map((name) => (
        <button type="button" role="tab" key={name} id={`tab-${name}`} aria-controls="list"
          aria-selected={tab.value === name} tabIndex={tab.value === name ? 0 : -1} onClick={() => showTab(name)}>
          {words.queue.tabs[name]}
          {counts[name] > 0 && <span class="count"> {counts[name]}</span>}
          {name === "mine" && mine.value.some(hasNewReply) && <span class="dot new" role="img" aria-label={words.queue.newReply} />}
        </button>
      ))}
    </div>
  );
}

function Filter(): JSX.Element {
  return (
    <label class="filter">
      {words.queue.filter}{" "}
      <select value={onlyClosed.value ? "closed" : "all"} data-test="filter"
        onChange={(event) => showOnlyClosed(event.currentTarget.value === "closed")}>
        <option value="all">{words.queue.filterAll}</option>
        <option value="closed">{words.queue.filterClosed}</option>
      </select>
    </label>
  );
}

function List(): JSX.Element {
  const isHistory = tab.value === "all";
  if (isHistory && history.value === "loading" && listed.value.length === 0) return <Skeleton />;
  if (listed.value.length === 0) return <p class="empty" data-test="empty">{emptyWords()}</p>;
  const entry = listed.value.some(({ id }) => id === openId.value) ? openId.value : listed.value[0]?.id;
  return (
    <>
      <ul>{listed.value.map((known) => <Item key={known.id} known={known} isEntry={known.id === entry} />)}</ul>
      {isHistory && history.value !== "whole" && (
        <button type="button" class="older" disabled={history.value === "loading"} onClick={() => void loadHistory()}>
          {history.value === "loading" ? words.queue.loading : words.queue.older}
        </button>
      )}
    </>
  );
}

function emptyWords(): string {
  if (tab.value === "queue") return words.queue.emptyQueue;
  if (tab.value === "mine") return words.queue.emptyMine;
  return onlyClosed.value ? words.queue.emptyClosed : words.queue.emptyAll;
}

/** `isEntry`: the one Tab leads to; j, k and the arrows go on from there. */
function Item({ known, isEntry }: { known: Summary; isEntry: boolean }): JSX.Element {
  const isOpen = known.id === openId.value;
  const question = known.question ?? known.contact?.question;
  const text = known.owner === "queue" ? question : (known.last?.text ?? question);
  return (
    <li>
      <button type="button" class="item" data-conversation={known.id} data-owner={known.owner}
        aria-current={isOpen ? "true" : undefined} tabIndex={isEntry ? 0 : -1} onClick={() => open(known.id)}>
        <span class="who">
          {hasNewReply(known) && <span class="dot new" role="img" aria-label={words.queue.newReply} />}
          {shopperName(known)}
        </span>
        <Since known={known} />
        <span class="words" lang={known.language ?? undefined}>{text}</span>
        <span class="chips"><Chips known={known} /></span>
      </button>
    </li>
  );
}

function Since({ known }: { known: Summary }): JSX.Element {
  if (known.owner === "queue" && known.queued_at) {
    const waited_s = (now_ms.value - Date.parse(known.queued_at)) / 1000;
    return <span class={waited_s >= LONG_WAIT_S ? "since long" : "since"} data-test="wait">{duration(waited_s)}</span>;
  }
  return <span class="since">{since(known.updated_at, now_ms.value)}</span>;
}

function Chips({ known }: { known: Summary }): JSX.Element {
  const why = reason(known);
  const isWaiting = known.owner === "queue";
  return (
    <>
      {!isWaiting && !isMine(known) && (
        <span class="chip" data-test="owner">
          {known.agent ? words.withAgent(known.agent.name) : words.owner[known.owner]}
        </span>
      )}
      {why && isWaiting && (
        <span class={`chip ${REASON_TONES[known.reason ?? ""] ?? ""}`} title={known.reason_text ?? undefined} data-test="reason">
          {why}
        </span>
      )}
      {known.total && <span class="chip" data-test="value">{amount(known.total.amount, known.total.currency)}</span>}
      {known.step && <span class="chip" data-test="step">{step(known.step)}</span>}
      {isWaiting && !known.shopper.present && <span class="chip">{words.queue.gone}</span>}
      {isWaiting && known.contact && <span class="chip">{words.queue.contact}</span>}
    </>
  );
}

function Skeleton(): JSX.Element {
  return (
    <div class="skeleton" role="status" aria-label={words.queue.loading}>
      {[0, 1, 2].map((at) => <div class="item" key={at}><i /><i /><i /></div>)}
    </div>
  );
}
