/** On a small screen the open panel is the page: the rest is inert, and Back closes it. */

export interface Modal {
  set(on: boolean): void;
}

export function createModal(host: HTMLElement, onBack: () => void): Modal {
  let on = false;
  let silenced: Element[] = [];
  let overflow = "";

  /** Everything but the host and what it stands in; what was inert before stays so afterwards. */
  function silence(): void {
    for (let inside: Element = host; inside.parentElement && inside !== document.body; inside = inside.parentElement) {
      const beside = [...inside.parentElement.children].filter((each) => each !== inside && !each.hasAttribute("inert"));
      silenced.push(...beside);
    }
    for (const element of silenced) element.setAttribute("inert", "");
    overflow = document.documentElement.style.overflow;
    document.documentElement.style.overflow = "hidden";
  }

  function giveBack(): void {
    for (const element of silenced) element.removeAttribute("inert");
    silenced = [];
    document.documentElement.style.overflow = overflow;
  }

  function marked(): boolean {
    return Boolean((history.state as { checkoutChat?: boolean } | null)?.checkoutChat);
  }

  function wentBack(): void {
    if (!marked()) onBack();
  }

  return {
    set(next) {
      if (next === on) return;
      on = next;
      if (on) {
        silence();
        if (!marked()) history.pushState({ ...(history.state as object | null), checkoutChat: true }, "");
        addEventListener("popstate", wentBack);
      } else {
        giveBack();
        removeEventListener("popstate", wentBack);
        if (marked()) history.back();
      }
    },
  };
}
