// Reads a VAST document on stdin, parses it as a video player would, and prints what the player understood as JSON.
// Exits with 1 when the text is not well-formed XML, not VAST, or holds no ad that could be shown.
import { readFileSync } from "node:fs";
import { VASTParser } from "@dailymotion/vast-client";
import { DOMParser } from "@xmldom/xmldom";
import { SaxesParser } from "saxes";

const [errors, warnings] = [[], []];
const text = readFileSync(0, "utf8");

// Players in browsers refuse XML that is not well-formed; the DOM parser below repairs some of it without a word.
const strict = new SaxesParser({ xmlns: true });
strict.on("error", (error) => errors.push(error.message));
strict.write(text).close();
if (errors.length > 0) fail(errors);

const document = new DOMParser({
  errorHandler: (level, message) => errors.push(`${level}: ${message}`),
}).parseFromString(text, "text/xml");
if (errors.length > 0) fail(errors);

const parser = new VASTParser(); // Without a fetcher it leaves wrappers unresolved.
parser.on("VAST-error", (event) => errors.push(`VAST error ${event.ERRORCODE} ${event.ERRORMESSAGE ?? ""}`.trim()));
parser.on("VAST-warning", (event) => warnings.push(event.message));
const response = await parser.parseVAST(document).catch((error) => fail([error.message]));
if (errors.length > 0) fail(errors);

console.log(
  JSON.stringify(
    {
      version: response.version,
      errors: response.errorURLTemplates,
      ads: response.ads.map(ad),
      warnings,
    },
    null,
    2,
  ),
);

function ad(ad) {
  return {
    id: ad.id,
    sequence: ad.sequence,
    kind: ad.VASTAdTagURI ? "wrapper" : "inline",
    system: ad.system?.value ?? null,
    title: ad.title,
    advertiser: ad.advertiser?.value ?? null,
    adServingId: ad.adServingId,
    categories: ad.categories,
    pricing: ad.pricing,
    wraps: ad.VASTAdTagURI ?? null,
    impressions: ad.impressionURLTemplates.map(({ url }) => url),
    errors: ad.errorURLTemplates,
    viewable: ad.viewableImpression.flatMap(({ viewable }) => viewable),
    verifications: ad.adVerifications,
    creatives: ad.creatives.map(creative),
  };
}

function creative(creative) {
  const companions = creative.variations ?? [];
  return {
    kind: creative.type,
    id: creative.id,
    adId: creative.adId,
    universalAdIds: (creative.universalAdIds ?? []).map(({ idRegistry, value }) => ({ idRegistry, value })),
    durationSeconds: creative.duration ?? null,
    skipAfterSeconds: creative.skipDelay ?? null,
    clickThrough: creative.videoClickThroughURLTemplate?.url ?? null,
    clickTracking: (creative.videoClickTrackingURLTemplates ?? []).map(({ url }) => url),
    tracking: creative.trackingEvents ?? {},
    mediaFiles: (creative.mediaFiles ?? []).map((file) => ({
      url: file.fileURL,
      mime: file.mimeType,
      delivery: file.deliveryType,
      width: file.width,
      height: file.height,
      bitrate: file.bitrate,
      apiFramework: file.apiFramework,
    })),
    interactive: creative.interactiveCreativeFile ?? null,
    companions: companions.map((companion) => ({
      width: companion.width,
      height: companion.height,
      images: (companion.staticResources ?? []).map(({ url }) => url),
      html: companion.htmlResources ?? [],
      clickThrough: companion.companionClickThroughURLTemplate ?? null,
    })),
  };
}

function fail(messages) {
  for (const message of messages) console.error(message.trim());
  process.exit(1);
}
