// Takes a picture of each page of a running product: node screenshots.mjs DIRECTORY [NAME...]
import { join } from "node:path";
import { apply, eventually, launch, open, outbid } from "./browser.mjs";
import { EXPERIMENT, LOOKS, MARKET, PAGES } from "./pages.mjs";

const [directory = ".", ...names] = process.argv.slice(2);
/** How much is to be spent before the pictures, so that there is something to see: nanos of a dollar. */
const SPENT = 2_000_000_000n;

const spent = () => {
  try {
    return outbid("get", "campaigns").campaigns.reduce((sum, it) => sum + BigInt(it.spend?.today_nanos ?? 0), 0n);
  } catch {
    return 0n; // It is still starting.
  }
};
await eventually("some money is spent", () => spent() > SPENT);

apply(EXPERIMENT);
apply(MARKET);
const browser = await launch();
for (const page of PAGES.filter(({ name, picture }) => (names.length === 0 ? picture !== false : names.includes(name)))) {
  for (const look of LOOKS.filter(({ name }) => name === "light" || page.looks?.includes(name))) {
    const { page: shown, close } = await open(browser, page.address, look.options);
    await shown.getByText(page.shows).first().waitFor();
    await shown.waitForFunction(() => document.querySelector(".skeleton") === null);
    await page.ready?.(shown);
    await page.settled?.(shown);
    const path = join(directory, `dashboard-${page.name}${look.name === "light" ? "" : `-${look.name}`}.png`);
    await shown.screenshot({ path });
    console.log(path);
    await close();
  }
}
await browser.close();
