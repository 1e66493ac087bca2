/** What has been written, by whom, and how sure the assistant was. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

import type { Author, Message } from "../shared/protocol.ts";
import { Attached } from "./attached.tsx";
import { Icon } from "./icons.tsx";
import { Blocks } from "./nodes.tsx";
import { connection, me, now_ms, openId, summary, thread, typing, unsent, type Unsent } from "./store.ts";
import { confidence, openedBy, shopperName, when } from "./values.ts";
import { words } from "./words.ts";

/** Closer to the end than this, one is reading along and wants to see what comes. */
const NEAR_END_PX = 80;

export function Transcript({ onPutBack }: { onPutBack: (reply: Unsent) => void }): JSX.Element {
  const { messages, story, loaded } = thread.value;
  const replies = unsent.value.filter(({ conversation }) => conversation === openId.value);
  const isTyping = typing.value?.conversation === openId.value;
  const log = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const hasNew = useSignal(false);
  const count = messages.length + replies.length;
  const refusals = replies.filter(({ refused }) => refused !== null).length;

  useLayoutEffect(() => {
    isAtEnd.current = true;
    hasNew.value = false;
  }, [openId.value]);
  useLayoutEffect(() => {
    if (isAtEnd.current) toEnd();
    else hasNew.value = true;
  }, [count]);
  useLayoutEffect(() => {
    if (isAtEnd.current) toEnd();
  }, [isTyping, loaded, refusals]);

  function toEnd(): void {
    log.current?.scrollTo({ top: log.current.scrollHeight });
    hasNew.value = false;
  }

  function scrolled(): void {
    const { scrollHeight, scrollTop, clientHeight } = log.current!;
    isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
    if (isAtEnd.current) hasNew.value = false;
  }

  return (
    <div class="transcript">
      <div class="log" role="log" aria-label={words.conversation.log} aria-busy={!loaded} tabIndex={0} ref={log} onScroll={scrolled}>
        {!loaded && messages.length === 0 && <Skeleton />}
        {loaded && count === 0 && <p class="empty">{words.conversation.empty}</p>}
        {story?.opened_by && <p class="pill">{words.conversation.openedBy(openedBy(story.opened_by))}</p>}
        {messages.map((message) => <Said key={message.seq} message={message} />)}
        {replies.map((reply) => <OnItsWay key={reply.id} reply={reply} onPutBack={onPutBack} />)}
        {isTyping && <p class="writing" data-test="typing">{words.conversation.typing(authorName(typing.value!.author))}</p>}
      </div>
      {hasNew.value && (
        <button type="button" class="to-end" onClick={toEnd}><Icon name="down" />{words.conversation.newMessages}</button>
      )}
    </div>
  );
}

function Said({ message }: { message: Message }): JSX.Element {
  const { seq, author, kind, text, nodes, lang, at, file } = message;
  if (kind === "notice" || author === "system") return <p class="pill" data-seq={seq} data-kind={kind}>{text}</p>;
  const isOwn = author === "agent" && isMe(message.name);
  const name = isOwn ? words.you : message.name || authorName(author);
  return (
    <article class={`said ${author}`} data-seq={seq} data-author={author} data-kind={kind}>
      <p class="author">{name} <time dateTime={at}>{when(at, now_ms.peek())}</time></p>
      <div class="bubble">
        {file ? <Attached file={file} />
          : <div lang={lang}>{nodes ? <Blocks blocks={nodes} /> : <p class="plain">{text}</p>}</div>}
        <More message={message} />
        <Choices message={message} />
        <About message={message} />
      </div>
    </article>
  );
}

function More({ message: { answer, lang } }: { message: Message }): JSX.Element | null {
  if (!answer?.more.length) return null;
  return (
    <details>
      <summary>{words.conversation.more}</summary>
      <div lang={lang}><Blocks blocks={answer.more} /></div>
    </details>
  );
}

function Choices({ message: { choices, chosen } }: { message: Message }): JSX.Element | null {
  if (!choices?.length) return null;
  return (
    <p class="about">
      {choices[0]?.action === "person" ? words.conversation.askedPerson
        : `${words.conversation.buttons} ${choices.map(({ label }) => label).join(", ")}`}
      {chosen && <>; {words.conversation.chose(chosen)}</>}
    </p>
  );
}

/** Which article, how sure, and what the shopper said of it. */
function About({ message }: { message: Message }): JSX.Element | null {
  const verdict = message.answer?.verdict ?? message.verdict;
  const facts = [
    message.answer && words.conversation.article(message.answer.article.title),
    message.confidence != null && words.conversation.confidence(confidence(message.confidence)),
    verdict && <span class={verdict === "no" ? "no" : "yes"}>{words.conversation.shopperSaid[verdict]}</span>,
    message.offer?.verdict === "dismissed" && words.conversation.dismissed,
  ].filter(Boolean);
  if (facts.length === 0) return null;
  return <p class="about" data-test="about">{facts.flatMap((fact, at) => (at ? [", ", fact] : [fact]))}</p>;
}

function OnItsWay({ reply, onPutBack }: { reply: Unsent; onPutBack: (reply: Unsent) => void }): JSX.Element {
  const { id, text, refused } = reply;
  const state = refused !== null ? words.conversation.refused(refused)
    : connection.value === "online" ? words.conversation.sending : words.conversation.waitingToSend;
  return (
    <article class="said agent unsent" data-unsent={id}>
      <p class="author">{words.you}</p>
      <div class="bubble">
        <p class="plain">{text}</p>
        <p class={refused === null ? "about" : "about no"}>{state}</p>
        {refused !== null && <button type="button" onClick={() => onPutBack(reply)}>{words.conversation.putBack}</button>}
      </div>
    </article>
  );
}

function isMe(name: string | null): boolean {
  const own = me.value?.name;
  return !!name && !!own && (own === name || own.startsWith(`${name} `));
}

function authorName(author: Author): string {
  return author === "shopper" ? (summary.value?.shopper.name ? shopperName(summary.value) : words.shopper) : words.assistant;
}

function Skeleton(): JSX.Element {
  return (
    <div class="skeleton" role="status" aria-label={words.conversation.loading}>
      {[0, 1, 2].map((at) => <div class="said" key={at}><i /><i /></div>)}
    </div>
  );
}
