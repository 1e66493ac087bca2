/** The windows that ask before something is done, and the list of keys. */

import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

import type { CloseReason } from "../shared/protocol.ts";
import { close, handBack } from "./acts.ts";
import { singleKeys } from "./keys.ts";
import { dialog } from "./store.ts";
import { words } from "./words.ts";

const REASONS = Object.keys(words.close.reasons) as CloseReason[];

export function Dialogs(): JSX.Element | null {
  switch (dialog.value) {
    case "hand_back":
      return <HandBack />;
    case "close":
      return <Close />;
    case "keys":
      return <Keys />;
    default:
      return null;
  }
}

/** `isWide`: for a form with more than a field or two. */
export function Dialog({ title, isWide, children }: { title: string; isWide?: boolean; children: ComponentChildren }): JSX.Element {
  const window = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const opener = document.activeElement as HTMLElement;
    const shown = window.current!;
    shown.showModal();
    return () => {
      // As long as it is open, nothing behind it takes the focus.
      shown.close();
      focusAgain(opener, shown);
    };
  }, []);
  return (
    <dialog ref={window} class={isWide ? "wide" : undefined} aria-labelledby="dialog-title" onClose={() => window.current && (dialog.value = null)}>
      <h2 id="dialog-title">{title}</h2>
      {children}
    </dialog>
  );
}

/** What opened the window, the one that was drawn in its place meanwhile, or else the conversation or the notices. */
function focusAgain(opener: HTMLElement, closed: HTMLElement): void {
  const now = opener.isConnected || !opener.id ? opener : document.getElementById(opener.id);
  now?.focus();
  const has = document.activeElement;
  if (has === document.body || closed.contains(has)) document.querySelector<HTMLElement>(".conversation, .notices")?.focus();
}

export function Buttons({ submit, isWorking }: { submit: string; isWorking: boolean }): JSX.Element {
  return (
    <div class="buttons">
      <button type="button" onClick={() => (dialog.value = null)}>{words.cancel}</button>
      <button type="submit" class="primary" disabled={isWorking}>{submit}</button>
    </div>
  );
}

function HandBack(): JSX.Element {
  const isWorking = useSignal(false);
  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    isWorking.value = true;
    await handBack(String(new FormData(event.target as HTMLFormElement).get("settled")).trim());
    if (dialog.value === "hand_back") dialog.value = null;
  }
  return (
    <Dialog title={words.handBack.title}>
      <form onSubmit={submit}>
        <p>{words.handBack.explain}</p>
        <label for="settled">{words.handBack.settled}</label>
        <textarea id="settled" name="settled" rows={3} maxLength={500} aria-describedby="settled-hint" />
        <p class="quiet" id="settled-hint">{words.handBack.hint}</p>
        <Buttons submit={words.handBack.submit} isWorking={isWorking.value} />
      </form>
    </Dialog>
  );
}

function Close(): JSX.Element {
  const isWorking = useSignal(false);
  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    isWorking.value = true;
    await close(String(new FormData(event.target as HTMLFormElement).get("reason")) as CloseReason);
    if (dialog.value === "close") dialog.value = null;
  }
  return (
    <Dialog title={words.close.title}>
      <form onSubmit={submit}>
        <p>{words.close.explain}</p>
        <fieldset>
          <legend>{words.close.reason}</legend>
          {REASONS.map((reason, at) => (
            <label key={reason}>
              <input type="radio" name="reason" value={reason} defaultChecked={at === 0} />{words.close.reasons[reason]}
            </label>
          ))}
        </fieldset>
        <Buttons submit={words.close.submit} isWorking={isWorking.value} />
      </form>
    </Dialog>
  );
}

function Keys(): JSX.Element {
  return (
    <Dialog title={words.keys.title}>
      <dl class="keys">
        {words.keys.list.map(([key, does]) => <div class="row" key={key}><dt><kbd>{key}</kbd></dt><dd>{does}</dd></div>)}
      </dl>
      <label>
        <input type="checkbox" checked={singleKeys.value} onChange={(event) => (singleKeys.value = event.currentTarget.checked)} />
        {words.keys.single}
      </label>
      <div class="buttons">
        <button type="button" class="primary" onClick={() => (dialog.value = null)}>{words.keys.done}</button>
      </div>
    </Dialog>
  );
}
