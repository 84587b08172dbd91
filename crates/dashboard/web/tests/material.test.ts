import assert from "node:assert/strict";
import test from "node:test";
import type { Creative } from "../src/gen/outbid/control/v1/creative_pb";
import { material } from "../src/lib/material";
import { pack, unpack } from "../src/lib/share-text";

const creative = (material: unknown) => ({ landingUrl: "https://shoes.example/?a=1&b=2", material }) as unknown as Creative;

test("what an advertiser wrote cannot leave its attribute", () => {
  const image = { url: 'https://cdn.example/a.png"><script>', altText: "<b>" };
  const { markup, hosts } = material(creative({ case: "banner", value: { size: { width: 300, height: 250 }, markup: { case: "image", value: image } } }));
  assert.doesNotMatch(markup, /<script|<b>/);
  assert.deepEqual(hosts, ["cdn.example"]);
});

test("each format says what it is and whom its preview asks", () => {
  const check = (value: unknown, format: string, measure: string, hosts: string[]) => {
    const it = material(creative(value));
    assert.deepEqual([it.format, it.measure, it.hosts], [format, measure, hosts]);
  };
  const size = { width: 320, height: 50 };
  check({ case: "banner", value: { size, markup: { case: "html", value: '<img src="https://a.example/x.png">' } } }, "Banner", "320 × 50", ["a.example"]);
  const files = [{ url: "https://v.example/a.mp4", mimeType: "video/mp4", size, bitrateKbps: 800 }];
  check({ case: "video", value: { duration: { seconds: 15n }, source: { case: "mediaFiles", value: { files } } } }, "Video", "15 s", ["v.example"]);
  check({ case: "audio", value: { duration: { seconds: 30n }, source: { case: "vastWrapper", value: { vastUrl: "https://w.example" } } } }, "Audio", "30 s", []);
  check({ case: undefined }, "Unknown", "", []);
});

test("a text goes into an address and comes back", async () => {
  const text = JSON.stringify({ id: "ä€😀", imp: Array.from({ length: 50 }, (_, id) => ({ id })) });
  const packed = await pack(text);
  assert.match(packed, /^[A-Za-z0-9_-]+$/);
  assert.ok(packed.length < text.length);
  assert.equal(await unpack(packed), text);
  assert.equal(await unpack("not packed!"), "");
  const noise = Array.from(crypto.getRandomValues(new Uint8Array(8_000)), (byte) => byte.toString(16)).join("");
  assert.equal(await pack(noise), "", "too long for an address");
});
