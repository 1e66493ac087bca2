/** The server's tree of blocks as elements. What is not known is shown as its text; an address is checked again. */
import type { Block, Inline } from "../shared/protocol.ts";
import { h } from "./dom.ts";

const SAFE = new Set(["https:", "mailto:", "tel:"]);

/** The address if it may be followed from `base`, else null. Relative addresses stay within the shop. */
export function safeHref(href: string, base: string): string | null {
  try {
    const url = new URL(href, base);
    return SAFE.has(url.protocol) || url.origin === new URL(base).origin && url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

export function drawBlocks(blocks: Block[]): HTMLElement[] {
  return blocks.map((block) => {
    if (block.t === "ul" || block.t === "ol") {
      return h(block.t, {}, ...block.c.map((item) => h("li", {}, ...drawBlocks(item))));
    }
    return h("p", block.t === "h" ? { class: "h" } : {}, ...drawInlines(block.c));
  });
}

function drawInlines(inlines: Inline[]): (Node | string)[] {
  return inlines.map((inline) => {
    if (typeof inline === "string") return inline;
    const children = drawInlines(inline.c ?? []);
    if (inline.t === "a") return drawLink(inline.href, children);
    const known = inline.t === "strong" || inline.t === "em" || inline.t === "code" || inline.t === "br";
    return h(known ? inline.t : "span", {}, ...children);
  });
}

/** A link opens beside the checkout, never in its place. */
function drawLink(href: string, children: (Node | string)[]): HTMLElement {
  const safe = safeHref(href, document.baseURI);
  if (!safe) return h("span", {}, ...children);
  return h("a", { href: safe, target: "_blank", rel: "noopener noreferrer" }, ...children);
}
