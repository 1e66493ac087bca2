/** The question before a notice ends. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";

import { Buttons, Dialog } from "../dialogs.tsx";
import { now_ms } from "../store.ts";
import { end } from "./board.ts";
import { mainText, phase, type Notice } from "./notice.ts";
import { words } from "./words.ts";

export function EndNotice({ notice }: { notice: Notice }): JSX.Element {
  const isWorking = useSignal(false);
  const problem = useSignal<string | null>(null);
  const isComing = phase(notice, now_ms.value) === "coming";
  const [language, text] = mainText(notice);

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    isWorking.value = true;
    problem.value = await end(notice);
    isWorking.value = false;
  }

  return (
    <Dialog title={isComing ? words.ending.titleComing : words.ending.title}>
      <form onSubmit={submit}>
        <blockquote lang={language} dir="auto">{text}</blockquote>
        <p>
          {isComing ? words.ending.explainComing : words.ending.explain}
          {!isComing && notice.asked > 0 && ` ${words.ending.told(notice.asked)}`}
        </p>
        <p role="alert" class="problem">{problem}</p>
        <Buttons submit={isComing ? words.takeBack : words.end} isWorking={isWorking.value} />
      </form>
    </Dialog>
  );
}
