import assert from "node:assert/strict";
import test from "node:test";
import { fieldTitle, shownValue } from "../src/lib/history";
import { kindOf, short } from "../src/lib/names";

test("what was changed is told as people say it", () => {
  const check = (field: string, value: string | undefined, expect: string, currency = "USD") =>
    assert.equal(shownValue(field, value, currency), expect);
  check("budget.daily_micros", "5000000000", "$5,000.00");
  check("budget.daily_micros", "1500000", "€1.50", "EUR");
  check("fixed_cpm_micros", "1500000", "1.50", "");
  check("budget.daily_micros", undefined, "nothing");
  check("number", "5000000", "5000000");
  check("state", "PAUSED", "paused");
  check("delivery", "DELIVERY_AS_FAST_AS_POSSIBLE", "delivery as fast as possible");
  check("display_name", "USA", "USA");
  check("display_name", "Shoes / spring", "Shoes / spring");
  check("creatives", '["advertisers/demo/creatives/a","advertisers/demo/creatives/b"]', "demo/a, demo/b");
  check("creatives", "[]", "none");
  check("budget_segments", '[{"start_time":"2026-01-01T00:00:00Z","amount_micros":"7000000"}]', "start_time 2026-01-01T00:00:00Z amount $7.00");
  check("creatives", '["advertisers/demo/crea…', '["advertisers/demo/crea…');
  check("display_name", "a".repeat(200), `${"a".repeat(120)}…`);
});

test("a field's unit stands with its values, and a name goes without its kinds", () => {
  assert.equal(fieldTitle("budget.daily_micros"), "budget.daily");
  assert.equal(fieldTitle("display_name"), "display_name");
  assert.equal(short("advertisers/demo/campaigns/coffee/ads/phones"), "demo/coffee/phones");
  assert.equal(short("configuration"), "configuration");
  assert.equal(kindOf("advertisers/demo/campaigns/coffee/ads/phones"), "ad");
  assert.equal(kindOf("advertisers/demo/conversionActions/purchase"), "conversion action");
  assert.equal(kindOf("configuration"), "configuration");
});
