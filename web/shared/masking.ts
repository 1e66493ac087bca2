/**
 * Card numbers, IBANs and security codes are taken out before a text leaves the page. bot/masking.py does the same
 * again on the server, rule by rule under the same names, and both hold the vectors in tests/contract/masking.json.
 *
 * The rules look at a view of the text: digits and letters of any script or width are ASCII, letters small, every
 * white space a blank, every dash a `-`, and invisible characters gone.
 */

const CARD = "•••• ";
const CODE = "•••";
const IBAN = "[IBAN removed]";

/** Length of an IBAN, then the countries that have it, from the ISO 13616 registry. */
const IBAN_LENGTHS =
  "15no16be18dkfkfifoglnlsd19mksi20ateebakzltlumnxk21chhrlilv22bgbhcrdegbgeiemersva23aegiiliqomsotl" +
  "24adczesmdpkrosasesktnvg25lyptst26istr27bidjfrgritmcsm28alazbycydogthulbniplsv29bregpsqaua30jokwmuye31mtsc32lc33ru";
/** Fewer digits than this are words that happen to fit. */
const IBAN_DIGITS = 10;
/** Likeliest first. */
const CARD_LENGTHS = [16, 15, 14, 13, 17, 18, 19];
/** The longest number E.164 allows. */
const PHONE_DIGITS = 15;

const GAP = "[ ._-]{0,5}";
const TAKEN = "\0";
const KEPT = "\x01";

const IBAN_START = RegExp(`[a-z](?=${GAP}[a-z]${GAP}\\d${GAP}\\d)`, "g");
const DIGIT_RUN = RegExp(`\\d(?:${GAP}\\d)*`, "g");
const MASKED_CARD = /•••• \d{4}(?!\d)/g;
const DATE = RegExp(
  "(?<!\\d)(?<!\\d[./-])(?:" +
  "(?:0?[1-9]|[12]\\d|3[01])([./-])(?:0?[1-9]|1[0-2])\\1(?:19|20)\\d{2}" +
  "|(?:19|20)\\d{2}([./-])(?:0[1-9]|1[0-2])\\2(?:0[1-9]|[12]\\d|3[01])" +
  ")(?![./-]?\\d)", "g");
const CODE_NAME =
  "(?:cv[vcn]2?|csc" +
  "|(?:security|verification|card|safety) ?(?:code|number)|(?:3|4|three|four)[ -]digit (?:code|number)" +
  "|sicherheits-?(?:code|nummer|zahl)|pr(?:ü|ue?)f-?(?:code|nummer|ziffern?|zahl)|karten-?code" +
  "|code (?:de (?:la )?)?(?:s[ée]curit[ée]|v[ée]rification|carte)|cryptogramme(?: visuel)?" +
  "|(?:c[óo]digo|n[úu]mero|clave) (?:de )?(?:seguridad|verificaci[óo]n))";
const CODE_DIGITS = "(?<code>(?<!\\d)\\d{3,4}(?!\\d)|(?<!\\d)\\d(?:[ .-]\\d){2,3}(?!\\d)(?![ .-]\\d))";
const CODE_AFTER = RegExp(`${CODE_NAME}[^\\d?!;•€$£${TAKEN}]{0,30}?${CODE_DIGITS}`, "dg");
const CODE_BEFORE = RegExp(
  `${CODE_DIGITS}[ ,:=(]{0,3}(?:(?:is|was|as|for|ist|war|est|es|era) )?` +
  `(?:(?:the|my|its|die|der|das|mein|meine|le|la|mon|mi|el) )?${CODE_NAME}(?![a-z])`, "dg");
const SHORT_NUMBER = /(?<![\da-z])(?<code>\d{3,4})(?![\da-z])/dg;
const MONEY_BEFORE = /(?:[€$£¥]|(?<![a-z])(?:eur|usd|gbp|chf)) ?$/;
const MONEY_AFTER = /^(?:[.,]\d{2}(?!\d)| ?(?:[€$£¥%]|(?:eur|euros?|usd|gbp|chf|dollars?|pounds?)(?![a-z])))/;

/** From, to, and what to put there; nothing to put: it stays, safe from the rules to come. */
type Cut = [start: number, end: number, put?: string];

/** `text` without card numbers (the last four stay), IBANs and security codes; what fits `orderPattern` stays. */
export function mask(text: string, orderPattern?: string): string {
  if (!/\p{N}/u.test(text)) return text;
  let shown = "";
  const at: number[] = [];
  const puts: Cut[] = [];
  let place = 0;
  for (const char of text) {
    const seen = seenAs(char);
    shown += seen;
    for (const _ of seen.split("")) at.push(place);
    place += char.length;
  }
  at.push(place);

  /** Hides what was found from the rules to come; whether there was any. */
  function take(cuts: Cut[]): boolean {
    for (const [start, end, put] of cuts) {
      shown = shown.slice(0, start) + (put ? TAKEN : KEPT).repeat(end - start) + shown.slice(end);
      if (put) puts.push([at[start] as number, endOf(end), put]);
    }
    return cuts.length > 0;
  }

  /** Behind the last character, with no invisible one that follows it. */
  function endOf(end: number): number {
    const last = at[end - 1] as number;
    return last + String.fromCodePoint(text.codePointAt(last) as number).length;
  }

  if (orderPattern) take(spans(RegExp(`(?<!\\d)(?:${orderPattern})(?!\\d)`, "gi"), shown));
  let hasCard = take(spans(MASKED_CARD, shown));
  take(spans(DATE, shown));
  take(ibans(shown));
  hasCard = take(cards(shown)) || hasCard;
  take(codes(CODE_AFTER, shown));
  take(codes(CODE_BEFORE, shown));
  if (hasCard) take(codes(SHORT_NUMBER, shown));
  let masked = text;
  for (const [start, end, put] of puts.sort(([a], [b]) => b - a)) masked = masked.slice(0, start) + put + masked.slice(end);
  return masked;
}

