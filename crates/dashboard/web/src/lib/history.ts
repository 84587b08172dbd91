// What a change changed, for people: money with its currency, names without their kinds, constants as words. Pure, so
// that it is tested without a browser.
import { money, decimal } from "./money";
import { short } from "./names";
import { named } from "./words";

/** The longest value that is shown, in letters: more is cut off. */
const LONGEST = 120;
const MICROS = "_micros";

/** A field's path without the unit, which its values are shown with: `budget.daily`. */
export function fieldTitle(path: string): string {
  return path.endsWith(MICROS) ? path.slice(0, -MICROS.length) : path;
}

/** A value as the history has it, text or JSON; without a currency, money is a plain number. */
export function shownValue(field: string, value: string | undefined, currency: string): string {
  if (value === undefined || value === "") return "nothing";
  const text = told(field, parsed(value), currency);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** JSON where it is a list or a message; else, or where it was cut off, the text as it is. */
function parsed(value: string): unknown {
  if (!/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function told(field: string, value: unknown, currency: string): string {
  if (Array.isArray(value)) return value.map((it) => told(field, it, currency)).join(", ") || "none";
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).map(([key, part]) => `${fieldTitle(key)} ${told(key, part, currency)}`).join(" ");
  }
  const text = String(value);
  if (field.endsWith(MICROS) && /^-?\d+$/.test(text)) return currency === "" ? decimal(BigInt(text), 2) : money(BigInt(text), currency);
  if (isName(text)) return short(text);
  return /^[A-Z]+(_[A-Z0-9]+)+$/.test(text) || field === "state" ? named(text) : text;
}

function isName(text: string): boolean {
  return /^(advertisers|exchanges|deals|rateTables|blockLists|apiTokens)\/[^\s/]+(\/[A-Za-z]+\/[^\s/]+)*$/.test(text);
}
