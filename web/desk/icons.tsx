/** Icons of one stroke width. They never stand alone where a word fits, so a screen reader skips them. */

import type { JSX } from "preact";

const PATHS = {
  chats: "M4 11.5a7.5 7.5 0 1 1 3.4 6.3L4 19l1.2-3.2A7.4 7.4 0 0 1 4 11.5Z",
  notices: "M4 10v4h3l9 4V6l-9 4zM19 9.5a4 4 0 0 1 0 5M8.5 14.5 10 20",
  keys: "M3 7h18v10H3zM7 10.5h.01M11 10.5h.01M15 10.5h.01M8 14h8",
  me: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20a7.5 7.5 0 0 1 15 0",
  close: "M6 6l12 12M18 6 6 18",
  back: "M14.5 5.5 8 12l6.5 6.5",
  story: "M4 5h16v14H4zM14 5v14",
  down: "M12 5v14M6 13l6 6 6-6",
  verified: "M12 3l7 3v5.5c0 4.3-2.9 7.6-7 9.5-4.1-1.9-7-5.2-7-9.5V6zM9 12l2.2 2.2L15.2 10",
  find: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM15.5 15.5 20 20",
  attach: "M8 12.5l6-6a3 3 0 0 1 4.2 4.2l-7.8 7.8a5 5 0 0 1-7-7l7.4-7.4",
  alert: "M12 8v5M12 16.5h.01M12 3.5 21 19.5H3z",
} as const;

export function Icon({ name }: { name: keyof typeof PATHS }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.75"
      stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
