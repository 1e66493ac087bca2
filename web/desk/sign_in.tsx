/** The form in front of the desk. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";

import type { ChatError } from "../shared/protocol.ts";
import { signedIn } from "./acts.ts";
import { signIn } from "./api.ts";
import { session } from "./store.ts";
import { words } from "./words.ts";

export function SignIn(): JSX.Element {
  const problem = useSignal<string | null>(session.value === "expired" ? words.signIn.expired : null);
  const isWorking = useSignal(false);

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const given = new FormData(form);
    const email = String(given.get("email")).trim();
    const password = String(given.get("password"));
    if (!email || !password) {
      problem.value = words.signIn.missing;
      form.querySelector<HTMLInputElement>(email ? "[name=password]" : "[name=email]")?.focus();
      return;
    }
    isWorking.value = true;
    try {
      signedIn(await signIn(email, password));
    } catch (error) {
      problem.value = explain(error as ChatError);
      form.querySelector<HTMLInputElement>("[name=password]")?.select();
    } finally {
      isWorking.value = false;
    }
  }

  return (
    <main class="sign-in">
      <form onSubmit={submit} noValidate aria-describedby="sign-in-problem">
        <h1>{words.signIn.title}</h1>
        <p id="sign-in-problem" role="alert" class="problem">{problem}</p>
        <label for="email">{words.signIn.email}</label>
        <input id="email" name="email" type="email" autocomplete="username" autocapitalize="none" spellcheck={false} />
        <label for="password">{words.signIn.password}</label>
        <input id="password" name="password" type="password" autocomplete="current-password" />
        <button type="submit" class="primary" disabled={isWorking.value}>
          {isWorking.value ? words.signIn.working : words.signIn.submit}
        </button>
        <p class="quiet">{words.signIn.help}</p>
      </form>
    </main>
  );
}

function explain({ status, message, hint }: ChatError): string {
  if (status === 401) return words.signIn.wrong;
  if (status === 0 || status >= 500) return words.signIn.unreachable;
  if (message) return [message, hint].filter(Boolean).join(" ");
  return status === 429 ? words.signIn.tooMany : words.signIn.wrong;
}
