// What ads are bought with besides campaigns: where, by which deals, in what money, for whom. Pure, so that it is tested
// without a browser.
import type { Ad } from "../gen/outbid/control/v1/ad_pb";
import type { Audience } from "../gen/outbid/control/v1/audience_pb";
import type { BlockList } from "../gen/outbid/control/v1/block_list_pb";
import { State } from "../gen/outbid/control/v1/budget_pb";
import { ConversionCategory, ConversionCounting, type ConversionAction } from "../gen/outbid/control/v1/conversion_action_pb";
import type { Deal } from "../gen/outbid/control/v1/deal_pb";
import { AuctionType, type Exchange } from "../gen/outbid/control/v1/exchange_pb";
import type { RateTable } from "../gen/outbid/control/v1/rate_table_pb";
import { money } from "./money";
import { advertiserOf, campaignPage, last, part } from "./names";
import { count, percent } from "./numbers";
import { date, lasting, millis } from "./time";
import { named, type Words } from "./words";

/** What the page lists, one kind at a time. */
export type Resource = Exchange | Deal | RateTable | BlockList | Audience | ConversionAction;

/** A kind of them: the word of its address, and the titles of its columns. */
export interface Kind {
  word: string;
  title: string;
  /** One of them in a sentence. */
  one: string;
  columns: string[];
  /** What it is for, and how to make one. */
  empty: string;
}

export const KINDS: [Kind, ...Kind[]] = [
  { word: "exchanges", title: "Exchanges", one: "exchange", columns: ["Auction", "Currency", "Seats", "Own floors"], empty: "Nothing is bought without one" },
  { word: "deals", title: "Deals", one: "deal", columns: ["Exchange", "Its id there", "Price", "For"], empty: "A deal goes by what requests say of it, until one is written down here" },
  { word: "rate-tables", title: "Rate tables", one: "rate table", columns: ["In force from", "Currencies"], empty: "They say what currencies are worth" },
  { word: "block-lists", title: "Block lists", one: "block list", columns: ["Entries", "Attached to"], empty: "They say what is not bid on" },
  { word: "audiences", title: "Audiences", one: "audience", columns: ["Advertiser", "Members", "They stay"], empty: "They are lists of users whom an advertiser knows" },
  { word: "conversion-actions", title: "Conversion actions", one: "conversion action", columns: ["Advertiser", "Category", "Counts", "Window after a click", "Bids go by it"], empty: "They say what of what users do is counted, and how" },
];

/** How it stands. A rate table is in force or waits; all else runs, is paused, or is there. */
export function standing(it: Resource): Words {
  if (it.state === State.DELETED) return { text: "Deleted", tone: "off" };
  if (it.state === State.PAUSED) return { text: "Paused", tone: "off" };
  switch (it.$typeName) {
    case "outbid.control.v1.RateTable": return it.inForce ? { text: "In force", tone: "good" } : { text: "Not in force", tone: "off" };
    case "outbid.control.v1.Exchange":
    case "outbid.control.v1.Deal": return { text: "Running", tone: "good" };
    case "outbid.control.v1.BlockList": return it.attachedTo.length > 0 ? { text: "Blocking", tone: "good" } : { text: "Attached nowhere", tone: "wait" };
    default: return { text: "Active", tone: "good" };
  }
}

/** What stands in a column, and what the list is ordered by there. */
export interface Cell {
  text: string;
  by: string | number;
}

const cell = (text: string, by: string | number = text): Cell => ({ text, by });

