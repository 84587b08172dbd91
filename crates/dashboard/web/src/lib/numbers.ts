// Counts, rates and shares for people.

const whole = new Intl.NumberFormat(undefined);
const brief = new Intl.NumberFormat(undefined, { notation: "compact", maximumSignificantDigits: 3 });

/** `1,234,567`. */
export function count(value: bigint | number): string {
  return whole.format(value);
}

/** `1.23M`. */
export function compact(value: bigint | number): string {
  return brief.format(value);
}

/** A share of 1 as a percentage with so many decimals. */
export function percent(value: number, decimals = 0): string {
  return new Intl.NumberFormat(undefined, {
    style: "percent", minimumFractionDigits: decimals, maximumFractionDigits: decimals,
  }).format(value);
}

/** `part` a `whole`, as a percentage; a dash where there is no whole. */
export function rate(part: bigint, of: bigint, decimals = 2): string {
  return of > 0n ? percent(Number(part) / Number(of), decimals) : "–";
}

/** A length of time told in microseconds: `745 µs`, `1.2 ms`, `2.5 s`. */
export function micros(value: number): string {
  const three = (number: number) => new Intl.NumberFormat(undefined, { maximumSignificantDigits: 3 }).format(number);
  if (value < 1000) return `${three(value)} µs`;
  if (value < 1_000_000) return `${three(value / 1000)} ms`;
  return `${three(value / 1_000_000)} s`;
}
