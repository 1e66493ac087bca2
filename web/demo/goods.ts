/** What the shop sells, where it ships and at what fee: docs/fernhill.md in code. Prices are in cents. */

export type Currency = "EUR" | "GBP" | "USD";
export type Price = Partial<Record<Currency, number>>;

export interface Product {
  id: string;
  title: string;
  about: string;
  price: Price;
  /** Sizes and colours; the first is taken when nothing is chosen. */
  variants: string[];
}

export const PRODUCTS: Product[] = [
  product("trail-jacket", "Trail jacket", "Windproof, 320 g, packs into its own pocket", [6900, 6200, 7200], clothing("moss")),
  product("wool-socks", "Wool socks, pair", "70% merino, cushioned heel", [1890, 1690, 1990], ["rust, 39 to 42", "rust, 36 to 38", "rust, 43 to 46"]),
  product("ridge-rain-shell", "Ridge rain shell", "Three layers, 20,000 mm, taped seams", [18900, 16900, 19900], clothing("blue")),
  product("merino-base-layer", "Merino base layer", "190 g/m², long sleeves", [6490, 5790, 6800], clothing("heather")),
  product("tarn-hiking-boots", "Tarn hiking boots", "Leather, waterproof, can be resoled", [15900, 14200, 16800], ["EU 42", "EU 39", "EU 40", "EU 41", "EU 43", "EU 44"]),
  product("fell-28-backpack", "Fell 28 backpack", "28 litres, 890 g, rain cover inside", [11900, 10600, 12500], ["pine"]),
  product("larch-two-person-tent", "Larch two-person tent", "1.9 kg, stands in five minutes", [32900, 29500, 34900], ["amber"]),
  product("down-sleeping-bag", "Down sleeping bag", "Comfort 0 °C, 860 g", [24900, 22400, 26400], ["regular", "long"]),
  product("trekking-poles", "Folding trekking poles, pair", "Aluminium, 36 cm folded", [7900, 7100, 8400], ["110 to 130 cm"]),
  { id: "gas-cartridge", title: "Gas cartridge 230 g", about: "Screw valve. Only to Austria and Germany", price: { EUR: 790 }, variants: ["230 g"] },
];

export const MOST_OF_ONE = 5;
export const GAS = "gas-cartridge";

export function productOf(id: string): Product | undefined {
  return PRODUCTS.find((known) => known.id === id);
}

export interface Zone {
  currency: Currency;
  standard: number;
  days: string;
  freeFrom: number;
  express: number;
  expressDays: string;
}

const ZONES = {
  1: zone("EUR", 490, "1 to 3", 10000, 1290, "1"),
  2: zone("EUR", 790, "3 to 5", 12000, 1690, "1 to 2"),
  3: zone("EUR", 1190, "4 to 7", 15000, 2190, "2 to 3"),
  UK: zone("GBP", 690, "4 to 6", 10000, 1690, "2 to 3"),
  US: zone("USD", 1490, "6 to 10", 15000, 3490, "3 to 4"),
} as const;

const SERVED: Record<keyof typeof ZONES, string[]> = {
  1: ["AT", "DE"],
  2: ["BE", "CZ", "DK", "FR", "HR", "HU", "IT", "LU", "NL", "PL", "SI", "SK"],
  3: ["BG", "CY", "EE", "ES", "FI", "GR", "IE", "LT", "LV", "MT", "PT", "RO", "SE"],
  UK: ["GB"],
  US: ["US"],
};

/** Neighbours shoppers ask about, so that the form can say it in words. */
export const NOT_SERVED = ["AU", "CA", "CH", "LI", "NO"];
export const COUNTRIES = Object.values(SERVED).flat();
export const PICK_UP_POINTS = ["AT", "BE", "DE", "FR", "NL"];
export const PICK_UP_POINT_FEE = 390;
export const KLARNA: Record<string, string> = {
  AT: "pay in 30 days", DE: "pay in 30 days", FI: "pay in 30 days", NL: "pay in 30 days", SE: "pay in 30 days",
  GB: "pay in 3", US: "pay in 4",
};
/** Klarna takes orders from and up to these amounts, in any of the currencies. */
export const KLARNA_LIMITS = [3500, 100_000] as const;

export function zoneOf(country: string): Zone | null {
  const name = (Object.keys(SERVED) as unknown as (keyof typeof ZONES)[]).find((zone) => SERVED[zone].includes(country));
  return name ? ZONES[name] : null;
}

export function countryName(code: string): string {
  return new Intl.DisplayNames(["en-GB"], { type: "region" }).of(code) ?? code;
}

function product(id: string, title: string, about: string, [EUR, GBP, USD]: [number, number, number], variants: string[]): Product {
  return { id, title, about, price: { EUR, GBP, USD }, variants };
}

function clothing(colour: string): string[] {
  return ["M", "XS", "S", "L", "XL"].map((size) => `${colour}, ${size}`);
}

function zone(currency: Currency, standard: number, days: string, freeFrom: number, express: number, expressDays: string): Zone {
  return { currency, standard, days, freeFrom, express, expressDays };
}
