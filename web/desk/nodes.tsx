/** The protocol's text tree as elements. Links that leave for anything but web, mail and phone are shown as words. */

import { Fragment, type ComponentChild, type JSX } from "preact";

import type { Block, Inline } from "../shared/protocol.ts";

const SAFE_LINK = /^(https:|mailto:|tel:|\/(?!\/)|[#?])/i;

export function Blocks({ blocks }: { blocks: Block[] }): JSX.Element {
  return <>{blocks.map((block, at) => <Fragment key={at}>{drawBlock(block)}</Fragment>)}</>;
}

function drawBlock(block: Block): ComponentChild {
  switch (block.t) {
    case "p":
      return <p>{drawInlines(block.c)}</p>;
    case "h":
      return <p class="heading">{drawInlines(block.c)}</p>;
    case "ul":
      return <ul>{block.c.map((item, at) => <li key={at}><Blocks blocks={item} /></li>)}</ul>;
    case "ol":
      return <ol>{block.c.map((item, at) => <li key={at}><Blocks blocks={item} /></li>)}</ol>;
  }
}

function drawInlines(inlines: Inline[] = []): ComponentChild[] {
  return inlines.map((inline) => {
    if (typeof inline === "string") return inline;
    switch (inline.t) {
      case "br":
        return <br />;
      case "strong":
        return <strong>{drawInlines(inline.c)}</strong>;
      case "em":
        return <em>{drawInlines(inline.c)}</em>;
      case "code":
        return <code>{drawInlines(inline.c)}</code>;
      case "a":
        if (!SAFE_LINK.test(inline.href)) return <span>{drawInlines(inline.c)}</span>;
        return <a href={inline.href} target="_blank" rel="noopener noreferrer">{drawInlines(inline.c)}</a>;
    }
  });
}
