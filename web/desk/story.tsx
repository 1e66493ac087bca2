/**
 * The story beside the conversation. Each item of the protocol's story has a labelled place, whether or not it has a
 * value; `data-story` names it, with a dot for what lies inside: `cart.total`, `shopper.verified`.
 */

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { Guard } from "./guard.tsx";
import { Icon } from "./icons.tsx";
import { erased, openId, storyOpen, thread } from "./store.ts";
import { Answers, Suggestions } from "./story/articles.tsx";
import { Brief } from "./story/brief.tsx";
import { Files } from "./story/files.tsx";
import { Cart } from "./story/cart.tsx";
import { Changes, Events, Opened, Way } from "./story/course.tsx";
import type { Part } from "./story/row.tsx";
import { Contact, Earlier, Shopper } from "./story/shopper.tsx";
import { words } from "./words.ts";

export function StoryPanel(): JSX.Element | null {
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!storyOpen.value) return;
    const back = document.activeElement as HTMLElement | null;
    panel.current?.focus();
    return () => back?.focus();
  }, [storyOpen.value]);
  if (!openId.value || erased.value.has(openId.value)) return null;
  const { story } = thread.value;
  return (
    <aside class={storyOpen.value ? "story open" : "story"} id="story" aria-label={words.story.label} tabIndex={0} ref={panel}>
      <button type="button" class="story-close plain" aria-label={words.story.close} onClick={() => (storyOpen.value = false)}>
        <Icon name="close" />
      </button>
      {story ? <Guard key={openId.value}><Whole story={story} /></Guard> : <Skeleton />}
    </aside>
  );
}

function Whole({ story }: Part): JSX.Element {
  return (
    <>
      <Brief story={story} />
      <Cart story={story} />
      <Shopper story={story} />
      <Way story={story} />
      <Events story={story} />
      <Answers story={story} />
      <Opened story={story} />
      <Files story={story} />
      <Contact story={story} />
      <Earlier story={story} />
      <Changes story={story} />
      <Suggestions story={story} />
    </>
  );
}

function Skeleton(): JSX.Element {
  return (
    <div class="skeleton" role="status" aria-label={words.story.loading}>
      {[0, 1, 2, 3, 4].map((at) => <div key={at}><i /><i /></div>)}
    </div>
  );
}
