// A browser on the dashboard of a running product, which keeps watch: an error on the console, a breach of the content
// security policy, or a request to anybody else is a failure, whatever the test looks for.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const here = import.meta.dirname ?? new URL(".", import.meta.url).pathname;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** How long anything that is waited for may take, in milliseconds. It is far less; machines that run tests are busy. */
export const LIMIT_MS = 60_000;

/** Where the product's control plane is. */
export const server = process.env.OUTBID_SERVER ?? "http://127.0.0.1:9090";

export function launch() {
  const executablePath = execFileSync(join(here, "../chromium.sh"), ["which"], { encoding: "utf8" }).trim();
  // As root, which is what containers run as, Chromium has no sandbox of its own.
  const args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"];
  return chromium.launch({ executablePath, args });
}

/** A page of its own, with nothing of another's. `watch.faults` fills with what must not happen. */
export async function open(browser, address, { token = process.env.OUTBID_TOKEN ?? "", ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-US", reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(LIMIT_MS);
  const page = await context.newPage();
  const faults = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(`${server}/`)) faults.push(`a request to ${request.url()}`);
  });
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`));
  });
  // As if somebody had logged in. A sandboxed frame has no storage, and no login either.
  await page.addInitScript((token) => {
    if (token && self === top) sessionStorage.setItem("outbid.token", token);
  }, token);
  await page.goto(`${server}/${address}`);
  return { page, faults, close: () => context.close() };
}

/** Fails where something happened that must not. */
export function assertClean({ faults }) {
  assert.deepEqual(faults, []);
}

/** Fails where axe finds something that shuts people out. */
export async function assertAccessible(page, what) {
  // Evaluated, not added as a script: the page's policy would rightly refuse that.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => axe.run(document, { iframes: false, resultTypes: ["violations"] }));
  const told = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.html).join(" ")}`);
  assert.deepEqual(told, [], what);
}

/** Fails where a page is wider than its window, so that it would have to be pushed sideways. */
export async function assertFits(page, what) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `${what} is ${wide} pixels wider than the window`);
}

/** Tries until `look` answers something true, and answers that. */
export async function eventually(what, look) {
  const end = Date.now() + LIMIT_MS;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > end) assert.fail(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Applies a file's text with `outbid apply`. */
export function apply(text) {
  const directory = mkdtempSync(join(tmpdir(), "outbid-dashboard-"));
  try {
    const file = join(directory, "apply.toml");
    writeFileSync(file, text);
    execFileSync(process.env.OUTBID ?? "outbid", ["apply", "-f", file], { env: { ...process.env, OUTBID_SERVER: server }, stdio: "ignore" });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** What `outbid` prints as JSON: the API, without the page. */
export function outbid(...words) {
  const printed = execFileSync(process.env.OUTBID ?? "outbid", [...words, "-o", "json"], {
    encoding: "utf8", env: { ...process.env, OUTBID_SERVER: server },
  });
  return JSON.parse(printed);
}
