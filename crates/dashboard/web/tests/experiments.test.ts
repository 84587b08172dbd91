import assert from "node:assert/strict";
import test from "node:test";
import { create } from "@bufbuild/protobuf";
import { ExperimentArmSchema, ExperimentLiftSchema, SampleRatioCheckSchema } from "../src/gen/outbid/control/v1/experiment_pb";
import { changes, place, reach, signed, split, verdict } from "../src/lib/experiments";

const lift = (low: number, high: number) => create(ExperimentLiftSchema, { lift: (low + high) / 2, low, high });

test("an interval says more only where it leaves nothing out", () => {
  assert.equal(verdict(lift(0.01, 0.2)), "more");
  assert.equal(verdict(lift(-0.2, -0.01)), "less");
  assert.equal(verdict(lift(-0.01, 0.2)), "cannot be told apart");
  assert.equal(signed(0.123), "+12.3%");
  assert.equal(signed(-0.5), "-50.0%");
});

test("a plot has nothing in its middle and is not stretched by one wild interval", () => {
  assert.equal(place(0, reach([lift(-0.1, 0.3)])), 0.5);
  assert.ok(Math.abs(reach([lift(-0.1, 0.3)]) - 0.33) < 1e-9);
  assert.equal(reach([lift(-0.9, 40)]), 2);
  assert.equal(place(40, 2), 1);
});

test("an arm and a split are told in sentences", () => {
  assert.equal(changes(create(ExperimentArmSchema, { bidPercent: 100 })), "as it is");
  const arm = create(ExperimentArmSchema, { bidPercent: 120, ads: ["advertisers/a/campaigns/c/ads/x"] });
  assert.equal(changes(arm), "bids 120 % of what it would; only ads x");
  assert.match(split(undefined).text, /No user was met/);
  const wrong = split(create(SampleRatioCheckSchema, { pValue: 1e-9, isMismatch: true, usersSampled: 4000n }));
  assert.ok(wrong.wrong);
  assert.match(wrong.text, /p = 1\.0e-9, of 4,000 different users/);
});
