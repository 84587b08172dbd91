//! The files as browsers get them.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::io::Read;
use std::path::Path;

use dashboard::{Answer, answer, asset, preview};
use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};

/// What a first look at the page may weigh, in bytes as they travel: HTML, scripts and styles of the first page.
const FIRST_LOAD_BYTES: usize = 120_000;

fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    let mut headers = answer.headers.iter();
    headers
        .find(|(header, _)| *header == name)
        .map(|(_, value)| value.as_str())
}

/// Every path below `web/dist`, in order.
fn built() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/dist");
    let mut found = Vec::new();
    let mut directories = vec![root.clone()];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else {
                let below = path.strip_prefix(&root).unwrap();
                found.push(below.to_str().unwrap().to_string());
            }
        }
    }
    found.sort();
    found
}

#[test]
fn every_built_file_is_served_as_it_was_built() {
    let files: Vec<String> = built()
        .into_iter()
        .filter(|path| path != "files.rs")
        .collect();
    assert!(files.len() > 3, "{files:?}");
    for path in &files {
        let file =
            asset(path).unwrap_or_else(|| panic!("{path} is not listed: run scripts/dashboard"));
        let digest: String = Sha256::digest(file.bytes)
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(
            digest, file.digest,
            "{path} is not what was listed: run scripts/dashboard"
        );
        let plain = answer(path, None, None).unwrap();
        assert_eq!(
            (plain.status, plain.body.as_slice()),
            (200, file.bytes),
            "{path}"
        );
        let kind = header(&plain, "content-type").unwrap();
        assert_ne!(
            kind, "application/octet-stream",
            "{path} has no content type"
        );
    }
}

#[test]
fn a_file_travels_compressed_where_the_browser_takes_it() {
    let check = |accepted: Option<&str>, expect: bool| {
        let answer = answer("", accepted, None).unwrap();
        assert_eq!(
            header(&answer, "content-encoding") == Some("gzip"),
            expect,
            "{accepted:?}"
        );
        let mut text = String::new();
        match expect {
            true => GzDecoder::new(answer.body.as_slice())
                .read_to_string(&mut text)
                .unwrap(),
            false => answer.body.as_slice().read_to_string(&mut text).unwrap(),
        };
        assert!(text.starts_with("<!doctype html>"), "{text}");
    };
    check(Some("gzip, deflate, br"), true);
    check(Some("br;q=1, gzip;q=0.5"), true);
    check(Some("*"), true);
    check(Some("gzip;q=0"), false);
    check(Some("br"), false);
    check(None, false);
}

#[test]
fn what_a_browser_has_is_not_sent_again() {
    let page = answer("", None, None).unwrap();
    assert_eq!(header(&page, "cache-control"), Some("no-cache"));
    let tag = header(&page, "etag").unwrap().to_string();
    for tags in [
        tag.clone(),
        format!("W/{tag}"),
        format!("\"x\", {tag}"),
        "*".to_string(),
    ] {
        let again = answer("", None, Some(&tags)).unwrap();
        assert_eq!((again.status, again.body.len()), (304, 0), "{tags}");
    }
    assert_eq!(answer("", None, Some("\"x\"")).unwrap().status, 200);
    let hashed = built()
        .into_iter()
        .find(|path| path.starts_with("assets/"))
        .unwrap();
    let kept = answer(&hashed, None, None).unwrap();
    assert!(
        header(&kept, "cache-control")
            .unwrap()
            .contains("immutable")
    );
}

#[test]
fn what_is_not_there_is_not_answered() {
    for path in [
        "nothing",
        "../Cargo.toml",
        "files.rs",
        "assets",
        "index.html/",
    ] {
        assert_eq!(answer(path, None, None), None, "{path}");
    }
}

#[test]
fn the_page_runs_nothing_but_its_own() {
    let page = answer("", None, None).unwrap();
    let policy = header(&page, "content-security-policy").unwrap();
    for part in [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert!(!policy.contains("http"), "{policy}");
    let html = String::from_utf8(page.body).unwrap();
    assert!(!html.contains("://"), "{html}");
    assert!(
        !html.contains("<style") && !html.contains("style="),
        "{html}"
    );
}

#[test]
fn a_first_look_weighs_little() {
    let page = answer("", None, None).unwrap();
    let html = String::from_utf8(page.body).unwrap();
    let named = |text: &str, start: &str| -> Vec<String> {
        let quoted = text.split(['"', '\'', '`']);
        let files = quoted.filter_map(|text| text.strip_prefix(start));
        files.map(|file| format!("assets/{file}")).collect()
    };
    let mut wanted: Vec<String> = named(&html, "/assets/");
    // The first page is the campaigns', which the script reads at once, with what that imports.
    let mut ahead: Vec<String> = built()
        .into_iter()
        .filter(|path| path.starts_with("assets/Campaigns-"))
        .collect();
    while let Some(path) = ahead.pop() {
        if wanted.contains(&path) || asset(&path).is_none() {
            continue;
        }
        let text = String::from_utf8(asset(&path).unwrap().bytes.to_vec()).unwrap();
        ahead.extend(named(&text, "./"));
        // A script's styles have its name.
        let stem = path
            .rsplit_once('-')
            .map_or(path.as_str(), |(stem, _)| stem)
            .to_string();
        ahead.extend(
            built()
                .into_iter()
                .filter(|other| other.starts_with(&format!("{stem}-"))),
        );
        wanted.push(path);
    }
    assert!(wanted.len() >= 4, "{wanted:?}");
    wanted.push(String::new());
    let sent = |path: &String| answer(path, Some("gzip"), None).unwrap().body.len();
    let bytes: usize = wanted.iter().map(sent).sum();
    assert!(bytes <= FIRST_LOAD_BYTES, "{bytes} bytes: {wanted:?}");
    println!("first look: {bytes} bytes in {} files", wanted.len());
}

#[test]
fn an_advertisers_markup_is_seen_in_our_frame_and_does_nothing() {
    let check = |site, dest, expect| {
        let answer = preview("<b>shoes</b>", site, dest);
        assert_eq!(answer.status, expect, "{site:?} {dest:?}");
        answer
    };
    let shown = check(Some("same-origin"), Some("iframe"), 200);
    let policy = header(&shown, "content-security-policy").unwrap();
    assert!(policy.starts_with("sandbox;"), "{policy}");
    assert!(!policy.contains("script"), "{policy}");
    assert!(
        String::from_utf8(shown.body)
            .unwrap()
            .ends_with("<b>shoes</b>")
    );
    check(Some("cross-site"), Some("iframe"), 403);
    check(Some("same-origin"), Some("document"), 403);
    check(None, None, 403);
}
