import assert from "node:assert/strict";
import test from "node:test";
import { clock, dayAround, dayShare, lasting } from "../src/lib/time";

const at = (text: string) => Date.parse(text);
const HOUR = 3_600_000;

test("a day is as long as its zone makes it", () => {
  const check = (now: string, zone: string, start: string, hours: number) => {
    const day = dayAround(at(now), zone);
    assert.equal(new Date(day.start).toISOString(), new Date(at(start)).toISOString(), `${now} ${zone}`);
    assert.equal((day.end - day.start) / HOUR, hours, `${now} ${zone}`);
  };
  check("2026-11-22T04:07:00Z", "UTC", "2026-11-22T00:00:00Z", 24);
  check("2026-11-22T04:07:00Z", "America/New_York", "2026-11-21T05:00:00Z", 24);
  check("2026-03-08T12:00:00Z", "America/New_York", "2026-03-08T05:00:00Z", 23);
  check("2026-11-01T12:00:00Z", "America/New_York", "2026-11-01T04:00:00Z", 25);
  check("2026-11-22T20:00:00Z", "Asia/Kolkata", "2026-11-22T18:30:00Z", 24);
});

test("how much of a day is over follows its zone", () => {
  assert.equal(dayShare(at("2026-11-22T12:00:00Z"), "UTC"), 0.5);
  assert.equal(dayShare(at("2026-11-22T05:00:00Z"), "America/New_York"), 0);
});

test("moments are told in the zone, and a zone that is not known is told in UTC", () => {
  assert.equal(clock(at("2026-11-22T04:07:00Z"), "America/New_York"), "23:07");
  assert.equal(clock(at("2026-11-22T04:07:00Z"), "Nowhere/At_All"), "04:07");
});

test("lengths of time are told in at most two units", () => {
  const check = (ms: number, expect: string) => assert.equal(lasting(ms), expect);
  check(-5, "0 s");
  check(8_000, "8 s");
  check(90_000, "2 min");
  check(5 * HOUR + 60_000, "5 h 1 min");
  check(76 * HOUR, "3 d 4 h");
});
