// What there is to open. A page is read when it is first opened.
import type { Component } from "svelte";

export interface Page {
  /** The first word of its address. */
  word: string;
  title: string;
  load: () => Promise<{ default: Component }>;
  /** The page of one thing, where the address goes on. */
  one?: () => Promise<{ default: Component }>;
}

export const PAGES: Page[] = [
  { word: "campaigns", title: "Campaigns", load: () => import("./Campaigns.svelte"), one: () => import("./Campaign.svelte") },
  { word: "creatives", title: "Creatives", load: () => import("./Creatives.svelte") },
  { word: "why", title: "Why no bid", load: () => import("./NoBid.svelte") },
  { word: "landscape", title: "Bid landscape", load: () => import("./Landscape.svelte") },
  { word: "live", title: "Live", load: () => import("./Live.svelte") },
  { word: "settings", title: "Settings", load: () => import("./Settings.svelte") },
];
