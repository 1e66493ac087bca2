/** What the parts of the story are made of. */

import type { ComponentChildren, JSX } from "preact";

import type { Story } from "../../shared/protocol.ts";
import { words } from "../words.ts";

export type Part = { story: Story };

export function Section({ title, children }: { title: string; children: ComponentChildren }): JSX.Element {
  return <section><h3>{title}</h3>{children}</section>;
}

/** A labelled value; `not known` where there is none. */
export function Row({ label, name, children }: { label: string; name: string; children?: ComponentChildren }): JSX.Element {
  const isEmpty = children == null || children === "" || children === false;
  return (
    <div class="row">
      <dt>{label}</dt>
      <dd data-story={name} class={isEmpty ? "unknown" : undefined}>{isEmpty ? words.notKnown : children}</dd>
    </div>
  );
}

export function Mail({ to }: { to: string }): JSX.Element {
  return <a href={`mailto:${to}`}>{to}</a>;
}
