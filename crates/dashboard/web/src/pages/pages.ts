// What there is to open. A page is read when it is first opened.
import type { Component } from "svelte";
import { audit } from "../lib/api";

export interface Page {
  /** The first word of its address. */
  word: string;
  title: string;
  load: () => Promise<{ default: Component }>;
  /** Fails where the server has nothing for this page, or not for whoever asks: then it is not in the menu. */
  probe?: () => Promise<unknown>;
  /** The page of one thing, where the address goes on. */
  one?: () => Promise<{ default: Component }>;
}

export const PAGES: Page[] = [
  { word: "campaigns", title: "Campaigns", load: () => import("./Campaigns.svelte"), one: () => import("./Campaign.svelte") },
  { word: "creatives", title: "Creatives", load: () => import("./Creatives.svelte") },
  { word: "why", title: "Why no bid", load: () => import("./NoBid.svelte") },
  { word: "landscape", title: "Bid landscape", load: () => import("./Landscape.svelte") },
  { word: "experiments", title: "Experiments", load: () => import("./Experiments.svelte") },
  { word: "market", title: "Market", load: () => import("./Market.svelte") },
  { word: "live", title: "Live", load: () => import("./Live.svelte") },
  {
    word: "audit", title: "Audit", load: () => import("./Audit.svelte"),
    probe: () => audit.listChangeEvents({ pageSize: 1 }),
  },
  { word: "settings", title: "Settings", load: () => import("./Settings.svelte") },
];
