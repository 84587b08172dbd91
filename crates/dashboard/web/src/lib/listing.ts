// Long lists, the campaigns' above all: what is shown, and in what order. Pure, so that it is tested without a browser.
import type { Campaign } from "../gen/outbid/control/v1/campaign_pb";
import type { Words } from "./words";

/** A campaign with what the list knows of it besides. */
export interface Row {
  campaign: Campaign;
  words: Words;
  /** Spent today, in micros. */
  spent: bigint;
  /** What the plan, or else evenly spread spending, would have reached by now; nothing without a daily budget. */
  ideal: bigint | undefined;
  /** What the day will end at, if things go on as of late; nothing where the server does not tell. */
  forecast: bigint | undefined;
}

export type Column = "name" | "status" | "spent" | "daily" | "lifetime";

/** Something with a name for people and one for programs. */
interface Named {
  displayName: string;
  name: string;
}

/** Those in whose name or resource name every word stands. */
export function saying<It>(all: It[], words: string, named: (it: It) => Named): It[] {
  const wanted = words.toLowerCase().split(/\s+/).filter((word) => word !== "");
  return all.filter((it) => {
    const { displayName, name } = named(it);
    const text = `${displayName} ${name}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

/** Those that the words and the status ask for. */
export function filtered(rows: Row[], words: string, status: string): Row[] {
  return saying(rows, words, (row) => row.campaign).filter((row) => status === "" || row.words.text === status);
}

/** In the order of a column; equal ones by name. No limit comes after every limit. */
export function sorted(rows: Row[], column: Column, descending: boolean): Row[] {
  const limit = (micros: bigint | undefined) => micros ?? 2n ** 62n;
  const by: Record<Column, (a: Row, b: Row) => number> = {
    name: (a, b) => a.campaign.displayName.localeCompare(b.campaign.displayName),
    status: (a, b) => a.words.text.localeCompare(b.words.text),
    spent: (a, b) => compare(a.spent, b.spent),
    daily: (a, b) => compare(limit(a.campaign.budget?.dailyMicros), limit(b.campaign.budget?.dailyMicros)),
    lifetime: (a, b) => compare(limit(a.campaign.budget?.lifetimeMicros), limit(b.campaign.budget?.lifetimeMicros)),
  };
  const sign = descending ? -1 : 1;
  const name = (a: Row, b: Row) => (a.campaign.name < b.campaign.name ? -1 : 1);
  return rows.toSorted((a, b) => sign * by[column](a, b) || name(a, b));
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The rows that a window shows: from `first` to before `end`, with some before and after so that the keyboard finds them. */
export function visible(count: number, height: number, top: number, view: number): { first: number; end: number } {
  const spare = 6;
  const first = Math.max(0, Math.floor(top / height) - spare);
  const end = Math.min(count, Math.ceil((top + view) / height) + spare);
  return { first: Math.min(first, Math.max(0, count - 1)), end: Math.max(end, 0) };
}

/** Spent today by currency, and how many there are of each status. */
export function totals(rows: Row[]): { spent: [string, bigint][]; statuses: [string, number][] } {
  const spent = new Map<string, bigint>();
  const statuses = new Map<string, number>();
  for (const row of rows) {
    const currency = row.campaign.currencyCode;
    spent.set(currency, (spent.get(currency) ?? 0n) + row.spent);
    statuses.set(row.words.text, (statuses.get(row.words.text) ?? 0) + 1);
  }
  const order = (entry: [string, number]) => ["Serving", "Eligible", "Limited", "Not serving", "Scheduled", "Paused", "Ended"].indexOf(entry[0]);
  return {
    spent: [...spent].sort(([a], [b]) => (a < b ? -1 : 1)),
    statuses: [...statuses].sort((a, b) => order(a) - order(b)),
  };
}
