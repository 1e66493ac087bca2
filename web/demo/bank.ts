/** The demo's payment provider: which test card does what. No card number leaves this page. */

export type Outcome =
  | { kind: "paid" }
  | { kind: "declined"; code: string }
  | { kind: "confirm" }
  | { kind: "not_confirmed"; code: string };

export interface TestCard {
  number: string;
  does: string;
  outcome: Outcome;
}

export const TEST_CARDS: TestCard[] = [
  card("4242 4242 4242 4242", "is accepted", { kind: "paid" }),
  card("4000 0000 0000 9995", "declined: not enough money", { kind: "declined", code: "insufficient_funds" }),
  card("4000 0000 0000 0069", "declined: card has expired", { kind: "declined", code: "expired_card" }),
  card("4000 0000 0000 0127", "declined: wrong security code", { kind: "declined", code: "incorrect_cvc" }),
  card("4000 0000 0000 0002", "declined by the bank, no reason given", { kind: "declined", code: "do_not_honor" }),
  card("4000 0027 6000 3184", "asks you to confirm with your bank", { kind: "confirm" }),
  card("4000 0082 6000 3178", "confirmation with the bank fails", { kind: "not_confirmed", code: "authentication_failed" }),
];

/** After so many declined attempts the card form rests. */
export const MOST_DECLINES = 5;

export interface Card {
  number: string;
  expiry: string;
  code: string;
  holder: string;
}

export type CardField = keyof Card;

const DECLINED: Record<string, [field: CardField, words: string]> = {
  insufficient_funds: ["number", "Your bank declined the payment because the account does not cover it, so this order was not placed. Another card or PayPal works too."],
  expired_card: ["expiry", "Your bank declined the payment because this card has expired, so this order was not placed. Check the date or use another card."],
  incorrect_cvc: ["code", "Your bank declined the payment because the security code does not match, so this order was not placed. Check the code and pay again."],
  do_not_honor: ["number", "Your bank declined the payment and gave no reason, so this order was not placed. Another card or PayPal works too; your bank can tell you why."],
};

export const NOT_CONFIRMED = "The payment was not confirmed with your bank, so this order was not placed. Try again, or use another card or PayPal.";

export function declineWords(code: string): [field: CardField, words: string] {
  return DECLINED[code] ?? ["number", "Your bank declined the payment, so this order was not placed. Another card or PayPal works too."];
}

/** What the bank says to a card; any card that is none of the test cards is accepted. */
export function charge(number: string): Outcome {
  const digits = number.replace(/\D/g, "");
  return TEST_CARDS.find((known) => known.number.replaceAll(" ", "") === digits)?.outcome ?? { kind: "paid" };
}

/** What has to be mended before the bank is asked. */
export function cardTroubles({ number, expiry, code, holder }: Card, now: Date): { field: CardField; words: string }[] {
  const found: { field: CardField; words: string }[] = [];
  const digits = number.replace(/\D/g, "");
  if (!digits) found.push({ field: "number", words: "Enter the card number." });
  else if (!isCardNumber(digits)) found.push({ field: "number", words: "Check the card number; a digit is missing or different." });
  const date = expiryTrouble(expiry, now);
  if (date) found.push({ field: "expiry", words: date });
  if (!/^\d{3,4}$/.test(code.trim())) found.push({ field: "code", words: "Enter the 3 digits from the back of the card, or 4 from the front of an American Express card." });
  if (!holder.trim()) found.push({ field: "holder", words: "Enter the name as it is on the card." });
  return found;
}

/** Luhn's check, on 13 to 19 digits. */
export function isCardNumber(digits: string): boolean {
  if (!/^\d{13,19}$/.test(digits)) return false;
  const sum = [...digits].reverse().reduce((total, digit, at) => {
    const value = Number(digit) * (at % 2 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

function expiryTrouble(expiry: string, now: Date): string | null {
  const [, month, year] = /^(\d{1,2})\s*\/?\s*(\d{2}|\d{4})$/.exec(expiry.trim()) ?? [];
  if (!month || !year || Number(month) < 1 || Number(month) > 12) return "Enter month and year, for example 09/28.";
  const end = new Date(Number(year.slice(-2)) + 2000, Number(month), 1);
  return end <= now ? "This card has expired. Check the date or use another card." : null;
}

function card(number: string, does: string, outcome: Outcome): TestCard {
  return { number, does, outcome };
}
