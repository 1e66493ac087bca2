/** The server's tree of blocks as elements. What is not known is shown as its text; an address is checked again. */
import type { Block, Inline } from "../shared/protocol.ts";
import { type Part, h } from "./dom.ts";

/** The address if it may be followed, else null. Relative addresses stay within the shop. */
function safeHref(href: string): string | null {
  try {
    const url = new URL(href, location.href).href;
    return /^(https|mailto|tel):/.test(url) || url.startsWith(`${location.origin}/`) ? url : null;
  } catch {
    return null;
  }
}

export function drawBlocks(blocks: Block[]): HTMLElement[] {
  return blocks.map((block) => {
    if (block.t === "ul" || block.t === "ol") return h(block.t, block.c.map((item) => h("li", drawBlocks(item))));
    return h(block.t === "h" ? "p.h" : "p", block.c.map(drawInline));
  });
}

/** A link opens beside the checkout, never in its place. */
function drawInline(inline: Inline): Part {
  if (typeof inline === "string") return inline;
  const children = (inline.c ?? []).map(drawInline);
  const href = inline.t === "a" && safeHref(inline.href);
  if (href) return h("a", { href, target: "_blank", rel: "noopener noreferrer" }, children);
  return h(/^(strong|em|code|br)$/.test(inline.t) ? inline.t : "span", children);
}
