/** Where the agent writes: the three best articles, the reply, and who has the conversation when it is not theirs. */

import { signal, useSignal, type Signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { TEXT_LIMIT, type Suggestion, type Summary } from "../shared/protocol.ts";
import { attach, findArticles, reply, tellTyping } from "./acts.ts";
import { Icon } from "./icons.tsx";
import { connection, found, isMine, sendingFiles, thread } from "./store.ts";
import { confidence, shopperName } from "./values.ts";
import { words } from "./words.ts";

/** The count of letters shows from here on. */
const NEARLY_FULL = 200;
const FILE_TYPES = "image/png,image/jpeg,image/webp,application/pdf";

/** What is being written in each conversation, kept while the agent looks at another or signs in again. */
export const drafts = signal<ReadonlyMap<string, string>>(new Map());

export function setDraft(conversation: string, text: string): void {
  drafts.value = new Map(drafts.value).set(conversation, text);
}

export function Composer({ known }: { known: Summary }): JSX.Element {
  return isMine(known) ? <Writing known={known} key={known.id} /> : <NotMine known={known} />;
}

function NotMine({ known }: { known: Summary }): JSX.Element {
  return <footer class="composer not-mine"><p data-test="not-mine">{whyNot(known)}</p></footer>;
}

function whyNot({ owner, agent, shopper }: Summary): string {
  switch (owner) {
    case "queue":
      return shopper.present ? words.composer.inQueue : words.composer.inQueueAway;
    case "assistant":
      return words.composer.withAssistant;
    case "agent":
      return words.composer.withOther(agent?.name ?? "");
    case "closed":
      return words.composer.closed;
  }
}

function Writing({ known }: { known: Summary }): JSX.Element {
  const field = useRef<HTMLTextAreaElement>(null);
  const text = drafts.value.get(known.id) ?? "";
  const isFinding = useSignal(false);
  const left = TEXT_LIMIT - [...text].length;
  useEffect(() => () => tellTyping(false), []);

  function write(next: string): void {
    setDraft(known.id, next);
    tellTyping(next.trim() !== "");
  }

  function send(event?: Event): void {
    event?.preventDefault();
    if (!text.trim() || left < 0) return;
    reply(text.trim());
    setDraft(known.id, "");
    field.current?.focus();
  }

  function insert(article: Suggestion): void {
    const before = text.trimEnd();
    write(before ? `${before}\n\n${article.short_answer}` : article.short_answer);
    field.current?.focus();
  }

  return (
    <form class="composer" onSubmit={send} data-test="composer">
      <Articles isFinding={isFinding} onInsert={insert} />
      <label class="away" for="reply">{words.composer.label(shopperName(known))}</label>
      <textarea id="reply" ref={field} rows={2} value={text} placeholder={words.composer.placeholder}
        aria-describedby="reply-hint" onInput={(event) => write(event.currentTarget.value)} onBlur={() => tellTyping(false)}
        onKeyDown={(event) => event.key === "Enter" && !event.shiftKey && !event.isComposing && send(event)} />
      <div class="send">
        <button type="button" class="plain find" data-test="find" aria-expanded={isFinding.value} onClick={() => (isFinding.value = true)}>
          <Icon name="find" />{words.composer.find}
        </button>
        <Attach conversation={known.id} />
        <span id="reply-hint" class="quiet">{words.composer.hint}</span>
        {left < NEARLY_FULL && <span class={left < 0 ? "no" : "quiet"} role="status">{words.composer.left(left)}</span>}
        <button type="submit" class="primary" disabled={!text.trim() || left < 0}>{words.composer.send}</button>
      </div>
    </form>
  );
}

function Attach({ conversation }: { conversation: string }): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  const name = sendingFiles.value.get(conversation);

  function picked({ currentTarget }: { currentTarget: HTMLInputElement }): void {
    const file = currentTarget.files?.[0];
    if (file) void attach(file);
    currentTarget.value = ""; // the same one may be picked again
  }

  return (
    <>
      <input type="file" hidden ref={field} accept={FILE_TYPES} data-test="file-field" onChange={picked} />
      <button type="button" class="plain find" data-test="attach" disabled={!!name || connection.value !== "online"}
        onClick={() => field.current?.click()}>
        <Icon name="attach" />{words.composer.attach}
      </button>
      <span class="quiet" role="status">{name && words.composer.sendingFile(name)}</span>
    </>
  );
}

const focus = (field: HTMLElement | null): void => field?.focus();

function Articles({ isFinding, onInsert }: { isFinding: Signal<boolean>; onInsert: (article: Suggestion) => void }): JSX.Element {
  const shown = (found.value ?? thread.value.story?.suggestions ?? []).slice(0, 3);

  function stopFinding(): void {
    isFinding.value = false;
    found.value = null;
  }

  function find(event: KeyboardEvent & { currentTarget: HTMLInputElement }): void {
    if (event.key === "Escape") stopFinding();
    if (event.key !== "Enter") return;
    event.preventDefault();
    const question = event.currentTarget.value.trim();
    if (question) void findArticles(question);
  }

  return (
    <div class="articles" role="group" aria-label={words.composer.articles}>
      {shown.map((article, at) => (
        <button type="button" key={article.id} class="article" data-article={article.id} aria-keyshortcuts={`Alt+${at + 1}`}
          title={`${words.composer.insert(article.title, at + 1)}\n\n${article.short_answer}`} onClick={() => onInsert(article)}>
          <span class="title">{article.title}</span> {article.confidence != null && <span class="quiet">{confidence(article.confidence)}</span>}
          <kbd aria-hidden="true">{at + 1}</kbd>
        </button>
      ))}
      {shown.length === 0 && <p class="quiet" role="status">{found.value ? words.composer.noMatch : words.composer.noArticles}</p>}
      {isFinding.value && (
        <>
          <input type="search" aria-label={words.composer.find} placeholder={words.composer.findHint} onKeyDown={find} ref={focus} />
          <button type="button" class="plain" onClick={stopFinding}>{words.composer.suggested}</button>
        </>
      )}
    </div>
  );
}
