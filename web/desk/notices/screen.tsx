/** The notices: those that hold, those to come, those that are over. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { Icon } from "../icons.tsx";
import { dialog, noticesNews, now_ms } from "../store.ts";
import { language } from "../values.ts";
import { words as desk } from "../words.ts";
import { ending, load, notices, said, sites, trouble } from "./board.ts";
import { EndNotice } from "./ending.tsx";
import { NewNotice } from "./form.tsx";
import { during, mainText, phase, whom, type Notice, type Phase } from "./notice.ts";
import { words } from "./words.ts";

/** Who asks to be told, and what the command line does, is told to nobody: it is looked for. */
const LOOK_AGAIN_MS = 30_000;
const PAST_SHOWN = 10;

export function Notices(): JSX.Element {
  const main = useRef<HTMLElement>(null);
  useEffect(() => void load(), [noticesNews.value]);
  useEffect(() => {
    // The button that had the focus may have gone with its notice.
    if (document.activeElement === document.body) main.current?.focus();
  }, [notices.value, dialog.value]);
  useEffect(() => {
    main.current?.focus();
    const looking = setInterval(() => document.hidden || void load(), LOOK_AGAIN_MS);
    return () => {
      clearInterval(looking);
      said.value = null;
    };
  }, []);
  return (
    <main class="notices" tabIndex={-1} ref={main} aria-label={words.label}>
      <div class="page">
        <header>
          <div>
            <h2>{words.title}</h2>
            <p class="quiet">{words.lead}</p>
          </div>
          <button type="button" class="primary" id="add-notice" disabled={sites.value.length === 0} onClick={() => (dialog.value = "notice_new")}>
            {words.add}
          </button>
        </header>
        <Said />
        {notices.value ? <Lists known={notices.value} /> : !trouble.value && <Skeleton />}
      </div>
      {dialog.value === "notice_new" && <NewNotice />}
      {dialog.value === "notice_end" && ending.value && <EndNotice notice={ending.value} />}
    </main>
  );
}

/** Both regions are always there, so that a screen reader hears what is put into them. */
function Said(): JSX.Element {
  return (
    <div>
      <div role="status">
        {said.value && (
          <p class="flash good">
            {said.value.text}
            <button type="button" class="plain" aria-label={desk.dismiss} onClick={() => (said.value = null)}><Icon name="close" /></button>
          </p>
        )}
      </div>
      <div role="alert">
        {trouble.value && (
          <p class="flash bad">
            {words.notLoaded(trouble.value)}
            <button type="button" onClick={() => void load()}>{words.tryAgain}</button>
          </p>
        )}
      </div>
    </div>
  );
}

function Lists({ known }: { known: readonly Notice[] }): JSX.Element {
  if (known.length === 0) return <p class="empty" data-test="no-notices">{words.empty}</p>;
  const by: Record<Phase, Notice[]> = { now: [], coming: [], past: [] };
  for (const notice of known) by[phase(notice, now_ms.value)].push(notice);
  by.coming.sort((a, b) => Date.parse(a.starts_at) - Date.parse(b.starts_at));
  by.past.sort((a, b) => Date.parse(b.ends_at ?? "") - Date.parse(a.ends_at ?? ""));
  return (
    <>
      <List which="now" listed={by.now} />
      {by.coming.length > 0 && <List which="coming" listed={by.coming} />}
      {by.past.length > 0 && <List which="past" listed={by.past} />}
    </>
  );
}

function List({ which, listed }: { which: Phase; listed: Notice[] }): JSX.Element {
  const shown = useSignal(which === "past" ? PAST_SHOWN : Infinity);
  const left = listed.length - shown.value;
  return (
    <section aria-labelledby={`notices-${which}`} data-test={`notices-${which}`}>
      <h3 id={`notices-${which}`}>{words[which]}</h3>
      {listed.length === 0 && <p class="quiet">{words.noneNow}</p>}
      <ul>{listed.slice(0, shown.value).map((notice) => <Item key={notice.id} notice={notice} which={which} />)}</ul>
      {left > 0 && <button type="button" onClick={() => (shown.value = Infinity)}>{words.more(left)}</button>}
    </section>
  );
}

function Item({ notice, which }: { notice: Notice; which: Phase }): JSX.Element {
  const [tongue, text] = mainText(notice);
  const site = sites.value.length > 1 && sites.value.find(({ id }) => id === notice.site);
  const act = which === "coming" ? words.takeBack : words.end;
  function ask(): void {
    ending.value = notice;
    dialog.value = "notice_end";
  }
  return (
    <li class="notice" data-notice={notice.id}>
      <p class="text" lang={tongue} dir="auto">{text}</p>
      <p>{site && `${site.name}: `}{whom(notice)}</p>
      <p class="quiet">{during(notice, now_ms.value)}</p>
      {(which !== "past" || notice.asked > 0) && (
        <p class={notice.asked ? "asked" : "quiet"} data-test="asked">{which === "past" ? words.wereTold(notice.asked) : words.asked(notice.asked)}</p>
      )}
      <Others notice={notice} shown={tongue} />
      {which !== "past" && (
        <button type="button" id={`end-${notice.id}`} aria-label={words.about(act, text)} onClick={ask}>{act}</button>
      )}
    </li>
  );
}

function Others({ notice: { texts }, shown }: { notice: Notice; shown: string }): JSX.Element | null {
  const others = Object.entries(texts).filter(([code]) => code !== shown);
  if (others.length === 0) return null;
  return (
    <details>
      <summary>{words.languages(others.length)}</summary>
      <dl>
        {others.map(([code, text]) => (
          <div class="row" key={code}><dt>{language(code)}</dt><dd lang={code} dir="auto">{text}</dd></div>
        ))}
      </dl>
    </details>
  );
}

function Skeleton(): JSX.Element {
  return (
    <div class="skeleton" role="status" aria-label={words.loading}>
      {[0, 1, 2].map((at) => <div key={at}><i /><i /><i /></div>)}
    </div>
  );
}
