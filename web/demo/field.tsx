/** A labelled field with its own error, tied to it for screen readers. */

import type { ComponentChildren, JSX } from "preact";

interface FieldProps {
  name: string;
  label: string;
  value: string;
  onInput: (value: string) => void;
  trouble?: string | undefined;
  hint?: string | undefined;
  optional?: boolean;
  wide?: boolean;
  type?: "text" | "email" | "tel";
  autocomplete?: string;
  inputmode?: "text" | "numeric" | "tel" | "email";
  maxlength?: number;
  children?: ComponentChildren;
}

export function Field(props: FieldProps): JSX.Element {
  const { name, label, value, onInput, trouble, optional, wide, children } = props;
  const hint = trouble ? undefined : props.hint;
  // The types tie `type` to the presence of a list of suggestions; there is none here.
  const type = (props.type ?? "text") as "text";
  const described = [trouble && `${name}-trouble`, hint && `${name}-hint`].filter(Boolean).join(" ") || undefined;
  return (
    <div class={wide ? "field wide" : "field"}>
      <label for={name}>{label}{optional && <span class="optional"> (optional)</span>}</label>
      {children ?? (
        <input id={name} name={name} type={type} value={value} autocomplete={props.autocomplete} inputMode={props.inputmode}
          maxLength={props.maxlength} required={!optional} aria-invalid={trouble ? "true" : undefined} aria-describedby={described}
          onInput={(event) => onInput(event.currentTarget.value)} />
      )}
      {hint && <p class="hint" id={`${name}-hint`}>{hint}</p>}
      {trouble && <p class="trouble" id={`${name}-trouble`}>{trouble}</p>}
    </div>
  );
}

/** Puts the focus on the first field that has to be mended. */
export function focusFirst(names: string[]): void {
  requestAnimationFrame(() => {
    const field = names.map((name) => document.getElementById(name)).find(Boolean);
    field?.focus();
  });
}

/** What stops the order, above the form. */
export function Problem({ words }: { words: string | null }): JSX.Element {
  return <div role="alert" class="problem-place">{words && <p class="problem">{words}</p>}</div>;
}
