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

/** What the page of the market shows besides what every product has. */
export const MARKET = `
[[deals]]
name = "deals/spring"
display_name = "Spring, front page"
exchange = "exchanges/demo"
deal_id = "PMP-7"
fixed_cpm_micros = 3_500_000

[[blockLists]]
name = "blockLists/news"
display_name = "Sites that nobody wants to stand on"
domains = ["bad.example", "worse.example"]
attached_to = ["exchanges/demo"]

[[audiences]]
name = "advertisers/demo/audiences/buyers"
display_name = "Buyers of the last month"

[[conversionActions]]
name = "advertisers/demo/conversionActions/purchase"
display_name = "Purchases"
category = "CONVERSION_CATEGORY_PURCHASE"
click_window_days = 14
`;

/** Waits until there is something to compare. */
async function comeToSomething(page) {
  await page.getByText("Impressions by user").first().waitFor();
}

/** Waits until auctions have said what wins them. */
async function learnFromAuctions(page) {
  await page.getByText("Worth to the ad now").first().waitFor();
  await page.getByRole("figure").first().waitFor();
}

/** Waits until a text stands there. */
const says = (text) => (page) => page.getByText(text).first().waitFor();

/** Each page with a text that stands there once the server has answered; it is looked at once `ready`, and pictures are taken
 * once it has `settled` too. */
export const PAGES = [
  { name: "campaigns", address: "#/campaigns", shows: /spent today by \d/, settled: says("Serving"), looks: ["dark", "phone"] },
  {
    name: "campaign", address: "#/campaigns/demo/coffee", shows: "Today ends at about",
    ready: (page) => page.getByRole("figure").first().waitFor(), settled: says("at most"),
  },
  { name: "creatives", address: "#/creatives/demo/coffee-320x50", shows: "A click goes to" },
  { name: "why", address: "#/why", shows: "What kept ads from bidding" },
  { name: "why-request", address: "#/why?view=request", shows: "OpenRTB request", ready: explainExample },
  { name: "landscape", address: "#/landscape", shows: /Worth to the ad now|Nothing learned here yet/, ready: learnFromAuctions },
  { name: "experiments", address: "#/experiments/demo/lower-bids", shows: /^Split: /, ready: comeToSomething, looks: ["dark"] },
  { name: "market", address: "#/market/exchanges/demo", shows: "Spring, front page", looks: ["dark"] },
  { name: "market-deals", address: "#/market/deals/spring", shows: "Nothing names it", picture: false },
  { name: "market-audiences", address: "#/market/audiences", shows: "Buyers of the last month", picture: false },
  { name: "market-actions", address: "#/market/conversion-actions/demo/purchase", shows: /action=purchase/, picture: false },
  { name: "live", address: "#/live", shows: "By exchange", settled: (page) => page.waitForTimeout(20_000) },
  { name: "audit", address: "#/audit", shows: /\d events, none changed since/ },
  { name: "settings", address: "#/settings", shows: "Running for" },
];

export const LOOKS = [
  { name: "light", options: { colorScheme: "light" } },
  { name: "dark", options: { colorScheme: "dark" } },
  { name: "phone", options: { colorScheme: "light", viewport: { width: 375, height: 800 } } },
];
