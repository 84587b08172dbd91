import assert from "node:assert/strict";
import test from "node:test";
import { create } from "@bufbuild/protobuf";
import { AdSchema } from "../src/gen/outbid/control/v1/ad_pb";
import { AudienceSchema } from "../src/gen/outbid/control/v1/audience_pb";
import { BlockListSchema } from "../src/gen/outbid/control/v1/block_list_pb";
import { State } from "../src/gen/outbid/control/v1/budget_pb";
import { ConversionActionSchema, ConversionCategory, ConversionCounting } from "../src/gen/outbid/control/v1/conversion_action_pb";
import { DealSchema } from "../src/gen/outbid/control/v1/deal_pb";
import { ExchangeSchema } from "../src/gen/outbid/control/v1/exchange_pb";
import { RateTableSchema } from "../src/gen/outbid/control/v1/rate_table_pb";
import { saying } from "../src/lib/listing";
import { cells, KINDS, marketPage, mentioned, ordered, some, standing, users, type Resource } from "../src/lib/market";
import { last } from "../src/lib/names";

const deal = create(DealSchema, {
  name: "deals/spring", displayName: "Spring", exchange: "exchanges/demo", dealId: "D-1", state: State.ACTIVE,
  price: { case: "fixedCpmMicros", value: 2_500_000n }, currencyCode: "USD",
});
const exchange = create(ExchangeSchema, { name: "exchanges/demo", displayName: "Demo", state: State.PAUSED, seats: ["outbid"], floorPolicy: { marginPpm: 50_000, bannerCpmMicros: 1_000_000n } });
const audience = create(AudienceSchema, { name: "advertisers/acme/audiences/buyers", displayName: "Buyers", memberCount: 1_234n, state: State.ACTIVE });
const list = create(BlockListSchema, { name: "blockLists/bad", displayName: "Bad", domains: ["a.example", "b.example"], attachedTo: ["exchanges/demo", "advertisers/acme/campaigns/spring"], state: State.ACTIVE });

test("each kind fills its columns", () => {
  const texts = (it: Resource) => cells(it).map((cell) => cell.text);
  assert.deepEqual(texts(exchange), ["second price", "USD", "outbid", "5.0% above theirs, banner $1.00"]);
  assert.deepEqual(texts(deal), ["demo", "D-1", "$2.50 CPM", "everybody"]);
  assert.deepEqual(texts(create(RateTableSchema, { rates: [{ currencyCode: "EUR", usd: "1.1" }] })), ["ever since", "1"]);
  assert.deepEqual(texts(list), ["2", "2 places"]);
  assert.deepEqual(texts(audience), ["acme", "1,234", "30 d"]);
  const lead = create(ConversionActionSchema, { name: "advertisers/acme/conversionActions/lead", category: ConversionCategory.SIGN_UP, counting: ConversionCounting.ONE_PER_CLICK, clickWindowDays: 7, excludedFromBidding: true });
  assert.deepEqual(texts(lead), ["acme", "sign up", "one a click", "7 d", "no"]);
  for (const [at, it] of [exchange, deal, create(RateTableSchema), list, audience, lead].entries()) assert.equal(cells(it).length, KINDS[at]?.columns.length);
});

test("what stands still says so", () => {
  assert.equal(standing(exchange).text, "Paused");
  assert.equal(standing(deal).text, "Running");
  assert.equal(standing(create(BlockListSchema)).text, "Attached nowhere");
  assert.equal(standing(create(RateTableSchema, { inForce: true })).tone, "good");
});

test("what uses one is found in targeting, in its expression too, and nothing else is", () => {
  const ad = (name: string, targeting: object) => create(AdSchema, { name: `advertisers/acme/campaigns/spring/ads/${name}`, displayName: name, targeting });
  const ads = [
    ad("wants", { audiences: { include: [audience.name] } }),
    ad("shuts-out", { expression: { kind: { case: "not", value: { kind: { case: "condition", value: { test: { case: "audiences", value: { values: [audience.name] } } } } } } } }),
    ad("deal", { deals: { include: ["D-1"] }, exchanges: { include: ["demo"] } }),
    ad("neither", { keywords: { include: [audience.name, "D-1", "demo"] } }),
  ];
  const there = { ads, deals: [deal], blockLists: [list] };
  assert.deepEqual(users(audience, there).map((it) => it.text), ["wants", "shuts-out"]);
  assert.deepEqual(users(deal, there).map((it) => it.text), ["deal"]);
  assert.deepEqual(users(exchange, there).map((it) => it.href), ["#/market/deals/spring", "#/market/block-lists/bad", "#/campaigns/acme/spring"]);
  assert.deepEqual(users(list, there).map((it) => it.href), ["#/market/exchanges/demo", "#/campaigns/acme/spring"]);
  assert.equal(mentioned(undefined, "deals").size, 0);
});

test("one is found by its words, and has its address", () => {
  assert.deepEqual(saying([audience, deal], "ACME buy", (it) => it), [audience]);
  const address = (at: number, name: string) => marketPage(KINDS[at] ?? KINDS[0], name);
  assert.equal(address(4, audience.name), "#/market/audiences/acme/buyers");
  assert.equal(address(1, deal.name), "#/market/deals/spring");
  assert.equal(some([]), "none");
  assert.match(some(Array.from({ length: 25 }, (_, at) => `${at}`)), /19 and 5 more$/);
});

test("a list is ordered by what its columns mean, and by name where they are equal", () => {
  const of = (name: string, members: bigint) => create(AudienceSchema, { name: `advertisers/acme/audiences/${name}`, displayName: name, memberCount: members });
  const all = [of("b", 1_000n), of("c", 9n), of("a", 1_000n)];
  const names = (column: string, descending: boolean) => ordered(all, KINDS[4] ?? KINDS[0], column, descending).map((it) => last(it.name)).join("");
  assert.equal(names("members", false), "cab");
  assert.equal(names("members", true), "abc");
  assert.equal(names("name", true), "cba");
  assert.equal(names("no-such-column", false), "abc");
});
