// Resource names, `advertisers/{advertiser}/campaigns/{campaign}/ads/{ad}`, and the addresses of their pages.

/** The last part of a resource name. */
export function last(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

/** The name's part of a kind: `part("advertisers/demo/campaigns/car", "advertisers")` is `demo`. */
export function part(name: string, kind: string): string {
  const words = name.split("/");
  const at = words.findIndex((word, place) => word === kind && place % 2 === 0);
  return at < 0 ? "" : (words[at + 1] ?? "");
}

/** The advertiser that a resource belongs to, by name. */
export function advertiserOf(name: string): string {
  return `advertisers/${part(name, "advertisers")}`;
}

/** A name without its kinds, as the command line writes it: `demo/coffee/phones`. */
export function short(name: string): string {
  return name.split("/").filter((_, at) => at % 2 === 1).join("/") || name;
}

/** What a name is of, in a sentence: `ad`, `conversion action`. */
export function kindOf(name: string): string {
  const words = name.split("/");
  const many = words.length % 2 === 0 ? (words.at(-2) ?? "") : name;
  return many.replace(/s$/, "").replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** The address of a campaign's page. */
export function campaignPage(name: string): string {
  return `#/campaigns/${part(name, "advertisers")}/${part(name, "campaigns")}`;
}

/** The address of what keeps a campaign, or one of its ads, from bidding. */
export function whyPage(name: string): string {
  return `#/why?about=${encodeURIComponent(name)}`;
}

/** The address of a creative on the creatives' page. */
export function creativePage(name: string): string {
  return `#/creatives/${part(name, "advertisers")}/${part(name, "creatives")}`;
}