/** What stands in its columns. */
export function cells(it: Resource): Cell[] {
  switch (it.$typeName) {
    case "outbid.control.v1.Exchange": return [
      cell(it.auctionType === AuctionType.FIRST_PRICE ? "first price" : "second price"),
      cell(it.currencyCode || "USD"),
      cell(it.seats.join(", ")),
      cell(floors(it)),
    ];
    case "outbid.control.v1.Deal": return [
      cell(last(it.exchange)),
      cell(it.dealId),
      cell(price(it), Number(it.price.value ?? -1n)),
      cell(it.advertisers.map(last).join(", ") || "everybody"),
    ];
    case "outbid.control.v1.RateTable": return [
      it.effectiveTime ? cell(date(millis(it.effectiveTime), "UTC"), millis(it.effectiveTime)) : cell("ever since", 0),
      cell(count(it.rates.length), it.rates.length),
    ];
    case "outbid.control.v1.BlockList": return [
      cell(count(entries(it)), entries(it)),
      cell(places(it.attachedTo.length), it.attachedTo.length),
    ];
    case "outbid.control.v1.Audience": return [
      cell(part(it.name, "advertisers")),
      cell(count(it.memberCount), Number(it.memberCount)),
      cell(lasting(stay(it)), stay(it)),
    ];
    case "outbid.control.v1.ConversionAction": return [
      cell(part(it.name, "advertisers")),
      cell(it.category === ConversionCategory.UNSPECIFIED ? "–" : named(ConversionCategory[it.category] ?? "another")),
      cell(it.counting === ConversionCounting.ONE_PER_CLICK ? "one a click" : "every one"),
      cell(it.clickWindowDays === 0 ? "the advertiser's" : lasting(it.clickWindowDays * 86_400_000), it.clickWindowDays),
      cell(it.excludedFromBidding ? "no" : "yes"),
    ];
  }
}

/** The word of a column in the address. */
export const columnWord = (title: string) => title.toLowerCase().replaceAll(/[^a-z]+/g, "-");

/** In the order of a column, by the word of its title; by name where it has no such column, and where they are equal. */
export function ordered(all: Resource[], kind: Kind, column: string, descending: boolean): Resource[] {
  const at = kind.columns.findIndex((title) => columnWord(title) === column);
  const by = (it: Resource): string | number => {
    if (column === "status") return standing(it).text;
    return cells(it)[at]?.by ?? (it.displayName || last(it.name));
  };
  const compare = (a: string | number, b: string | number) =>
    typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
  const sign = descending ? -1 : 1;
  return all.toSorted((a, b) => sign * compare(by(a), by(b)) || (a.name < b.name ? -1 : 1));
}

/** What is said of one besides its columns, each with its title. */
export function details(it: Resource): [string, string][] {
  switch (it.$typeName) {
    case "outbid.control.v1.RateTable": return it.rates.map((rate) => [rate.currencyCode, `${rate.usd} USD`]);
    case "outbid.control.v1.BlockList": return [
      ["Domains", some(it.domains)],
      ["Apps", some(it.bundles)],
      ["Publishers", some(it.publishers)],
      ["Categories", some(it.categories.flatMap((of) => of.ids))],
      ["Advertisers' domains", some(it.advertiserDomains)],
    ];
    case "outbid.control.v1.ConversionAction": return [
      ["Notices", `/conversion/{advertiser}?action=${last(it.name)}&order=...&obclid=...`],
      ["Worth", it.defaultValueMicros === 0n ? "what the notice says" : `${it.alwaysDefaultValue ? "always" : "without a word of the notice"} ${Number(it.defaultValueMicros) / 1e6}`],
    ];
    case "outbid.control.v1.Deal": return [["Seats", it.seats.join(", ") || "any of the exchange's"]];
    default: return [];
  }
}

function price(deal: Deal): string {
  const currency = deal.currencyCode || "USD";
  switch (deal.price.case) {
    case "fixedCpmMicros": return `${money(deal.price.value, currency)} CPM`;
    case "floorCpmMicros": return `from ${money(deal.price.value, currency)} CPM`;
    default: return "as requests say";
  }
}

function floors(exchange: Exchange): string {
  const policy = exchange.floorPolicy;
  if (!policy) return "none";
  const currency = exchange.currencyCode || "USD";
  const said = policy.marginPpm === 0 ? [] : [`${percent(policy.marginPpm / 1e6, 1)} above theirs`];
  const of = (what: string, micros: bigint) => micros > 0n && said.push(`${what} ${money(micros, currency)}`);
  of("banner", policy.bannerCpmMicros);
  of("video", policy.videoCpmMicros);
  of("audio", policy.audioCpmMicros);
  of("native", policy.nativeCpmMicros);
  return said.join(", ") || "none";
}

