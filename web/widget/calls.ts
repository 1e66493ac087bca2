/** One queue for all calls: those made before the widget was there, on the element or by `window.checkoutChat`, and after. */
import type { CheckoutChat, Method } from "./element.ts";

/** `["track", "payment.failed", { code: "insufficient_funds" }]`, or a function that is given the element. */
export type Call = [method: Method, ...args: unknown[]] | ((chat: CheckoutChat) => void);

const calls: Call[] = [];
const complaints = new Set<string>();
/** Not `navigator.userActivation`: that lasts for seconds after any touch or key, wherever it was. */
let clicked = false;
let answer: ((call: Call) => void) | null = null;

/** Says a mistake of the shop's in the console, once. */
export function complain(words: string): void {
  if (!complaints.has(words)) console.error(`checkout-chat: ${words}`);
  complaints.add(words);
}

/** Whatever goes wrong in here must not go wrong in the shop's page. */
export function safely(run: () => void): void {
  try {
    run();
  } catch (error) {
    complain(String(error));
  }
}

/** The shopper's own click counts for as long as it is being answered, not until there is somebody to answer. */
export function push(...more: Call[]): void {
  calls.push(...more.map((call) => (call[0 as never] === "open" ? ["open", clicked] as Call : call)));
  if (answer) for (const call of calls.splice(0)) safely(() => answer?.(call));
}

/** From now on `how` answers, first what has waited. */
export function answerCalls(how: (call: Call) => void): void {
  answer = how;
  push();
}

export function listenForCalls(): void {
  const shop = window as unknown as { checkoutChat?: Call[] | { push(...calls: Call[]): void } };
  push(...((shop.checkoutChat ?? []) as Call[]));
  shop.checkoutChat = { push };
  addEventListener("click", ({ isTrusted }) => {
    clicked = isTrusted;
    setTimeout(() => (clicked = false));
  }, true);
}
