/** The address: what has to be filled in, and what a carrier would refuse. */

import { countryName, zoneOf } from "./goods.ts";

export interface Address {
  email: string;
  name: string;
  country: string;
  street: string;
  extra: string;
  postcode: string;
  city: string;
  state: string;
  phone: string;
}

export type Field = keyof Address;
export type Rejection = "po_box" | "postcode" | "undeliverable" | "country";

/** A field that has to be mended, in words; `rejected` when the carrier, not the form, refuses it. */
export interface Trouble {
  field: Field;
  words: string;
  rejected?: Rejection;
}

export const EMPTY: Address = { email: "", name: "", country: "AT", street: "", extra: "", postcode: "", city: "", state: "", phone: "" };

const PO_BOX = /\b(p\.?\s*o\.?\s*-?box|post office box|postfach|postbus|apartado|bo[iî]te postale|casella postale|skrytka)\b/i;
const NO_CARRIER = /\b(apo|fpo|bfpo|dpo|freight forward\w*)\b/i;

/** Form and an example of each country's postcodes; `#` is a digit, `@` a letter. */
const POSTCODES: Record<string, [form: string, example: string]> = {
  AT: ["####", "6020"], BE: ["####", "1000"], BG: ["####", "1000"], CY: ["####", "1010"], CZ: ["### ##", "110 00"],
  DE: ["#####", "10115"], DK: ["####", "1050"], EE: ["#####", "10111"], ES: ["#####", "28013"], FI: ["#####", "00100"],
  FR: ["#####", "75001"], GB: ["", "SW1A 1AA"], GR: ["### ##", "105 57"], HR: ["#####", "10000"], HU: ["####", "1011"],
  IE: ["", "D02 AF30"], IT: ["#####", "00184"], LT: ["#####", "01100"], LU: ["####", "1111"], LV: ["####", "1010"],
  MT: ["@@@ ####", "VLT 1117"], NL: ["#### @@", "1012 AB"], PL: ["##-###", "00-001"], PT: ["####-###", "1000-001"],
  RO: ["######", "010011"], SE: ["### ##", "111 20"], SI: ["####", "1000"], SK: ["### ##", "811 01"], US: ["#####", "10001"],
};
const BY_PATTERN: Record<string, RegExp> = {
  GB: /^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$/i,
  IE: /^[A-Z]\d[\dW] ?[A-Z\d]{4}$/i,
  US: /^\d{5}(-\d{4})?$/,
};

export function postcodeExample(country: string): string {
  return POSTCODES[country]?.[1] ?? "";
}

/** Every field that has to be mended, in the order of the form. */
export function troublesOf(address: Address): Trouble[] {
  return [...missing(address), ...refused(address)].sort((a, b) => ORDER.indexOf(a.field) - ORDER.indexOf(b.field));
}

const ORDER: Field[] = ["email", "country", "name", "street", "extra", "postcode", "city", "state", "phone"];

function missing({ email, name, country, street, postcode, city, state, phone }: Address): Trouble[] {
  const found: Trouble[] = [];
  const need = (field: Field, value: string, words: string) => value.trim() || found.push({ field, words });
  if (!/^\S+@\S+\.\S{2,}$/.test(email.trim())) {
    found.push({ field: "email", words: email.trim() ? "Check the e-mail address, for example anna@example.org." : "Enter your e-mail address for the confirmation." });
  }
  need("name", name, "Enter the first and last name of the receiver.");
  need("street", street, "Enter the street and house number.");
  need("postcode", postcode, country === "US" ? "Enter the ZIP code." : "Enter the postcode.");
  need("city", city, "Enter the town or city.");
  if (country === "US") need("state", state, "Enter the state.");
  if (country === "US" || country === "GB") need("phone", phone, `Enter a phone number. The carrier needs it for parcels to ${inWords(country)}.`);
  return found;
}

function refused({ country, street, extra, postcode, city }: Address): Trouble[] {
  const where = countryName(country);
  if (!zoneOf(country)) {
    return [{ field: "country", rejected: "country", words: `We don't ship to ${where}. We ship to the EU, the United Kingdom and the United States.` }];
  }
  const found: Trouble[] = [];
  const box: Field | null = PO_BOX.test(street) ? "street" : PO_BOX.test(extra) ? "extra" : null;
  if (box) found.push({ field: box, rejected: "po_box", words: "The carrier can't deliver to a PO box. Enter a street and house number." });
  else if (NO_CARRIER.test(`${street} ${extra} ${city}`)) {
    found.push({ field: "street", rejected: "undeliverable", words: "The carrier does not deliver to this address. Enter a street address." });
  } else if (street.trim() && !/\d/.test(`${street} ${extra}`)) {
    found.push({ field: "street", words: "Add the house number." });
  }
  if (postcode.trim() && !isPostcode(postcode.trim(), country)) {
    const words = `The carrier does not know this postcode in ${inWords(country)}. It looks like ${postcodeExample(country)}.`;
    found.push({ field: "postcode", rejected: "postcode", words });
  }
  return found;
}

/** The form is right and it is none that no country gives out: all digits the same, or in Austria outside 1000 to 9992. */
function isPostcode(postcode: string, country: string): boolean {
  const [form = ""] = POSTCODES[country] ?? [];
  const pattern = BY_PATTERN[country] ??
    new RegExp(`^${form.replaceAll(" ", " ?").replaceAll("-", "-?").replaceAll("#", "\\d").replaceAll("@", "[A-Z]")}$`, "i");
  const digits = postcode.replace(/\D/g, "");
  const isMadeUp = digits.length >= 4 && new Set(digits).size === 1 && !(country === "LU" || country === "NL" || country === "BE");
  if (country === "AT" && (Number(postcode) < 1000 || Number(postcode) > 9992)) return false;
  return pattern.test(postcode) && !isMadeUp;
}

function inWords(country: string): string {
  return country === "GB" || country === "US" ? `the ${countryName(country)}` : countryName(country);
}
