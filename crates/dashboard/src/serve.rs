//! How the files are served: what browsers may keep, what the page may do, and how it travels.

use std::collections::HashMap;
use std::io::Write;
use std::sync::LazyLock;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::files::{ASSETS, Asset, asset};

/// What the page may do: run its own scripts, wear its own styles, ask its own origin. Nothing is inline, nothing is
/// fetched from anybody else, and no other page may frame it.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
     frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// What an advertiser's material may do inside the page's frame: be seen and heard. It has no origin, and no script.
const PREVIEW_POLICY: &str = "sandbox; default-src 'none'; img-src https: data:; media-src https: data:; font-src https: data:; \
     style-src 'unsafe-inline' https:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
/// Below this, what gzip saves is not worth its header.
const LEAST_TO_COMPRESS: usize = 512;

/// What is sent for one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// Each file that gzip makes smaller, compressed once.
static COMPRESSED: LazyLock<HashMap<&'static str, Vec<u8>>> = LazyLock::new(|| {
    let compressed = |asset: &Asset| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(asset.bytes).ok()?;
        let bytes = encoder.finish().ok()?;
        (bytes.len() < asset.bytes.len()).then_some((asset.path, bytes))
    };
    let worth_it = ASSETS
        .iter()
        .filter(|asset| asset.bytes.len() >= LEAST_TO_COMPRESS);
    worth_it.filter_map(compressed).collect()
});

/// Answers a GET for a path without a slash in front, by what the browser accepts and has. Nothing where there is no
/// such file.
pub fn answer(
    path: &str,
    accept_encoding: Option<&str>,
    if_none_match: Option<&str>,
) -> Option<Answer> {
    let asset = asset(path)?;
    let kind = content_type(asset.path);
    let mut headers = vec![
        ("etag", format!("\"{}\"", asset.digest)),
        ("cache-control", keep(asset.path).to_string()),
        ("vary", "accept-encoding".to_string()),
        ("x-content-type-options", "nosniff".to_string()),
        ("referrer-policy", "no-referrer".to_string()),
    ];
    if kind.starts_with("text/html") {
        headers.push(("content-security-policy", PAGE_POLICY.to_string()));
        headers.push(("cross-origin-opener-policy", "same-origin".to_string()));
    }
    let known = if_none_match.is_some_and(|tags| has_tag(tags, asset.digest));
    if known {
        return Some(Answer {
            status: 304,
            headers,
            body: Vec::new(),
        });
    }
    headers.push(("content-type", kind.to_string()));
    let packed = COMPRESSED
        .get(asset.path)
        .filter(|_| accept_encoding.is_some_and(takes_gzip));
    let body = match packed {
        Some(packed) => {
            headers.push(("content-encoding", "gzip".to_string()));
            packed.clone()
        }
        None => asset.bytes.to_vec(),
    };
    Some(Answer {
        status: 200,
        headers,
        body,
    })
}

/// Answers an advertiser's markup back to the page's own frame, under a policy that lets it be seen and nothing else.
/// `fetch_site` and `fetch_dest` are the browser's `Sec-Fetch-` headers: only the page itself may ask, and only for a
/// frame.
pub fn preview(markup: &str, fetch_site: Option<&str>, fetch_dest: Option<&str>) -> Answer {
    if fetch_site != Some("same-origin") || fetch_dest != Some("iframe") {
        return Answer {
            status: 403,
            headers: vec![("content-type", "text/plain; charset=utf-8".to_string())],
            body: b"previews are shown inside the dashboard only\n".to_vec(),
        };
    }
    let body = format!("<!doctype html><meta charset=\"utf-8\"><title>Preview</title>{markup}");
    Answer {
        status: 200,
        headers: vec![
            ("content-type", "text/html; charset=utf-8".to_string()),
            ("content-security-policy", PREVIEW_POLICY.to_string()),
            ("cache-control", "no-store".to_string()),
            ("x-content-type-options", "nosniff".to_string()),
            ("referrer-policy", "no-referrer".to_string()),
        ],
        body: body.into_bytes(),
    }
}

/// A file whose name holds its hash never changes; the others are asked for each time, which costs an answer of 304.
fn keep(path: &str) -> &'static str {
    match path.starts_with("assets/") {
        true => "public, max-age=31536000, immutable",
        false => "no-cache",
    }
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, end)| end) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    }
}

/// RFC 9110, section 12.5.3: gzip is taken where it is named and its weight is not nothing.
fn takes_gzip(accepted: &str) -> bool {
    accepted.split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let named = parts
            .next()
            .is_some_and(|name| matches!(name, "gzip" | "*"));
        let refused = parts.any(|part| {
            let weight = part.strip_prefix("q=").unwrap_or("1");
            weight.parse() == Ok(0.0_f32)
        });
        named && !refused
    })
}

/// RFC 9110, section 13.1.2: weak and strong tags are alike here.
fn has_tag(tags: &str, digest: &str) -> bool {
    let bare = |tag: &str| {
        let tag = tag.trim();
        tag.strip_prefix("W/")
            .unwrap_or(tag)
            .trim_matches('"')
            .to_string()
    };
    tags.split(',')
        .any(|tag| tag.trim() == "*" || bare(tag) == digest)
}
