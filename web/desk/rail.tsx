/** The dark strip at the side: where one is, whether one takes conversations, the keys, and oneself. */

import type { JSX } from "preact";

import { setPresence, signOut } from "./acts.ts";
import { Icon } from "./icons.tsx";
import { connection, dialog, me, openId, place, staffOnline, status, waiting } from "./store.ts";
import { words } from "./words.ts";

export function Rail(): JSX.Element {
  const isOnline = status.value === "online";
  return (
    <nav class="rail" aria-label={words.rail.label}>
      <h1 class="away">{words.desk}</h1>
      <div>
        <a class="place" href={`#${openId.value ?? ""}`} aria-current={place.value === "chats" ? "page" : undefined}>
          <Icon name="chats" />{words.rail.chats}
          {place.value !== "chats" && waiting.value.length > 0 && <span class="waits">{words.rail.waiting(waiting.value.length)}</span>}
        </a>
        <a class="place" href="#notices" aria-current={place.value === "notices" ? "page" : undefined} aria-keyshortcuts="n">
          <Icon name="notices" />{words.rail.notices}
        </a>
      </div>
      <div class="rail-foot">
        <button type="button" class="presence" role="switch" aria-checked={isOnline} aria-label={words.rail.presence}
          title={words.rail.presence} disabled={connection.value !== "online"} data-test="presence"
          onClick={() => void setPresence(isOnline ? "away" : "online")}>
          <span class="switch" aria-hidden="true" />{isOnline ? words.rail.online : words.rail.away}
        </button>
        <button type="button" class="place" onClick={() => (dialog.value = "keys")}>
          <Icon name="keys" />{words.rail.keys}
        </button>
        <button type="button" class="place" popovertarget="me" data-test="me"><Icon name="me" />{words.rail.me}</button>
      </div>
      <Menu />
    </nav>
  );
}

function Menu(): JSX.Element {
  return (
    <div id="me" class="menu" popover="auto">
      <p><strong>{me.value?.name}</strong><br /><span class="quiet">{me.value?.email}</span></p>
      <h2>{words.rail.atTheDesk}</h2>
      <ul data-test="staff-online">
        {staffOnline.value.map(({ id, name, status: is }) => (
          <li key={id}><span class={`dot ${is}`} aria-hidden="true" />{name}, {words.rail[is].toLowerCase()}</li>
        ))}
      </ul>
      <button type="button" onClick={() => void signOut()} data-test="sign-out">{words.rail.signOut}</button>
    </div>
  );
}
