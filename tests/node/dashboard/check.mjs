// The dashboard in a real browser, against a running product: `OUTBID_SERVER=... OUTBID=path node --test check.mjs`.
// A test of the `outbid` crate starts the product and runs this.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { apply, assertAccessible, assertClean, assertFits, eventually, launch, open, outbid } from "./browser.mjs";
import { EXPERIMENT, LOOKS, MARKET, PAGES } from "./pages.mjs";

let browser;
before(async () => {
  apply(EXPERIMENT);
  apply(MARKET);
  browser = await launch();
});
after(() => browser?.close());

for (const { name, address, shows, ready } of PAGES) {
  for (const look of LOOKS) {
    test(`${name}, ${look.name}: it opens, has live data, fits, and shuts nobody out`, async () => {
      const watch = await open(browser, address, look.options);
      await watch.page.getByText(shows).first().waitFor();
      await ready?.(watch.page);
      await assertFits(watch.page, name);
      await assertAccessible(watch.page, `${name}, ${look.name}`);
      assertClean(watch);
      await watch.close();
    });
  }
}

const campaign = (id) => outbid("get", "campaigns", id).campaigns[0];
const shoes = () => campaign("shoes");

test("a budget is edited in place: its effect is told first, it is in force at once, and it can be undone", async () => {
  const watch = await open(browser, "#/campaigns?q=shoes");
  const { page } = watch;
  const before = shoes().budget.daily_micros;
  await page.getByRole("button", { name: /Change the daily budget of Running shoes/ }).click();
  const field = page.getByRole("textbox", { name: /New daily budget of Running shoes/ });
  await field.fill("1e3");
  await page.getByText("is not an amount").waitFor();
  await page.getByRole("button", { name: /Put back/ }).click();
  await field.fill("5,432.10");
  await page.getByText(/Today ends at \$/).waitFor();
  assert.equal(shoes().budget.daily_micros, before, "a preview changed the budget");
  await field.press("Enter");
  await page.getByText("is now $5,432.10").waitFor();
  assert.equal(Number(shoes().budget.daily_micros), 5_432_100_000);
  await page.getByRole("button", { name: /now \$5,432.10/ }).waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await eventually("the old budget is back", () => shoes().budget.daily_micros === before);
  assertClean(watch);
  await watch.close();
});

test("an experiment is opened by the keyboard, its lifts are shown as a plot and as a table, and the address says so", async () => {
  const watch = await open(browser, "#/experiments");
  const { page } = watch;
  const link = page.getByRole("link", { name: "Do lower bids pay?" });
  await link.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Lift over control" }).waitFor();
  await page.getByRole("img", { name: /lower, Impressions by user: / }).waitFor();
  await page.getByRole("button", { name: "Table", exact: true }).click();
  await page.getByRole("columnheader", { name: "95 % from" }).waitFor();
  assert.match(page.url(), /experiments\/demo\/lower-bids\?lifts-as=table$/);
  const { experiments } = outbid("get", "experiments", "lower-bids");
  assert.equal(experiments[0].phase, "EXPERIMENT_PHASE_RUNNING");
  await page.getByText("bids 70 % of what it would").waitFor();
  await assertAccessible(page, "experiments, as a table");
  assertClean(watch);
  await watch.close();
});

