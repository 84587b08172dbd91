import assert from "node:assert/strict";
import test from "node:test";
import { decimal, money, parseMoney, scaled, share } from "../src/lib/money";

test("millionths are decimal text, exactly", () => {
  const check = (micros: bigint, least: number, expect: string) => assert.equal(decimal(micros, least), expect);
  check(0n, 0, "0");
  check(1_230_000n, 0, "1.23");
  check(5_000_000_000n, 2, "5000.00");
  check(-1n, 0, "-0.000001");
  check(9_007_199_254_740_993_000_001n, 0, "9007199254740993.000001");
});

test("money carries its currency and is not rounded on the way", () => {
  assert.equal(money(5_000_000_000n, "USD"), "$5,000.00");
  assert.equal(money(9_007_199_254_740_993_000_000n, "USD"), "$9,007,199,254,740,993.00");
  assert.equal(money(1_500_000_000n, "JPY"), "¥1,500");
  assert.equal(money(1_000_000n, "not a currency"), "1.00");
});

test("an amount is read as people write it, or refused with a word on how to", () => {
  const check = (text: string, expect: bigint | RegExp) => {
    const typed = parseMoney(text, "USD");
    if (typeof expect === "bigint") assert.equal(typed.micros, expect, text);
    else assert.match(typed.wrong ?? "", expect, text);
  };
  check("5000", 5_000_000_000n);
  check("5,000.50", 5_000_500_000n);
  check(" $5,000 ", 5_000_000_000n);
  check("5000 USD", 5_000_000_000n);
  check("usd 12.5", 12_500_000n);
  check("0.000001", 1n);
  check("7.", 7_000_000n);
  check("", /Empty/);
  check("-1", -1_000_000n);
  check("-$1.5", -1_500_000n);
  check("--1", /not an amount/);
  check("-9000000001", /at most/);
  check("5000 EUR", /in USD/);
  check("5,00", /not an amount/);
  check("1e9", /not an amount/);
  check("0.0000001", /six decimals/);
  check("9000000001", /at most/);
});

test("shares and parts are of whole millionths", () => {
  assert.equal(share(1n, 0n), undefined);
  assert.equal(share(1n, undefined), undefined);
  assert.equal(share(250_000n, 1_000_000n), 0.25);
  assert.equal(scaled(5_000_000_000n, 0.5), 2_500_000_000n);
});
