// The dashboard's pages: where they are, what shows that they have live data, and who is looking.

/** The words of an example that the page itself offers are explained before a picture is taken. */
async function explainExample(page) {
  await page.getByRole("button", { name: "Fill in an example" }).click();
  await page.getByRole("button", { name: "Explain", exact: true }).click();
  await page.getByText("Nearest miss").first().waitFor();
  await page.evaluate(() => scrollTo(0, 0));
}

/** What the page of experiments shows: of the demo campaigns, half of the users. */
export const EXPERIMENT = `
[[experiments]]
name = "advertisers/demo/experiments/lower-bids"
display_name = "Do lower bids pay?"
campaigns = ["advertisers/demo/campaigns/shoes"]
arms = [{ arm_id = "control", weight = 1 }, { arm_id = "lower", weight = 1, bid_percent = 70 }]
`;

/** Waits until there is something to compare. */
async function comeToSomething(page) {
  await page.getByText("Impressions by user").first().waitFor();
}

/** Each page with a text that stands there once the server has answered; pictures are taken once `ready`. */
export const PAGES = [
  { name: "campaigns", address: "#/campaigns", shows: /spent today by \d/, looks: ["dark", "phone"] },
  { name: "campaign", address: "#/campaigns/demo/coffee", shows: "Today ends at about", ready: (page) => page.getByRole("figure").first().waitFor() },
  { name: "creatives", address: "#/creatives/demo/coffee-320x50", shows: "A click goes to" },
  { name: "why", address: "#/why", shows: "What kept ads from bidding" },
  { name: "why-request", address: "#/why?view=request", shows: "OpenRTB request", ready: explainExample },
  { name: "landscape", address: "#/landscape", shows: /Worth to the ad now|Nothing learned here yet/, picture: false },
  { name: "experiments", address: "#/experiments/demo/lower-bids", shows: /^Split: /, ready: comeToSomething, looks: ["dark"] },
  { name: "live", address: "#/live", shows: "By exchange", ready: (page) => page.waitForTimeout(20_000) },
  { name: "audit", address: "#/audit", shows: /\d events, none changed since/ },
  { name: "settings", address: "#/settings", shows: "Running for" },
];

export const LOOKS = [
  { name: "light", options: { colorScheme: "light" } },
  { name: "dark", options: { colorScheme: "dark" } },
  { name: "phone", options: { colorScheme: "light", viewport: { width: 375, height: 800 } } },
];
