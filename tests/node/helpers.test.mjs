// The helpers themselves: they must read what is right, and refuse what is wrong.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";

const here = import.meta.dirname ?? new URL(".", import.meta.url).pathname;

const linear = (media) => `<?xml version="1.0" encoding="UTF-8"?>
<VAST version="4.2"><Ad id="7"><InLine>
  <AdSystem>outbid</AdSystem><AdTitle>Spring</AdTitle><AdServingId>s1</AdServingId>
  <Impression><![CDATA[https://bid.example/n/impression?a=1&b=2]]></Impression>
  <Error><![CDATA[https://bid.example/n/error/[ERRORCODE]]]></Error>
  <Creatives><Creative id="9"><UniversalAdId idRegistry="none">u1</UniversalAdId><Linear>
    <Duration>00:00:15</Duration>
    <TrackingEvents><Tracking event="start"><![CDATA[https://bid.example/n/start]]></Tracking></TrackingEvents>
    <VideoClicks><ClickThrough><![CDATA[https://shop.example/?x=<y>]]></ClickThrough></VideoClicks>
    <MediaFiles>${media}</MediaFiles>
  </Linear></Creative></Creatives>
</InLine></Ad></VAST>`;
const media =
  '<MediaFile delivery="progressive" type="video/mp4" width="640" height="360">https://cdn.example/a.mp4</MediaFile>';

function parse(xml) {
  return spawnSync(process.execPath, [join(here, "parse-vast.mjs")], { input: xml, encoding: "utf8" });
}

test("an inline linear ad comes back with all its addresses", () => {
  const { status, stdout, stderr } = parse(linear(media));
  assert.equal(status, 0, stderr);
  const { version, ads, warnings } = JSON.parse(stdout);
  assert.equal(version, "4.2");
  assert.deepEqual(warnings, []);
  assert.equal(ads.length, 1);
  const [ad] = ads;
  assert.equal(ad.kind, "inline");
  assert.deepEqual(ad.impressions, ["https://bid.example/n/impression?a=1&b=2"]);
  assert.deepEqual(ad.errors, ["https://bid.example/n/error/[ERRORCODE]"]);
  const [creative] = ad.creatives;
  assert.equal(creative.durationSeconds, 15);
  assert.equal(creative.clickThrough, "https://shop.example/?x=<y>");
  assert.deepEqual(creative.tracking, { start: ["https://bid.example/n/start"] });
  assert.equal(creative.mediaFiles[0].url, "https://cdn.example/a.mp4");
  assert.equal(creative.mediaFiles[0].mime, "video/mp4");
});

test("a wrapper names what it wraps and is not followed", () => {
  const { status, stdout, stderr } = parse(`<VAST version="3.0"><Ad id="7"><Wrapper><AdSystem>outbid</AdSystem>
    <VASTAdTagURI><![CDATA[https://tags.example/v?a=1&b=2]]></VASTAdTagURI>
    <Impression><![CDATA[https://bid.example/n/impression]]></Impression></Wrapper></Ad></VAST>`);
  assert.equal(status, 0, stderr);
  const [ad] = JSON.parse(stdout).ads;
  assert.equal(ad.kind, "wrapper");
  assert.equal(ad.wraps, "https://tags.example/v?a=1&b=2");
  assert.deepEqual(ad.impressions, ["https://bid.example/n/impression"]);
});

test("what a player could not show is refused", () => {
  const wrong = {
    "an unescaped ampersand": linear(media).replace("<AdTitle>Spring", "<AdTitle>Spring & Co"),
    "an element that is not closed": linear(media).replace("</InLine>", ""),
    "an attribute without quotes": linear(media).replace('"640"', "640"),
    "text after the end": `${linear(media)}x`,
    "another root": "<html></html>",
    "no media file": linear(""),
    "no ad": '<VAST version="4.2"></VAST>',
    "nothing at all": "",
  };
  for (const [what, xml] of Object.entries(wrong)) {
    const { status, stderr } = parse(xml);
    assert.equal(status, 1, `${what} was accepted`);
    assert.notEqual(stderr, "", `${what} was refused without a word`);
  }
});

test("the browser runs a page's scripts and takes its picture", () => {
  const directory = mkdtempSync(join(tmpdir(), "outbid-chromium-"));
  try {
    const page = join(directory, "page.html");
    writeFileSync(page, "<p id=p>before</p><script>p.textContent = 6 * 7 + ' after'</script>");
    const run = (...args) => spawnSync(join(here, "chromium.sh"), args, { encoding: "utf8" });
    const dom = run("dom", page);
    assert.equal(dom.status, 0, dom.stderr);
    assert.match(dom.stdout, /42 after/);
    const picture = join(directory, "page.png");
    const shot = run("screenshot", picture, page, "300x250");
    assert.equal(shot.status, 0, shot.stderr);
    // A PNG's header holds width and height as big-endian words at offsets 16 and 20.
    const png = readFileSync(picture);
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [300, 250]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