/** One character as the rules see it, or nothing where a reader sees nothing. */
function seenAs(char: string): string {
  if (/[\t-\r\x85\p{Z}]/u.test(char)) return " ";
  if (/[\p{Cf}\p{Cc}\p{Mn}\p{Me}]/u.test(char)) return "";
  if (/[\p{Pd}−]/u.test(char)) return "-";
  if (/[·․‧∙]/.test(char)) return ".";
  if (/\p{Nd}/u.test(char)) return digit(char);
  const plain = char.normalize("NFKC").toLowerCase();
  return [...plain].length === 1 ? plain : char;
}

/** Decimal digits come in runs of ten that begin with zero, so the distance to the run's start tells the value. */
function digit(char: string): string {
  const code = char.codePointAt(0) as number;
  let start = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(start - 1))) start -= 1;
  return String((code - start) % 10);
}

function spans(pattern: RegExp, shown: string): Cut[] {
  return [...shown.matchAll(pattern)].filter(([found]) => found).map((found) => [found.index, found.index + found[0].length]);
}

function codes(pattern: RegExp, shown: string): Cut[] {
  return [...shown.matchAll(pattern)].flatMap((found) => {
    const [start, end] = found.indices?.groups?.code as [number, number];
    const isMoney = MONEY_BEFORE.test(shown.slice(Math.max(0, start - 5), start)) || MONEY_AFTER.test(shown.slice(end));
    return isMoney ? [] : [[start, end, CODE]];
  });
}

function ibans(shown: string): Cut[] {
  let done = 0;
  return [...shown.matchAll(IBAN_START)].flatMap(({ index }): Cut[] => {
    const end = index < done ? 0 : ibanEnd(shown, index);
    if (!end) return [];
    done = end;
    return [[index, end, IBAN]];
  });
}

/** Where the IBAN that starts here ends, by its country's length; 0 where there is none. */
function ibanEnd(shown: string, start: number): number {
  const [run = ""] = RegExp(`^[a-z\\d](?:${GAP}[a-z\\d])*`).exec(shown.slice(start)) ?? [];
  const plain = run.replace(/[ ._-]/g, "");
  const wanted = Number(RegExp(`(\\d\\d)(?:[a-z]{2})*?${plain.slice(0, 2)}`).exec(IBAN_LENGTHS)?.[1]);
  if (!(plain.length >= wanted) || !isIban(plain.slice(0, wanted))) return 0;
  let end = 0;
  for (let left = wanted; left > 0; end += 1) if (!/[ ._-]/.test(run.charAt(end))) left -= 1;
  return start + end;
}

/** ISO 7064 MOD 97-10 over the number with its first four at the end, letters as 10 to 35. */
function isIban(number: string): boolean {
  if (number.replace(/\D/g, "").length < IBAN_DIGITS) return false;
  const turned = number.slice(4) + number.slice(0, 4);
  return [...turned].reduce((rest, char) => Number(`${rest}${parseInt(char, 36)}`) % 97, 0) === 1;
}

function cards(shown: string): Cut[] {
  const cuts: Cut[] = [];
  for (const run of shown.matchAll(DIGIT_RUN)) {
    const groups = [...run[0].matchAll(/\d+/g)].map((group) => [run.index + group.index, group[0]] as const);
    for (let first = 0; first < groups.length; first += 1) {
      const isPhone = first === 0 && shown[run.index - 1] === "+";
      const last = cardEnd(groups.slice(first).map(([, digits]) => digits), isPhone);
      if (last < 0) continue;
      const [start] = groups[first] as (typeof groups)[0];
      const digits = groups.slice(first, first + last + 1).map(([, each]) => each).join("");
      const [from, tail] = groups[first + last] as (typeof groups)[0];
      cuts.push([start, from + tail.length, CARD + digits.slice(-4)]);
      first += last;
    }
  }
  return cuts;
}

/** The last of the whole groups that make a card number from the first on; -1 where there is none. */
function cardEnd(groups: string[], isPhone: boolean): number {
  // No card starts with a zero; phone numbers do.
  if (groups[0]?.startsWith("0")) return -1;
  for (const length of CARD_LENGTHS) {
    if (isPhone && length <= PHONE_DIGITS) continue;
    let digits = "";
    const last = groups.findIndex((group) => (digits += group).length >= length);
    if (digits.length === length && isLuhn(digits)) return last;
  }
  return -1;
}

/** ISO/IEC 7812-1, annex B. */
function isLuhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, char, place) => {
    const value = Number(char) * (1 + (place % 2));
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

/** A copy of plain data with every text in it masked; what is not plain data (a function, a circle) is left out. */
export function maskAll<T>(value: T, masked: (text: string) => string = mask): T {
  try {
    return JSON.parse(JSON.stringify(value, (_key, part: unknown) => {
      if (typeof part === "string") return masked(part);
      if (typeof part === "number" && masked(String(part)) !== String(part)) return masked(String(part));
      return part;
    })) as T;
  } catch {
    return {} as T;
  }
}
