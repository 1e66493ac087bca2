/** The desk: waits for who is signed in, then shows rail, list, conversation and story. */

import { effect } from "@preact/signals";
import { render, type JSX } from "preact";

import { start } from "./acts.ts";
import { Conversation } from "./conversation.tsx";
import { Dialogs } from "./dialogs.tsx";
import { Icon } from "./icons.tsx";
import { listenToKeys } from "./keys.ts";
import { tryNow } from "./link.ts";
import { Notices } from "./notices/screen.tsx";
import { Queue } from "./queue.tsx";
import { Rail } from "./rail.tsx";
import { SignIn } from "./sign_in.tsx";
import { connection, openId, place, session, waiting } from "./store.ts";
import { StoryPanel } from "./story.tsx";
import { words } from "./words.ts";

function App(): JSX.Element | null {
  switch (session.value) {
    case "unknown":
      return <p class="starting" role="status">{words.queue.loading}</p>;
    case "out":
    case "expired":
      return <SignIn />;
    case "in":
      return (
        <>
          <Lost />
          <div class={openId.value ? "desk with-open" : "desk"}>
            <Rail />
            {place.value === "notices" ? <Notices /> : (
              <>
                <Queue />
                <Conversation />
                <StoryPanel />
              </>
            )}
          </div>
          <Dialogs />
        </>
      );
  }
}

function Lost(): JSX.Element {
  return (
    <div role="alert" class="lost-place">
      {connection.value === "lost" && (
        <p class="lost" data-test="lost">
          <Icon name="alert" />
          {navigator.onLine ? words.lost.trying : words.lost.offline}
          <button type="button" onClick={tryNow}>{words.lost.now}</button>
        </p>
      )}
    </div>
  );
}

function nameTheTab(): void {
  const count = session.value === "in" ? waiting.value.length : 0;
  document.title = count ? `(${count}) ${words.desk}` : words.desk;
}

const root = document.getElementById("desk")!;
root.replaceChildren();
render(<App />, root);
effect(nameTheTab);
listenToKeys();
addEventListener("online", tryNow);
document.addEventListener("visibilitychange", () => document.hidden || tryNow());
void start();
