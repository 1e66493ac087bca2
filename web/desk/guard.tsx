/** Keeps a fault in one part of the desk to that part. */

import { Component, type ComponentChildren } from "preact";

import { words } from "./words.ts";

export class Guard extends Component<{ children: ComponentChildren }, { isBroken: boolean }> {
  override state = { isBroken: false };

  override componentDidCatch(error: unknown): void {
    console.error(error);
    this.setState({ isBroken: true });
  }

  override render(): ComponentChildren {
    return this.state.isBroken ? <p class="empty" role="alert">{words.story.broken}</p> : this.props.children;
  }
}
