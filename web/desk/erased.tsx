/** In place of a conversation that its shopper erased while it was open. */

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { open } from "./acts.ts";
import { drafts } from "./composer.tsx";
import { unsent } from "./store.ts";
import { words } from "./words.ts";

/** `children`: what came of the last act. */
export function Erased({ conversation, children }: { conversation: string; children: ComponentChildren }): JSX.Element {
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    drafts.value = new Map([...drafts.value].filter(([id]) => id !== conversation));
    // What had the focus may be gone.
    if (document.activeElement === document.body) main.current?.focus();
  }, [conversation]);
  const refused = unsent.value.filter((reply) => reply.conversation === conversation && reply.refused);
  return (
    <main class="conversation nothing" tabIndex={-1} ref={main} data-test="erased">
      {children}
      <h2>{words.erased.title}</h2>
      <p role="alert">{words.erased.told}</p>
      <div role="alert">{refused.map((reply) => <p key={reply.id} class="no">{words.conversation.refused(reply.refused!)}</p>)}</div>
      <button type="button" onClick={() => open(null)}>{words.erased.back}</button>
    </main>
  );
}
