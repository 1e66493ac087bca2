/** The form for a new notice. What is wrong stands at its field; whom it will concern stands beside the button. */

import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useRef } from "preact/hooks";

import { Buttons, Dialog } from "../dialogs.tsx";
import { now_ms, summaries } from "../store.ts";
import { language, step } from "../values.ts";
import { words as desk } from "../words.ts";
import { add, notices, sites } from "./board.ts";
import { draft, emptyDraft, isEmpty, noticeOf, TEXT_LIMIT, wrongIn, type Draft, type Wrong } from "./draft.ts";
import { whom } from "./notice.ts";
import { words } from "./words.ts";

const NEARLY_FULL = 60;

const write = (changed: Partial<Draft>): void => {
  draft.value = { ...draft.value, ...changed };
};

export function NewNotice(): JSX.Element {
  const form = useRef<HTMLFormElement>(null);
  const isWorking = useSignal(false);
  const wrong = useSignal<Wrong>({});
  const problem = useSignal<string | null>(null);
  const given = draft.value;
  const site = sites.value.find(({ id }) => id === given.site) ?? sites.value[0]!;

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    wrong.value = wrongIn(given, now_ms.value, unfinished(form.current!));
    const first = Object.keys(wrong.value)[0];
    if (first) return focusField(first);
    isWorking.value = true;
    problem.value = await add(noticeOf(given, site.id));
    isWorking.value = false;
  }

  return (
    <Dialog title={words.form.title} isWide>
      <form class="new-notice" ref={form} onSubmit={submit} noValidate>
        {sites.value.length > 1 && (
          <>
            <label for="notice-site">{words.form.site}</label>
            <select id="notice-site" value={site.id} onChange={(event) => write({ site: event.currentTarget.value })}>
              {sites.value.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
            </select>
          </>
        )}
        <Texts locales={site.locales} wrong={wrong.value} />
        <When wrong={wrong.value} />
        <Whom wrong={wrong.value} />
        <footer>
          <p role="alert" class="problem">{problem}</p>
          <p class="whom" data-test="whom">{whom(noticeOf(given, site.id))}</p>
          <p class="quiet">
            {words.form.kept}{" "}
            {!isEmpty(given) && (
              <button type="button" class="link" onClick={() => (draft.value = emptyDraft())}>{words.form.clear}</button>
            )}
          </p>
          <Buttons submit={words.form.submit} isWorking={isWorking.value} />
        </footer>
      </form>
    </Dialog>
  );
}

/** Date fields with only a day or only a time in them: their value is empty. */
function unfinished(form: HTMLFormElement): Set<string> {
  const fields = [...form.querySelectorAll<HTMLInputElement>("[type=datetime-local]")];
  return new Set(fields.filter(({ validity }) => validity.badInput).map(({ name }) => name));
}

function focusField(name: string): void {
  const field = document.getElementById(`notice-${name}`)!;
  field.closest("details")?.setAttribute("open", "");
  field.focus();
  // With the words below it, which the foot of the window would cover.
  field.scrollIntoView({ block: "center" });
}

interface FieldProps {
  name: string;
  label: ComponentChildren;
  wrong: Wrong;
  hint?: ComponentChildren;
  /** The field itself, with what ties hint and problem to it. */
  children: (tied: { id: string; name: string; "aria-describedby": string; "aria-invalid": boolean }) => JSX.Element;
}

function Field({ name, label, wrong, hint, children }: FieldProps): JSX.Element {
  const id = `notice-${name}`;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({ id, name, "aria-describedby": `${id}-hint ${id}-wrong`, "aria-invalid": name in wrong })}
      <p class="quiet" id={`${id}-hint`}>{hint}</p>
      <p class="no" id={`${id}-wrong`}>{wrong[name]}</p>
    </div>
  );
}

function Texts({ locales, wrong }: { locales: string[]; wrong: Wrong }): JSX.Element {
  const others = locales.filter((code) => code !== "en");
  return (
    <>
      <Text code="en" wrong={wrong} hint={words.form.hint} label={<>{words.form.text} <span class="quiet">{words.form.english}</span></>} />
      {others.length > 0 && (
        <details>
          <summary>{words.form.others}: {others.map(language).join(", ")}</summary>
          {others.map((code) => <Text key={code} code={code} wrong={wrong} label={words.form.inLanguage(language(code))} />)}
        </details>
      )}
    </>
  );
}

function Text({ code, wrong, hint, label }: { code: string; wrong: Wrong; hint?: string; label: ComponentChildren }): JSX.Element {
  const text = draft.value.texts[code] ?? "";
  const left = TEXT_LIMIT - text.trim().length;
  return (
    <Field name={`text-${code}`} label={label} wrong={wrong}
      hint={<>{hint} {left < NEARLY_FULL && <span class={left < 0 ? "no" : ""}>{desk.composer.left(left)}</span>}</>}>
      {(tied) => (
        <textarea {...tied} rows={2} lang={code} dir="auto" value={text} aria-required={code === "en"}
          onInput={(event) => write({ texts: { ...draft.value.texts, [code]: event.currentTarget.value } })} />
      )}
    </Field>
  );
}

function When({ wrong }: { wrong: Wrong }): JSX.Element {
  const { starts, ends } = draft.value;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <fieldset>
      <legend>{words.form.when}</legend>
      <p class="quiet">{words.form.zone(zone)}</p>
      <div class="pair">
        <Field name="starts" label={words.form.starts} wrong={wrong}>
          {(tied) => <input {...tied} type="datetime-local" value={starts} onInput={(event) => write({ starts: event.currentTarget.value })} />}
        </Field>
        <Field name="ends" label={words.form.ends} wrong={wrong}>
          {(tied) => <input {...tied} type="datetime-local" value={ends} onInput={(event) => write({ ends: event.currentTarget.value })} />}
        </Field>
      </div>
    </fieldset>
  );
}

function Whom({ wrong }: { wrong: Wrong }): JSX.Element {
  const { countries, methods } = draft.value;
  return (
    <fieldset>
      <legend>{words.form.whom}</legend>
      <p class="quiet">{words.form.everybody}</p>
      <Steps />
      <div class="pair">
        <Field name="countries" label={words.form.countries} hint={words.form.countriesHint} wrong={wrong}>
          {(tied) => <input {...tied} autocomplete="off" value={countries} onInput={(event) => write({ countries: event.currentTarget.value })} />}
        </Field>
        <Field name="methods" label={words.form.methods} hint={words.form.methodsHint} wrong={wrong}>
          {(tied) => (
            <input {...tied} autocomplete="off" autocapitalize="none" spellcheck={false} value={methods}
              onInput={(event) => write({ methods: event.currentTarget.value })} />
          )}
        </Field>
      </div>
    </fieldset>
  );
}

function Steps(): JSX.Element {
  const chosen = draft.value.steps;
  const change = (code: string): void =>
    write({ steps: chosen.includes(code) ? chosen.filter((other) => other !== code) : [...chosen, code] });
  return (
    <div role="group" aria-labelledby="notice-steps" class="steps">
      <span id="notice-steps">{words.form.steps}</span>
      {knownSteps().map((code) => (
        <label key={code}><input type="checkbox" checked={chosen.includes(code)} onChange={() => change(code)} />{step(code)}</label>
      ))}
    </div>
  );
}

/** The usual steps, and those of the shop's own that shoppers were on or a notice was for. */
function knownSteps(): string[] {
  const own = [...summaries.value.values()].flatMap((known) => known.step ?? []);
  const before = (notices.value ?? []).flatMap(({ steps }) => steps);
  return [...new Set([...Object.keys(desk.steps), ...before, ...own])];
}
