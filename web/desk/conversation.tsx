/** The middle: who it is, what can be done, the transcript, the reply. */

import { batch } from "@preact/signals";
import type { JSX } from "preact";

import type { Summary } from "../shared/protocol.ts";
import { claim, open } from "./acts.ts";
import { Composer, drafts, setDraft } from "./composer.tsx";
import { Guard } from "./guard.tsx";
import { Icon } from "./icons.tsx";
import { Erased } from "./erased.tsx";
import { connection, dialog, erased, flash, isMine, openId, storyOpen, summary, thread, unsent, type Unsent } from "./store.ts";
import { Transcript } from "./transcript.tsx";
import { shopperName, step } from "./values.ts";
import { words } from "./words.ts";

export function Conversation(): JSX.Element {
  const known = summary.value;
  if (!openId.value) {
    return (
      <main class="conversation nothing">
        <Said />
        <h2>{words.conversation.pick}</h2>
        <p class="quiet">{words.conversation.pickHow}</p>
      </main>
    );
  }
  if (erased.value.has(openId.value)) return <Erased conversation={openId.value}><Said /></Erased>;
  return (
    <main class="conversation" tabIndex={-1} data-owner={known?.owner} data-epoch={known?.epoch} data-conversation={openId.value}>
      <Header known={known} />
      <BriefStrip />
      <Said />
      <Guard key={openId.value}><Transcript onPutBack={putBack} /></Guard>
      {known && <Composer known={known} />}
    </main>
  );
}

/** What was not taken goes before what has been written since. */
function putBack(reply: Unsent): void {
  const written = drafts.value.get(reply.conversation);
  batch(() => {
    setDraft(reply.conversation, written ? `${reply.text}\n\n${written}` : reply.text);
    unsent.value = unsent.value.filter(({ id }) => id !== reply.id);
  });
  document.getElementById("reply")?.focus();
}

function Header({ known }: { known: Summary | null }): JSX.Element {
  return (
    <header>
      <button type="button" class="back plain" aria-label={words.conversation.back} onClick={() => open(null)}><Icon name="back" /></button>
      <div class="title">
        <h2>
          {shopperName(known)}
          {known?.shopper.verified && <span class="verified" data-test="verified"><Icon name="verified" />{words.conversation.verified}</span>}
        </h2>
        <p class="quiet" data-test="where">{known && where(known)}</p>
      </div>
      <div class="acts">
        {known && <Acts known={known} />}
        <button type="button" class="story-button" aria-expanded={storyOpen.value} aria-controls="story"
          onClick={() => (storyOpen.value = !storyOpen.value)}>
          <Icon name="story" />{words.conversation.story}
        </button>
      </div>
    </header>
  );
}

/** Where the story has no room of its own, its first lines stand above the transcript. */
function BriefStrip(): JSX.Element | null {
  const brief = thread.value.story?.brief ?? [];
  if (brief.length === 0) return null;
  return <p class="brief-strip" data-test="brief-strip">{brief.join(". ")}</p>;
}

function where({ step: code, shopper, owner, agent }: Summary): string {
  return [
    code && words.conversation.onStep(step(code)),
    shopper.present ? words.conversation.present : words.conversation.left,
    owner === "agent" ? agent && words.withAgent(agent.name) : words.owner[owner],
  ].filter(Boolean).join(", ");
}

function Acts({ known }: { known: Summary }): JSX.Element | null {
  const isOffline = connection.value !== "online";
  if (isMine(known)) {
    return (
      <>
        <button type="button" key="hand-back" id="hand-back" disabled={isOffline} data-test="hand-back" onClick={() => (dialog.value = "hand_back")}>
          {words.conversation.handBack}
        </button>
        <button type="button" key="close" id="close" class="primary" disabled={isOffline} data-test="close" onClick={() => (dialog.value = "close")}>
          {words.conversation.close}
        </button>
      </>
    );
  }
  if (known.owner !== "queue" && known.owner !== "assistant") return null;
  return (
    <button type="button" class="primary" disabled={isOffline} aria-keyshortcuts="c" data-test="claim" onClick={() => void claim()}>
      {known.owner === "queue" ? words.conversation.claim : words.conversation.takeOver}
    </button>
  );
}

/** What came of the last act. Both regions are always there, so that a screen reader hears what is put into them. */
function Said(): JSX.Element {
  const said = flash.value;
  return (
    <div class="flash-place">
      <div role="status">{said?.tone === "good" && <p class="flash good">{said.text}<Dismiss /></p>}</div>
      <div role="alert">{said?.tone === "bad" && <p class="flash bad">{said.text}<Dismiss /></p>}</div>
    </div>
  );
}

function Dismiss(): JSX.Element {
  return (
    <button type="button" class="plain" aria-label={words.dismiss} onClick={() => (flash.value = null)}><Icon name="close" /></button>
  );
}
