/** `window.checkoutChat`: calls made before the widget was there, and after. */
import type { CheckoutChat, Method } from "./element.ts";

/** `["track", "payment.failed", { code: "insufficient_funds" }]`, or a function that is given the element. */
export type Call = [method: Method, ...args: unknown[]] | ((chat: CheckoutChat) => void);

const calls: Call[] = [];
const complaints = new Set<string>();

/** Says a mistake of the shop's in the console, once. */
export function complain(words: string): void {
  if (!complaints.has(words)) console.error(`checkout-chat: ${words}`);
  complaints.add(words);
}

/** Not `navigator.userActivation`: that lasts for seconds after any touch or key, wherever it was. */
let clicked = false;

/** Whether a click or tap of the shopper's is being answered right now. */
export const isClicked = () => clicked;

/** Whatever goes wrong in here must not go wrong in the shop's page. */
export function safely(run: () => void): void {
  try {
    run();
  } catch (error) {
    complain(String(error));
  }
}

/** Makes the calls that wait, if there is an element to make them on. */
export function answerCalls(): void {
  const chat = document.querySelector<CheckoutChat>("checkout-chat");
  if (!chat) return;
  for (const call of calls.splice(0)) {
    safely(() => {
      if (typeof call === "function") return call(chat);
      const [method, ...args] = call;
      (chat[method] as (...args: unknown[]) => void)(...args);
    });
  }
}

export function listenForCalls(): void {
  const shop = window as unknown as { checkoutChat?: Call[] | { push(...calls: Call[]): void } };
  const push = (...more: Call[]) => {
    calls.push(...more);
    answerCalls();
  };
  push(...((shop.checkoutChat ?? []) as Call[]));
  shop.checkoutChat = { push };
  addEventListener("click", ({ isTrusted }) => {
    clicked = isTrusted;
    setTimeout(() => (clicked = false));
  }, true);
}
