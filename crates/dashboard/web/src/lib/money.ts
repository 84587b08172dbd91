// Money as the contract has it: whole millionths of a currency. It never passes through a float.

const MICROS = 1_000_000n;
const formats = new Map<string, Intl.NumberFormat>();

/** Millionths as decimal text: `1230000n` is `1.23`, with at least `least` decimals. */
export function decimal(micros: bigint, least = 0): string {
  const sign = micros < 0n ? "-" : "";
  const size = micros < 0n ? -micros : micros;
  let part = (size % MICROS).toString().padStart(6, "0").replace(/0+$/, "");
  part = part.padEnd(least, "0");
  return `${sign}${size / MICROS}${part === "" ? "" : `.${part}`}`;
}

function format(currency: string, decimals?: number): Intl.NumberFormat {
  const key = `${currency} ${decimals ?? ""}`;
  let found = formats.get(key);
  if (!found) {
    const digits = decimals === undefined ? {} : { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
    try {
      found = new Intl.NumberFormat(undefined, { style: "currency", currency, ...digits });
    } catch {
      // A server of a newer version may name a currency that this browser does not know.
      found = new Intl.NumberFormat(undefined, { minimumFractionDigits: 2, ...digits });
    }
    formats.set(key, found);
  }
  return found;
}

/** Money for people, with its currency: `$1,234.50`. */
export function money(micros: bigint, currency: string, decimals?: number): string {
  return format(currency, decimals).format(decimal(micros) as Intl.StringNumericLiteral);
}

/** A price for a thousand impressions, with three decimals, since auctions are lost by less than a cent. */
export function cpm(micros: bigint, currency: string): string {
  return `${money(micros, currency, 3)} CPM`;
}

/** What was typed, and either the millionths that it means or a sentence that says how to write it. */
export type Typed = { micros: bigint; wrong?: undefined } | { micros?: undefined; wrong: string };

/** Reads an amount that a person typed: `5000`, `5,000.50`, `5000 USD`, `$5,000`. */
export function parseMoney(text: string, currency: string): Typed {
  const example = `write an amount such as 5,000.00`;
  let rest = text.trim();
  const code = /^([A-Za-z]{3})\b|\b([A-Za-z]{3})$/.exec(rest);
  if (code) {
    const named = (code[1] ?? code[2] ?? "").toUpperCase();
    if (named !== currency) return { wrong: `This budget is in ${currency}: write the amount without ${named}.` };
    rest = rest.replace(code[0], "").trim();
  }
  // Less than nothing is an amount too: what a budget may be is for the server to say.
  const sign = rest.startsWith("-") ? -1n : 1n;
  rest = rest.replace(/^-\s*/, "").replace(/^[$€£¥]\s*/, "");
  if (rest === "") return { wrong: `Empty: ${example}.` };
  const plain = /^\d+(\.\d*)?$/.test(rest);
  const grouped = /^\d{1,3}(,\d{3})+(\.\d*)?$/.test(rest);
  if (!plain && !grouped) return { wrong: `“${text.trim()}” is not an amount: ${example}.` };
  const [whole = "0", part = ""] = rest.replaceAll(",", "").split(".");
  if (part.length > 6) return { wrong: "At most six decimals: a millionth is the smallest amount there is." };
  const micros = sign * (BigInt(whole) * MICROS + BigInt(part.padEnd(6, "0")));
  if (sign * micros > 9_000_000_000_000_000n) return { wrong: "That is more than a budget can be: at most 9,000,000,000." };
  return { micros };
}

/** `part` of `whole` as a number from 0 for bars and percentages; nothing where there is no whole. */
export function share(part: bigint, whole: bigint | undefined): number | undefined {
  if (whole === undefined || whole <= 0n) return undefined;
  return Number((part * 1_000_000n) / whole) / 1_000_000;
}

/** An amount for a plot's axis, where a float will do. */
export function approximate(micros: bigint): number {
  return Number(micros) / 1e6;
}

/** `micros` times a share between 0 and 1, to the millionth. */
export function scaled(micros: bigint, by: number): bigint {
  return (micros * BigInt(Math.round(by * 1e9))) / 1_000_000_000n;
}
