// The dashboard's pages: where they are, what shows that they have live data, and who is looking.

/** The words of an example that the page itself offers are explained before a picture is taken. */
async function explainExample(page) {
  await page.getByRole("button", { name: "Fill in an example" }).click();
  await page.getByRole("button", { name: "Explain", exact: true }).click();
  await page.getByText("Nearest miss").first().waitFor();
  await page.evaluate(() => scrollTo(0, 0));
}

/** Each page with a text that stands there once the server has answered; pictures are taken once `ready`. */
export const PAGES = [
  { name: "campaigns", address: "#/campaigns", shows: /spent today by \d/, looks: ["dark", "phone"] },
  { name: "campaign", address: "#/campaigns/demo/coffee", shows: "Today ends at about" },
  { name: "creatives", address: "#/creatives/demo/coffee-320x50", shows: "A click goes to" },
  { name: "why", address: "#/why", shows: "What kept ads from bidding" },
  { name: "why-request", address: "#/why?view=request", shows: "OpenRTB request", ready: explainExample },
  { name: "landscape", address: "#/landscape", shows: /Worth to the ad now|Nothing learned here yet/, picture: false },
  { name: "live", address: "#/live", shows: "By exchange", ready: (page) => page.waitForTimeout(20_000) },
  { name: "audit", address: "#/audit", shows: /\d events, none changed since/, picture: false },
  { name: "settings", address: "#/settings", shows: "Running for", picture: false },
];

export const LOOKS = [
  { name: "light", options: { colorScheme: "light" } },
  { name: "dark", options: { colorScheme: "dark" } },
  { name: "phone", options: { colorScheme: "light", viewport: { width: 375, height: 800 } } },
];