function entries(list: BlockList): number {
  const categories = list.categories.reduce((sum, of) => sum + of.ids.length, 0);
  return list.domains.length + list.bundles.length + list.publishers.length + list.advertiserDomains.length + categories;
}

function places(many: number): string {
  return many === 0 ? "nowhere" : `${count(many)} ${many === 1 ? "place" : "places"}`;
}

/** How long members stay, in milliseconds: by the contract 30 days, unless it is said. */
function stay(audience: Audience): number {
  const said = audience.membershipDuration;
  return said ? Number(said.seconds) * 1000 : 30 * 86_400_000;
}

/** The first of many, and how many more there are. */
export function some(texts: string[]): string {
  const SHOWN = 20;
  const more = texts.length > SHOWN ? ` and ${count(texts.length - SHOWN)} more` : "";
  return texts.length === 0 ? "none" : texts.slice(0, SHOWN).join(", ") + more;
}

/** The address of one of them on the page. */
export function marketPage(kind: Pick<Kind, "word">, name: string): string {
  const owner = part(name, "advertisers");
  return `#/market/${kind.word}/${owner === "" ? "" : `${owner}/`}${last(name)}`;
}

/** Something that uses one, and where it is. */
export interface User {
  text: string;
  /** What it is: "ad", "deal". */
  what: string;
  href: string;
}

/** Where those may be that use one. */
export interface There {
  ads: Ad[];
  deals: Deal[];
  blockLists: BlockList[];
}

/** Whether those that use one of a kind have to be looked for: of the others it says itself who does. */
export function isLookedFor(kind: Kind): boolean {
  return ["exchanges", "deals", "audiences"].includes(kind.word);
}

/** What uses one of them, of everything that there is. */
export function users(it: Resource, there: There): User[] {
  const mention = (field: string, ...values: string[]) => there.ads
    .filter((ad) => values.some((value) => mentioned(ad.targeting, field).has(value)))
    .map((ad) => user("ad", ad, campaignPage(ad.name)));
  switch (it.$typeName) {
    case "outbid.control.v1.Exchange": return [
      ...there.deals.filter((deal) => deal.exchange === it.name).map((deal) => user("deal", deal, marketPage({ word: "deals" }, deal.name))),
      ...there.blockLists.filter((list) => list.attachedTo.includes(it.name)).map((list) => user("block list", list, marketPage({ word: "block-lists" }, list.name))),
      ...mention("exchanges", last(it.name), it.name),
    ];
    case "outbid.control.v1.Deal": return mention("deals", it.dealId);
    case "outbid.control.v1.Audience": return mention("audiences", it.name);
    case "outbid.control.v1.BlockList": return it.attachedTo.map(attached);
    case "outbid.control.v1.ConversionAction": return [{
      text: last(advertiserOf(it.name)), what: "campaigns of", href: `#/campaigns?q=${encodeURIComponent(`${advertiserOf(it.name)}/`)}`,
    }];
    case "outbid.control.v1.RateTable": return [];
  }
}

function user(what: string, it: { displayName: string; name: string }, href: string): User {
  return { what, text: it.displayName || last(it.name), href };
}

function attached(name: string): User {
  if (name.startsWith("exchanges/")) return { what: "exchange", text: last(name), href: marketPage({ word: "exchanges" }, name) };
  if (name.includes("/campaigns/")) return { what: "campaign", text: last(name), href: campaignPage(name) };
  return { what: "advertiser", text: last(name), href: `#/campaigns?q=${encodeURIComponent(`${name}/`)}` };
}

/** Every text that targeting says in a field, wanted or not, in its expression too. */
export function mentioned(targeting: unknown, field: string): Set<string> {
  const texts = new Set<string>();
  const walk = (value: unknown, within: boolean) => {
    if (typeof value === "string" && within) texts.add(value);
    if (typeof value !== "object" || value === null) return;
    const is = "case" in value && value.case === field;
    for (const [key, part] of Object.entries(value)) {
      // The name of a choice is no text of the targeting's.
      if (key !== "case" && !key.startsWith("$")) walk(part, within || is || key === field);
    }
  };
  walk(targeting, false);
  return texts;
}
