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
  { word: "campaigns", title: "Campaigns", load: () => import("./Campaigns.svelte") },
];
