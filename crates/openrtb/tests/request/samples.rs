//! Our own sample requests: that they parse, and that no field of the spec is forgotten.

use std::path::Path;

use bumpalo::Bump;
use openrtb::request::{BidRequest, parse};

use crate::corpus::check;

/// The files in `tests/samples`.
pub const NAMES: &[&str] = &[
    "banner-site",
    "every-field",
    "native-app",
    "untidy",
    "video-tv",
];

/// A sample as bytes.
pub fn body(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/samples")
        .join(format!("{name}.json"));
    std::fs::read(path).unwrap()
}

#[test]
fn samples_are_read_as_serde_json_reads_them() {
    for name in NAMES {
        assert!(check(&body(name), &Bump::new()), "{name}");
    }
}

#[test]
fn every_field_has_a_key() {
    let arena = Bump::new();
    let body = body("every-field");
    let request = parse(&body, &arena).unwrap();
    assert_eq!(request.skipped, []);
    assert_whole(&request, &["skipped: [],"]);
}

/// Makes sure that nothing of the sample that gives every field a value shows as absent or as its default, but what
/// may.
pub fn assert_whole(request: &BidRequest<'_>, may: &[&str]) {
    let shown = format!("{request:#?}");
    for (number, line) in shown.lines().enumerate() {
        if may.contains(&line.trim()) {
            continue;
        }
        let absent = ["None,", "[],", ": false,", ": \"\","]
            .iter()
            .find(|absent| line.trim_end().ends_with(*absent));
        let context = shown
            .lines()
            .skip(number.saturating_sub(3))
            .take(4)
            .collect::<Vec<_>>()
            .join("\n");
        assert!(absent.is_none(), "not read:\n{context}");
    }
}

#[test]
fn a_native_asset_is_any_of_four() {
    let arena = Bump::new();
    let body = body("native-app");
    let request = parse(&body, &arena).unwrap();
    let native = request.imp[0]
        .native
        .and_then(|native| native.request)
        .unwrap();
    let kinds: Vec<_> = native
        .assets
        .iter()
        .map(|asset| {
            let title = asset.title.map(|title| title.len);
            let image = asset.img.map(|image| image.wmin);
            let video = asset.video.map(|video| video.maxduration);
            let data = asset.data.map(|data| data.kind);
            (
                asset.id,
                asset.required,
                title.or(image).or(video).or(data).flatten(),
            )
        })
        .collect();
    assert_eq!(
        kinds,
        [
            (Some(1), true, Some(90)),
            (Some(2), true, Some(1200)),
            (Some(3), false, Some(80)),
            (Some(4), false, Some(30)),
            (Some(5), true, Some(1)),
            (Some(6), false, Some(12)),
        ]
    );
    assert_eq!(native.eventtrackers[0].methods, [1, 2]);
}
