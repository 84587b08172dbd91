import assert from "node:assert/strict";
import test from "node:test";
import type { Campaign } from "../src/gen/outbid/control/v1/campaign_pb";
import { filtered, sorted, totals, visible, type Row } from "../src/lib/listing";

const row = (id: string, status: string, spent: bigint, dailyMicros?: bigint): Row => ({
  campaign: {
    name: `advertisers/demo/campaigns/${id}`, displayName: id.toUpperCase(), currencyCode: "USD", budget: { dailyMicros },
  } as unknown as Campaign,
  words: { text: status, tone: "good" },
  spent,
  ideal: undefined,
  forecast: undefined,
});
const rows = [row("car", "Serving", 2n, 30n), row("shoes", "Paused", 3n), row("coffee", "Serving", 1n, 20n)];
const ids = (rows: Row[]) => rows.map((row) => row.campaign.displayName).join(" ");

test("every word and the status must hold", () => {
  const check = (words: string, status: string, expect: string) => assert.equal(ids(filtered(rows, words, status)), expect);
  check("", "", "CAR SHOES COFFEE");
  check("c", "", "CAR SHOES COFFEE"); // "campaigns" stands in every resource name.
  check("Car", "", "CAR");
  check("demo SHO", "", "SHOES");
  check("", "Serving", "CAR COFFEE");
  check("shoes", "Serving", "");
});

test("columns sort both ways, and no limit is more than any", () => {
  assert.equal(ids(sorted(rows, "name", false)), "CAR COFFEE SHOES");
  assert.equal(ids(sorted(rows, "spent", true)), "SHOES CAR COFFEE");
  assert.equal(ids(sorted(rows, "daily", false)), "COFFEE CAR SHOES");
  assert.equal(ids(sorted(rows, "status", false)), "SHOES CAR COFFEE");
});

test("of many rows only those in view are drawn, and some around them", () => {
  const check = (count: number, top: number, expect: [number, number]) => {
    const { first, end } = visible(count, 64, top, 640);
    assert.deepEqual([first, end], expect);
    assert.ok(end - first <= 23);
  };
  check(3, 0, [0, 3]);
  check(1000, 0, [0, 16]);
  check(1000, 6400, [94, 116]);
  check(1000, 63_360, [984, 1000]);
  check(0, 0, [0, 0]);
});

test("sums are kept apart by currency", () => {
  const euro = { ...row("tea", "Serving", 5n), campaign: { ...rows[0]?.campaign, currencyCode: "EUR" } as Campaign };
  const { spent, statuses } = totals([...rows, euro]);
  assert.deepEqual(spent, [["EUR", 5n], ["USD", 6n]]);
  assert.deepEqual(statuses, [["Serving", 3], ["Paused", 1]]);
});
