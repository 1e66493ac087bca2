/** `window.checkoutChat`: calls made before the widget was there, and after. */
import type { CheckoutChat } from "./element.ts";

type Method = "open" | "close" | "track" | "setContext" | "identify" | "page";
/** `["track", "payment.failed", { code: "insufficient_funds" }]`, or a function that is given the element. */
export type Call = [method: Method, ...args: unknown[]] | ((chat: CheckoutChat) => void);

export function complain(words: string): void {
  console.error(`checkout-chat: ${words}`);
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

export function answerCalls(): void {
  const shop = window as unknown as { checkoutChat?: Call[] | { push(...calls: Call[]): void } };
  const calls = [...((shop.checkoutChat as Call[] | undefined) ?? [])];

  function answer(): void {
    const chat = document.querySelector<CheckoutChat>("checkout-chat");
    if (!chat) return;
    for (const call of calls.splice(0)) {
      safely(() => {
        if (typeof call === "function") return call(chat);
        const [method, ...args] = call;
        (chat[method as Method] as (...args: unknown[]) => void)(...args);
      });
    }
  }

  shop.checkoutChat = {
    push(...more) {
      calls.push(...more);
      answer();
    },
  };
  document.addEventListener("checkout-chat:ready", answer);
  addEventListener("click", ({ isTrusted }) => {
    clicked = isTrusted;
    setTimeout(() => (clicked = false));
  }, true);
  answer();
}
