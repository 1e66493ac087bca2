/** On a small screen the open panel is the page: the rest is inert, and Back closes it. */
export function createModal(host: HTMLElement, onBack: () => void): (on: boolean) => void {
  let isOn = false;
  let silenced: HTMLElement[] = [];

  /** Everything but the host and what it stands in; what was inert before stays so afterwards. */
  function silence(): void {
    for (let inside: Element = host; inside.parentElement && inside !== document.body; inside = inside.parentElement) {
      silenced.push(...([...inside.parentElement.children] as HTMLElement[]).filter((each) => each !== inside && !each.inert));
    }
  }

  const marked = () => (history.state as { checkoutChat?: boolean } | null)?.checkoutChat;
  const wentBack = () => marked() || onBack();

  return (on) => {
    if (on === isOn) return;
    isOn = on;
    if (on) silence();
    for (const element of silenced) element.inert = on;
    if (on) {
      if (!marked()) history.pushState({ ...(history.state as object | null), checkoutChat: true }, "");
      addEventListener("popstate", wentBack);
    } else {
      silenced = [];
      removeEventListener("popstate", wentBack);
      if (marked()) history.back();
    }
  };
}
