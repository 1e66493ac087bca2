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
const SPACING = /[ ._-]/g;
const TAKEN = "\0";
const KEPT = "\x01";

const IBAN_START = RegExp(`[a-z](?=${GAP}[a-z]${GAP}\\d${GAP}\\d)`, "g");
/** None starts with a zero, as phone numbers do. */
const CARD_START = /(?<!\d)[1-9]/g;
const MASKED_CARD = /•••• \d{4}(?!\d)/g;
const MASKED_IBAN = /\[IBAN removed]/gi;
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
const CODE_DIGITS = "((?<!\\d)\\d{3,4}(?!\\d)|(?<!\\d)\\d(?:[ .-]\\d){2,3}(?!\\d)(?![ .-]\\d))";
const CODE_AFTER = RegExp(`${CODE_NAME}[^\\d?!;•€$£${TAKEN}]{0,30}?${CODE_DIGITS}`, "dgu");
const CODE_BEFORE = RegExp(
  `${CODE_DIGITS}[ ,:=(]{0,3}(?:(?:is|was|as|for|ist|war|est|es|era) )?` +
  `(?:(?:the|my|its|die|der|das|mein|meine|le|la|mon|mi|el) )?${CODE_NAME}(?![a-z])`, "dg");
const SHORT_NUMBER = /(?<![\da-z])(\d{3,4})(?![\da-z])/dg;
const MONEY_BEFORE = /(?:[€$£¥]|(?<![a-z])(?:eur|usd|gbp|chf)) ?$/;
const MONEY_AFTER = /^(?:[.,]\d{2}(?!\d)| ?(?:[€$£¥%]|(?:eur|euros?|usd|gbp|chf|dollars?|pounds?)(?![a-z])))/;

/** From, to, and what to put there; nothing to put: what stands there stays. */
type Cut = [start: number, end: number, put?: string];
/** Looks at what a pattern found; nothing where it is no such thing after all. */
type Look = (found: RegExpExecArray, shown: string) => Cut | undefined;

/** `text` without card numbers (the last four stay), IBANs and security codes; what fits `orderPattern` stays. */
export function mask(text: string, orderPattern?: string | null): string {
  if (!/\p{N}/u.test(text)) return text;
  let shown = "";
  /** Where each character of the view stands in the text. */
  const at: [start: number, end: number][] = [];
  const puts: Cut[] = [];
  let place = 0;
  for (const char of text) {
    const span: [number, number] = [place, (place += char.length)];
    for (const unit of seenAs(char).split("")) {
      shown += unit;
      at.push(span);
    }
  }

  /** Covers what is found, away from the rules to come; whether there was any. */
  function take(pattern: RegExp, look: Look = whole, cover = TAKEN): boolean {
    let done = 0;
    for (const found of shown.matchAll(pattern)) {
      const cut = found.index < done ? null : look(found, shown);
      if (!cut) continue;
      const [start, end, put] = cut;
      done = end;
      shown = shown.slice(0, start) + cover.repeat(end - start) + shown.slice(end);
      if (put) puts.push([(at[start] as Cut)[0], (at[end - 1] as Cut)[1], put]);
    }
    return done > 0;
  }

  if (orderPattern) take(RegExp(`(?<!\\d)(?:${orderPattern})(?!\\d)`, "gi"), whole, KEPT);
  const hadCard = take(MASKED_CARD);
  take(MASKED_IBAN);
  take(DATE, whole, KEPT);
  take(IBAN_START, iban);
  const hasCard = take(CARD_START, card) || hadCard;
  take(CODE_AFTER, code);
  take(CODE_BEFORE, code);
  if (hasCard) take(SHORT_NUMBER, code);
  for (const [start, end, put] of puts.sort(([a], [b]) => b - a)) text = text.slice(0, start) + put + text.slice(end);
  return text;
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

const whole: Look = ({ index, 0: found }) => [index, index + found.length];

const code: Look = (found, shown) => {
  const [start, end] = (found.indices as RegExpIndicesArray)[1] as [number, number];
  if (!MONEY_BEFORE.test(shown.slice(Math.max(0, start - 5), start)) && !MONEY_AFTER.test(shown.slice(end))) return [start, end, CODE];
};

/** A number with check digits, however spaced: as many characters of a `kind` as one of `lengths` says, up to an `end`. */
function numberAt(index: number, shown: string, kind: string, end: string, lengths: number[], put: (number: string) => string | false): Cut | undefined {
  for (const length of lengths) {
    const found = RegExp(`^(?:${kind}${GAP}){${length - 1}}${kind}${end}`).exec(shown.slice(index))?.[0];
    const text = found && put(found.replace(SPACING, ""));
    if (text) return [index, index + found.length, text];
  }
}

const iban: Look = ({ index }, shown) => {
  const country = shown.slice(index).replace(SPACING, "").slice(0, 2);
  const length = RegExp(`(\\d\\d)(?:[a-z]{2})*?${country}`).exec(IBAN_LENGTHS)?.[1] ?? 1;
  return numberAt(index, shown, "[a-z\\d]", "", [Number(length)], (number) => isIban(number) && IBAN);
};

/** A card number begins and ends with whole groups of digits. */
const card: Look = ({ index }, shown) => numberAt(index, shown, "\\d", "(?!\\d)",
  CARD_LENGTHS.filter((length) => shown[index - 1] !== "+" || length > PHONE_DIGITS),
  (number) => isLuhn(number) && CARD + number.slice(-4));

/** ISO 7064 MOD 97-10 over the number with its first four at the end, letters as 10 to 35. */
function isIban(number: string): boolean {
  const turned = [...number.slice(4), ...number.slice(0, 4)];
  return number.replace(/\D/g, "").length >= IBAN_DIGITS && turned.reduce((rest, char) => Number(`${rest}${parseInt(char, 36)}`) % 97, 0) === 1;
}

/** ISO/IEC 7812-1, annex B. */
function isLuhn(digits: string): boolean {
  const doubled = "0246813579";
  const sum = [...digits].reverse().reduce((total, char, place) => total + Number(place % 2 ? doubled[Number(char)] : char), 0);
  return sum % 10 === 0;
}

/** A copy of plain data with every text in it masked; what is not plain data (a function, a circle) is left out. */
export function maskAll<T>(value: T, masked: (text: string) => string = mask): T {
  try {
    return JSON.parse(JSON.stringify(value, (_key, part: unknown) => {
      const text = masked(String(part));
      return typeof part === "object" || text === String(part) ? part : text;
    })) as T;
  } catch {
    return {} as T;
  }
}