test("the market is walked by the keyboard from kind to kind and to what uses one, and a deal is paused and running again", async () => {
  const watch = await open(browser, "#/market");
  const { page } = watch;
  const deal = () => outbid("get", "deals", "spring").deals[0];
  await page.getByRole("link", { name: "Deals", exact: true }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "Spring, front page" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Spring, front page" }).waitFor();
  assert.match(page.url(), /#\/market\/deals\/spring$/);
  await page.getByRole("button", { name: "Pause Spring, front page" }).click();
  await page.getByText("is paused.").waitFor();
  assert.match(deal().state, /PAUSED/);
  await page.getByRole("button", { name: "Undo" }).click();
  await eventually("it runs again", () => /ACTIVE/.test(deal().state));
  await page.getByRole("link", { name: "Block lists", exact: true }).click();
  await page.getByRole("searchbox").fill("nobody");
  await page.getByRole("link", { name: "Sites that nobody wants to stand on" }).click();
  await page.getByRole("region", { name: "Used by" }).getByRole("link", { name: "demo" }).click();
  await page.getByRole("region", { name: "Used by" }).getByText("Spring, front page").waitFor();
  await assertAccessible(page, "an exchange and what uses it");
  assertClean(watch);
  await watch.close();
});

test("a thousand deals are a table of which only the part in view is drawn", async () => {
  const deal = (at) => `[[deals]]\nname = "deals/many-${1000 + at}"\ndisplay_name = "Deal ${at}"\nexchange = "exchanges/demo"\ndeal_id = "M-${at}"\n`;
  apply(Array.from({ length: 1000 }, (_, at) => deal(at)).join("\n"));
  const watch = await open(browser, "#/market/deals?q=many");
  const { page } = watch;
  await page.getByText("Deal 0", { exact: true }).waitFor();
  const rows = () => page.locator('[role="row"]').count();
  assert.ok((await rows()) < 60, `${await rows()} rows are drawn`);
  assert.equal(await page.getByRole("table").getAttribute("aria-rowcount"), "1001");
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await page.getByText("Deal 999", { exact: true }).waitFor();
  assert.ok((await rows()) < 60, `${await rows()} rows are drawn`);
  assertClean(watch);
  await watch.close();
});

async function setDailyBudget(page, who, text) {
  await page.getByRole("button", { name: new RegExp(`Change the daily budget of ${who}`) }).click();
  await page.getByRole("textbox", { name: /New daily budget/ }).fill(text);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText(new RegExp(`daily budget of ${who}.* is now`)).first().waitFor();
}

test("a budget that is cut below what is spent stops the bidder, and a higher one lets it go on", async () => {
  const watch = await open(browser, "#/campaigns?q=shoes");
  const { page } = watch;
  const bids = (id) => {
    const { rows = [] } = outbid("report", "--by", "campaign");
    return Number(rows.find((row) => row.campaign.endsWith(`/${id}`))?.metrics.bids ?? 0);
  };
  const others = () => bids("coffee") + bids("car");
  await eventually("something is spent", () => BigInt(shoes().spend?.today_nanos ?? 0) > 50_000_000n);
  await setDailyBudget(page, "Running shoes", "0.01");
  await page.getByText("daily budget spent").waitFor();
  let stopped;
  await eventually("the others bid on and it does not", async () => {
    stopped = bids("shoes");
    const before = others();
    await eventually("the others bid on", () => others() > before + 50);
    return bids("shoes") === stopped;
  });
  await setDailyBudget(page, "Running shoes", "5000");
  await eventually("it bids again", () => bids("shoes") > stopped);
  assertClean(watch);
  await watch.close();
});

test("what the server refuses is told beside the field", async () => {
  const watch = await open(browser, "#/campaigns?q=shoes");
  const { page } = watch;
  await page.getByRole("button", { name: /Change the lifetime budget of Running shoes/ }).click();
  const field = page.getByRole("textbox", { name: /New lifetime budget/ });
  await field.fill("-5");
  const wrong = page.locator("form .note .wrong");
  await wrong.waitFor();
  assert.equal(await wrong.textContent(), "Write an amount of 0 or more.");
  assert.equal(await field.getAttribute("aria-invalid"), "true");
  assert.ok(await page.getByRole("button", { name: "Save" }).isDisabled());
  await assertAccessible(page, "a refusal");
  await page.getByRole("button", { name: "Put back $100,000.00" }).click();
  await eventually("the old value is back, and nothing is wrong with it", async () =>
    (await field.inputValue()) === "100000.00" && (await field.getAttribute("aria-invalid")) === "false");
  assert.equal(await wrong.count(), 0);
  await page.keyboard.press("Escape");
  assert.equal(await field.count(), 0);
  assertClean(watch);
  await watch.close();
});

test("a limit above the advertiser's own is said to be so before it is saved", async () => {
  const watch = await open(browser, "#/campaigns?q=shoes");
  const { page } = watch;
  await page.getByRole("button", { name: /Change the daily budget of Running shoes/ }).click();
  const field = page.getByRole("textbox", { name: /New daily budget/ });
  const warning = page.getByText("Above the advertiser's own daily budget, $20,000.00");
  await field.fill("20000");
  await page.getByText(/Today ends at \$/).waitFor();
  assert.equal(await warning.count(), 0);
  await field.fill("20000.01");
  await warning.waitFor();
  assertClean(watch);
  await watch.close();
});

test("a pause by keyboard stops the campaign, and can be undone", async () => {
  const watch = await open(browser, "#/campaigns?q=coffee");
  const { page } = watch;
  const button = page.getByRole("button", { name: "Pause Coffee subscription, trial" });
  await button.focus();
  await page.keyboard.press("Enter");
  await page.getByText("is paused.").waitFor();
  assert.match(campaign("coffee").state, /PAUSED/);
  await page.getByRole("button", { name: "Undo" }).click();
  await eventually("it runs again", () => /ACTIVE/.test(campaign("coffee").state));
  assertClean(watch);
  await watch.close();
});

test("what is looked for stands in the address, and the address brings it back", async () => {
  const watch = await open(browser, "#/campaigns");
  const { page } = watch;
  await page.getByText("City car, launch").waitFor();
  await page.getByRole("searchbox").fill("coffee");
  await page.getByRole("columnheader", { name: "Daily budget" }).getByRole("button").click();
  await eventually("the address says it", () => page.url().endsWith("#/campaigns?q=coffee&sort=daily"));
  await page.reload();
  await page.getByText("Coffee subscription, trial").waitFor();
  assert.equal(await page.getByRole("searchbox").inputValue(), "coffee");
  assert.equal(await page.getByText("City car, launch").count(), 0);
  assertClean(watch);
  await watch.close();
});

test("a campaign's page follows its spend, and each plot has a table", async () => {
  const watch = await open(browser, "#/campaigns/demo/coffee");
  const { page } = watch;
  const spent = page.locator("dl.tiles > div").first().locator("dd").first();
  const first = await spent.textContent();
  await eventually("more is spent", async () => (await spent.textContent()) !== first);
  const figure = page.getByRole("figure", { name: "Spent today" });
  await figure.getByRole("img").waitFor();
  await figure.getByRole("button", { name: "Table" }).click();
  await figure.getByRole("columnheader", { name: "Forecast" }).waitFor();
  // How far it may be off is told once the last minutes say something.
  for (const end of ["at least", "at most"]) await figure.getByRole("columnheader", { name: end }).waitFor();
  await page.getByRole("button", { name: "Flight" }).click();
  await page.getByText("Flight ends at about").waitFor();
  assert.match(page.url(), /view=flight/);
  await assertAccessible(page, "the flight's table");
  assertClean(watch);
  await watch.close();
});

test("a request is explained step by step, and its address brings the answer back", async () => {
  const watch = await open(browser, "#/why?view=request");
  const { page } = watch;
  const request = page.getByRole("textbox", { name: "OpenRTB request, JSON" });
  await request.fill('{"id": "1"');
  await page.getByRole("button", { name: "Explain", exact: true }).click();
  await page.getByRole("alert").waitFor();
  assert.equal(await request.getAttribute("aria-invalid"), "true");
  await page.getByRole("button", { name: "Fill in an example" }).click();
  await page.getByRole("button", { name: "Explain", exact: true }).click();
  await page.getByRole("region", { name: "The answer" }).waitFor();
  for (const text of ["Impression 1", "Considered", "Nearest miss", /^.*Bids \$4.000 CPM/]) await page.getByText(text).first().waitFor();
  await assertAccessible(page, "an explanation");
  await eventually("the address holds it", () => page.url().includes("request="));
  await page.reload();
  await page.getByText("Nearest miss").first().waitFor();
  assertClean(watch);
  await watch.close();
});

test("a request of late can be explained", async () => {
  const watch = await open(browser, "#/why");
  const { page } = watch;
  await page.getByRole("button", { name: /^Explain the request of/ }).first().click();
  await page.getByRole("region", { name: "The answer" }).waitFor();
  assertClean(watch);
  await watch.close();
});

test("an advertiser's material is fetched only when somebody asks, into a frame that can do nothing", async () => {
  const watch = await open(browser, "#/creatives/demo/coffee-320x50");
  const { page } = watch;
  const load = page.getByRole("button", { name: /^Load/ });
  await load.waitFor();
  assertClean(watch);
  // From here on the advertiser's host is asked, which does not exist.
  await page.route(/^https:/, (route) => route.fulfill({ contentType: "image/svg+xml", body: '<svg xmlns="http://www.w3.org/2000/svg"/>' }));
  await load.click();
  const frame = await eventually("the frame is filled", async () => {
    const frame = page.frames().find((frame) => frame.url().endsWith("/preview"));
    return frame && (await frame.content()).includes("<body") && frame;
  });
  assert.equal(await page.locator("iframe").getAttribute("sandbox"), "");
  assert.doesNotMatch(await frame.content(), /<script/);
  await watch.close();
});

test("traffic is live", async () => {
  const watch = await open(browser, "#/live");
  const { page } = watch;
  const row = page.getByRole("row", { name: /^demo/ }).locator("td").last();
  await row.waitFor();
  const before = await row.textContent();
  await eventually("more requests come", async () => (await row.textContent()) !== before);
  assertClean(watch);
  await watch.close();
});

test("the colours are chosen, and kept", async () => {
  const watch = await open(browser, "#/settings", { colorScheme: "light" });
  const { page } = watch;
  const dark = () => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
  await page.getByRole("button", { name: "Dark" }).first().click();
  assert.equal(await dark(), "dark");
  await page.reload();
  await page.getByRole("heading", { name: "Settings" }).waitFor();
  assert.equal(await dark(), "dark");
  assertClean(watch);
  await watch.close();
});

test("a thousand campaigns are a table of which only the part in view is drawn", async () => {
  const files = ["[[advertisers]]\nname = \"advertisers/many\"\ndisplay_name = \"Many\"\ncurrency_code = \"EUR\"\n"];
  for (let at = 1; at <= 1000; at += 1) {
    files.push(`[[campaigns]]\nname = "advertisers/many/campaigns/c${at}"\ndisplay_name = "Campaign ${at}"\nbudget = { daily_micros = ${at}_000_000 }\n`);
  }
  apply(files.join("\n"));
  const watch = await open(browser, "#/campaigns?sort=daily&q=many");
  const { page } = watch;
  await page.getByText("Campaign 1", { exact: true }).waitFor();
  const rows = () => page.locator('[role="row"]').count();
  assert.ok((await rows()) < 60, `${await rows()} rows are drawn`);
  assert.equal(await page.getByRole("table").getAttribute("aria-rowcount"), "1001");
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await page.getByText("Campaign 1000", { exact: true }).waitFor();
  assert.ok((await rows()) < 60, `${await rows()} rows are drawn`);
  assertClean(watch);
  await watch.close();
});

test("who has no token is asked for one, and a wrong one is refused in words", { skip: !process.env.OUTBID_TOKEN }, async () => {
  const watch = await open(browser, "#/campaigns?q=car", { token: "" });
  const { page } = watch;
  const field = page.getByLabel("API token");
  await field.fill("not-a-token");
  await page.keyboard.press("Enter");
  await page.getByText("did not take that token").waitFor();
  await assertAccessible(page, "the login");
  await field.fill(process.env.OUTBID_TOKEN);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByText("City car, launch").waitFor();
  assertClean(watch);
  await watch.close();
});

test("a change stands in the history, and is taken back there", async () => {
  const watch = await open(browser, "#/campaigns?q=car");
  const { page } = watch;
  const before = campaign("car").budget.daily_micros;
  await setDailyBudget(page, "City car", "4321");
  await page.getByRole("link", { name: "Audit" }).click();
  const event = page.getByRole("listitem").filter({ hasText: "→ $4,321.00" }).first();
  await event.getByRole("button", { name: /Revert event/ }).click();
  await eventually("the old budget is back", () => campaign("car").budget.daily_micros === before);
  assertClean(watch);
  await watch.close();
});

test("to take back that something was made asks first, deletes it, and can be undone", async () => {
  const watch = await open(browser, "#/audit?about=advertisers/demo/creatives/kept");
  const { page } = watch;
  await page.getByText("Nothing was changed yet").waitFor();
  apply(`[[creatives]]
name = "advertisers/demo/creatives/kept"
display_name = "Kept"
landing_url = "https://kept.example/"
advertiser_domains = ["kept.example"]
banner = { size = { width = 300, height = 250 }, image = { url = "https://kept.example/300x250.png", alt_text = "Kept" } }
`);
  const there = () => outbid("get", "creatives").creatives.some((it) => it.name.endsWith("/kept"));
  const revert = page.getByRole("button", { name: /Revert event/ });
  const question = page.getByRole("dialog", { name: "Delete creative demo/kept?" });
  await revert.click();
  await question.waitFor();
  await assertAccessible(page, "the question");
  await page.keyboard.press("Enter");
  await question.waitFor({ state: "hidden" });
  assert.ok(there(), "it was deleted though nobody said so");
  await revert.click();
  await question.getByRole("button", { name: "Delete it" }).click();
  await page.getByText("Creative demo/kept is deleted.").waitFor();
  assert.ok(!there());
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("Creative demo/kept lives again.").waitFor();
  assert.ok(there());
  assertClean(watch);
  await watch.close();
});
