// A creative's material in words and as markup for the preview's frame.
import type { Creative, MediaFile } from "../gen/outbid/control/v1/creative_pb";
import type { Size } from "../gen/outbid/control/v1/targeting_pb";

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text as HTML. */
export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => escapes[letter] ?? letter);
}

export interface Material {
  /** `Banner`, `Video`, `Audio` or `Native`. */
  format: string;
  /** Its size or length. */
  measure: string;
  /** What the frame shows; nothing where there is nothing to show, such as another server's VAST. */
  markup: string;
  width: number;
  height: number;
  /** The hosts that the frame asks. */
  hosts: string[];
  /** What is known besides. */
  facts: [string, string][];
}

const size = (it: Size | undefined) => (it ? `${it.width} × ${it.height}` : "");
const seconds = (it: { seconds: bigint } | undefined) => (it ? `${it.seconds} s` : "");

function hosts(urls: string[]): string[] {
  return [...new Set(urls.filter((url) => URL.canParse(url)).map((url) => new URL(url).host))];
}

function picture(url: string, alt: string, width: number, height: number): string {
  return `<img src="${escape(url)}" alt="${escape(alt)}" width="${width}" height="${height}">`;
}

function files(kind: "video" | "audio", list: MediaFile[], poster: string): string {
  const sources = list.map((file) => `<source src="${escape(file.url)}" type="${escape(file.mimeType)}">`).join("");
  return `<${kind} controls preload="metadata" width="640"${kind === "video" ? ' height="360"' : ""}${poster ? ` poster="${escape(poster)}"` : ""}>${sources}</${kind}>`;
}

/** Reads a creative's material. */
export function material(creative: Creative): Material {
  const it = creative.material;
  switch (it.case) {
    case "banner": {
      const { size: of, markup } = it.value;
      const [width, height] = [of?.width ?? 300, of?.height ?? 250];
      const image = markup.case === "image" ? markup.value : undefined;
      const html = markup.case === "html" ? markup.value.replaceAll("{{click_url}}", escape(creative.landingUrl)) : "";
      return {
        format: "Banner", measure: size(of), width, height,
        markup: image ? picture(image.url, image.altText, width, height) : html,
        hosts: image ? hosts([image.url]) : hosts([...html.matchAll(/https:\/\/[^\s"'<>)]+/g)].map(([url]) => url)),
        facts: image ? [["Image", image.url], ["Alternative text", image.altText]] : [["Markup", `${html.length} characters of HTML`]],
      };
    }
    case "video":
    case "audio": {
      const { duration, source, companion } = it.value;
      const list = source.case === "mediaFiles" ? source.value.files : [];
      const markup = list.length > 0 ? files(it.case, list, companion?.url ?? "") : "";
      return {
        format: it.case === "video" ? "Video" : "Audio", measure: seconds(duration), width: 640, height: it.case === "video" ? 360 : 64, markup,
        hosts: hosts([...list.map((file) => file.url), companion?.url ?? ""]),
        facts: source.case === "vastWrapper" ? [["Wraps", source.value.vastUrl]] : list.map((file) => [file.mimeType, `${size(file.size)} ${file.bitrateKbps ? `${file.bitrateKbps} kbit/s` : ""} ${file.url}`.trim()]),
      };
    }
    case "native": {
      const { title, description, sponsored, callToAction, image, icon } = it.value;
      const shown = [image, icon].filter((it) => it !== undefined);
      const markup = `<div style="font:14px/20px system-ui;max-width:360px">${shown.map((it) => picture(it.url, "", Math.min(it.size?.width ?? 64, 360), Math.min(it.size?.height ?? 64, 240))).join("")}<h3>${escape(title)}</h3><p>${escape(description)}</p><p>${escape(sponsored)} <strong>${escape(callToAction)}</strong></p></div>`;
      return {
        format: "Native", measure: size(image?.size), width: 376, height: 400, markup, hosts: hosts(shown.map((it) => it.url)),
        facts: [["Title", title], ["Text", description], ["Sponsored by", sponsored], ["Button", callToAction]].filter(([, value]) => value !== "") as [string, string][],
      };
    }
    default:
      return { format: "Unknown", measure: "", markup: "", width: 300, height: 250, hosts: [], facts: [] };
  }
}
