//! Native ads, as the JSON that a publisher lays out.

use auction::markup::{AssetKind, Links, MissingAsset, Renderer, native_fit};
use bumpalo::Bump;
use campaign::creative::Native;
use openrtb::native::request::{Asset, Data, EventTracker, Image, NativeRequest, Title};
use openrtb::request::Video;
use serde_json::{Value, json};

use crate::golden;
use crate::sample::{CLICK, IDENTITY, IMPRESSION, LINKS, VIEW, native};
use crate::tools::parse_vast;

fn render(native: &Native, request: &NativeRequest<'_>, links: &Links<'_>) -> String {
    native_fit(native, request).unwrap();
    let arena = Bump::new();
    let renderer = Renderer::new();
    let json = renderer.native(native, request, &IDENTITY, links, &arena);
    json.to_string()
}

fn rendered(request: &NativeRequest<'_>) -> Value {
    serde_json::from_str(&render(&native(), request, &LINKS)).unwrap()
}

/// A request of assets of ids 1, 2, 3…, in an arena.
fn request<'a>(ver: Option<&'a str>, assets: &[Asset<'a>], arena: &'a Bump) -> NativeRequest<'a> {
    let numbered = assets.iter().zip(1..).map(|(asset, n)| Asset {
        id: Some(n),
        ..*asset
    });
    NativeRequest {
        ver,
        assets: arena.alloc_slice_fill_iter(numbered.collect::<Vec<_>>()),
        ..NativeRequest::default()
    }
}

fn title<'a>(len: i32, arena: &'a Bump) -> Asset<'a> {
    Asset {
        required: true,
        title: Some(arena.alloc(Title {
            len: Some(len),
            ..Title::default()
        })),
        ..Asset::default()
    }
}

fn img<'a>(img: Image<'a>, arena: &'a Bump) -> Asset<'a> {
    Asset {
        required: true,
        img: Some(arena.alloc(img)),
        ..Asset::default()
    }
}

fn data<'a>(kind: i32, len: Option<i32>, arena: &'a Bump) -> Asset<'a> {
    Asset {
        required: true,
        data: Some(arena.alloc(Data {
            kind: Some(kind),
            len,
            ..Data::default()
        })),
        ..Asset::default()
    }
}

fn film<'a>(video: Video<'a>, arena: &'a Bump) -> Asset<'a> {
    Asset {
        required: true,
        video: Some(arena.alloc(video)),
        ..Asset::default()
    }
}

fn main_image(wmin: i32, hmin: i32) -> Image<'static> {
    Image {
        kind: Some(3),
        wmin: Some(wmin),
        hmin: Some(hmin),
        ..Image::default()
    }
}

/// A usual request: title, large image, icon, sponsor, text, button, film, and one text that we lack.
fn usual<'a>(ver: Option<&'a str>, arena: &'a Bump) -> NativeRequest<'a> {
    let icon = Image {
        kind: Some(1),
        w: Some(80),
        h: Some(80),
        mimes: &["image/png"],
        ..Image::default()
    };
    let optional = Asset {
        required: false,
        ..data(5, None, arena)
    };
    let video = Video {
        mimes: &["video/mp4"],
        protocols: &[2, 3],
        ..Video::default()
    };
    request(
        ver,
        &[
            title(90, arena),
            img(main_image(600, 300), arena),
            img(icon, arena),
            data(1, Some(25), arena),
            optional,
            data(2, Some(140), arena),
            data(12, None, arena),
            film(video, arena),
        ],
        arena,
    )
}

#[test]
fn an_answer_is_written_to_the_letter_in_each_version() {
    let arena = Bump::new();
    let trackers = [
        EventTracker {
            event: Some(1),
            methods: &[1, 2],
            ext: None,
        },
        EventTracker {
            event: Some(2),
            methods: &[1],
            ext: None,
        },
    ];
    for (name, ver, eventtrackers) in [
        ("native-1.0.json", Some("1.0"), &[][..]),
        ("native-1.1.json", Some("1.1"), &[][..]),
        ("native-1.2.json", Some("1.2"), &trackers[..]),
    ] {
        let request = NativeRequest {
            eventtrackers,
            ..usual(ver, &arena)
        };
        golden::check(name, &render(&native(), &request, &LINKS));
    }
}

#[test]
fn each_asset_is_answered_under_its_own_id() {
    let arena = Bump::new();
    let answer = rendered(&usual(Some("1.2"), &arena));
    assert_eq!(answer["ver"], "1.2");
    assert_eq!(answer["link"], json!({ "url": CLICK }));
    let assets = answer["assets"].as_array().unwrap();
    let ids: Vec<i64> = assets.iter().map(|a| a["id"].as_i64().unwrap()).collect();
    // The fifth, which is optional, is the one that we lack.
    assert_eq!(ids, [1, 2, 3, 4, 6, 7, 8]);
    assert_eq!(
        assets[0]["title"],
        json!({ "text": "Walk into spring – \"now\"" })
    );
    assert_eq!(
        assets[1]["img"],
        json!({ "url": "https://cdn.example/spring-wide.jpg", "w": 1200, "h": 627 })
    );
    assert_eq!(assets[2]["img"]["url"], "https://cdn.example/icon.png");
    assert_eq!(assets[3]["data"], json!({ "value": "Ann & Bob" }));
    assert_eq!(
        assets[4]["data"],
        json!({ "value": "Shoes that breathe & last.\\" })
    );
    assert_eq!(assets[5]["data"], json!({ "value": "Try them" }));
    let vast = parse_vast(assets[6]["video"]["vasttag"].as_str().unwrap()).unwrap();
    assert_eq!(vast["version"], "3.0");
    assert_eq!(vast["ads"][0]["impressions"], json!([IMPRESSION]));
}

#[test]
fn only_version_1_0_wraps_the_answer_in_an_object() {
    let arena = Bump::new();
    for (ver, wrapped, answered) in [
        (Some("1"), true, "1.0"),
        (Some("1.0"), true, "1.0"),
        (Some("1.1"), false, "1.1"),
        (Some("1.2"), false, "1.2"),
        (Some("1.3\"}"), false, "1.2"),
        (None, false, "1.2"),
    ] {
        let request = request(ver, &[title(90, &arena)], &arena);
        let answer = rendered(&request);
        let root = answer.get("native");
        assert_eq!(root.is_some(), wrapped, "{ver:?}");
        assert_eq!(root.unwrap_or(&answer)["ver"], answered, "{ver:?}");
    }
}

#[test]
fn trackers_are_those_that_the_request_allows() {
    let arena = Bump::new();
    let check = |trackers: &[(i32, &[i32])], events: Value, imptrackers: Value| {
        let trackers: Vec<EventTracker<'_>> = trackers
            .iter()
            .map(|(event, methods)| EventTracker {
                event: Some(*event),
                methods,
                ext: None,
            })
            .collect();
        let request = NativeRequest {
            eventtrackers: &trackers,
            ..request(Some("1.2"), &[title(90, &arena)], &arena)
        };
        let answer = rendered(&request);
        assert_eq!(answer["eventtrackers"], events, "{trackers:?}");
        assert_eq!(answer["imptrackers"], imptrackers, "{trackers:?}");
    };
    let impression = json!({ "event": 1, "method": 1, "url": IMPRESSION });
    let view = json!({ "event": 2, "method": 1, "url": VIEW });
    let old = json!([IMPRESSION]);
    check(&[], Value::Null, old.clone());
    check(&[(1, &[1, 2])], json!([impression]), Value::Null);
    check(
        &[(1, &[1]), (2, &[1])],
        json!([impression, view]),
        Value::Null,
    );
    check(
        &[(2, &[1]), (1, &[1])],
        json!([impression, view]),
        Value::Null,
    );
    // By script only: our URLs are pixels.
    check(&[(1, &[2])], Value::Null, old.clone());
    check(&[(2, &[1, 2])], json!([view]), old.clone());
    check(&[(3, &[1]), (500, &[1]), (1, &[])], Value::Null, old);
}

#[test]
fn without_a_view_url_no_view_is_tracked() {
    let arena = Bump::new();
    let request = NativeRequest {
        eventtrackers: &[EventTracker {
            event: Some(2),
            methods: &[1],
            ext: None,
        }],
        ..request(None, &[title(90, &arena)], &arena)
    };
    let links = Links {
        view_url: None,
        ..LINKS
    };
    let answer = render(&native(), &request, &links);
    assert!(!answer.contains("eventtrackers"), "{answer}");
}

#[test]
fn what_is_required_and_missing_is_named() {
    let arena = Bump::new();
    let check = |asset: Asset<'_>, expect: Option<AssetKind>| {
        let request = request(None, &[title(90, &arena), asset], &arena);
        let missing = expect.map(|kind| MissingAsset { id: Some(2), kind });
        assert_eq!(native_fit(&native(), &request).err(), missing, "{asset:?}");
    };
    let size = |w, wmin, h, hmin| Image {
        kind: Some(3),
        w,
        wmin,
        h,
        hmin,
        ..Image::default()
    };
    // The title has 24 characters and 26 bytes.
    check(title(24, &arena), None);
    check(title(23, &arena), Some(AssetKind::Title));
    check(title(0, &arena), None);
    check(title(-1, &arena), None);
    // The large image is 1200 by 627 and a JPEG.
    let image = Some(AssetKind::Image);
    check(img(size(Some(1200), None, Some(627), None), &arena), None);
    check(img(size(Some(1199), None, Some(627), None), &arena), image);
    check(img(size(Some(1200), None, Some(628), None), &arena), image);
    check(img(size(None, Some(1200), None, Some(627)), &arena), None);
    check(img(size(None, Some(1201), None, None), &arena), image);
    check(img(size(None, None, None, Some(628)), &arena), image);
    check(
        img(size(Some(300), Some(150), Some(200), Some(100)), &arena),
        None,
    );
    check(img(size(Some(0), Some(0), Some(0), Some(0)), &arena), None);
    for (mimes, expect) in [
        (&["image/jpg"][..], None),
        (&["image/gif", "IMAGE/JPEG"][..], None),
        (&["image/png"][..], image),
    ] {
        let wanted = Image {
            mimes,
            ..size(None, None, None, None)
        };
        check(img(wanted, &arena), expect);
    }
    for (kind, expect) in [(1, None), (2, None), (3, None), (4, image), (500, image)] {
        let wanted = Image {
            kind: Some(kind),
            ..Image::default()
        };
        check(img(wanted, &arena), expect);
    }
    check(img(Image::default(), &arena), None);
    let small = Image {
        w: Some(80),
        ..Image::default()
    };
    check(img(small, &arena), None);
    for (kind, len, expect) in [
        (1, Some(9), None),
        (1, Some(8), Some(AssetKind::Data)),
        (2, None, None),
        (3, Some(3), None),
        (3, Some(2), Some(AssetKind::Data)),
        (4, None, Some(AssetKind::Data)),
        (6, Some(4), None),
        (12, Some(8), None),
        (12, Some(7), Some(AssetKind::Data)),
        (500, None, Some(AssetKind::Data)),
    ] {
        check(data(kind, len, &arena), expect);
    }
    let any_film = Video::default();
    check(film(any_film, &arena), None);
    let short = Video {
        maxduration: Some(10),
        ..any_film
    };
    check(film(short, &arena), Some(AssetKind::Video));
    let nothing = Asset {
        required: true,
        ..Asset::default()
    };
    check(nothing, Some(AssetKind::Unknown));
}

#[test]
fn an_asset_without_an_id_cannot_be_answered() {
    let arena = Bump::new();
    let nameless = Asset {
        id: None,
        ..title(90, &arena)
    };
    let assets = [nameless];
    let request = NativeRequest {
        assets: &assets,
        ..NativeRequest::default()
    };
    let missing = native_fit(&native(), &request).unwrap_err();
    assert_eq!(missing.kind, AssetKind::Unknown);
    assert_eq!(missing.to_string(), "unknown asset");
}

#[test]
fn there_must_be_something_to_show() {
    let arena = Bump::new();
    let optional = Asset {
        required: false,
        ..data(4, None, &arena)
    };
    for assets in [&[][..], &[optional][..]] {
        let request = request(None, assets, &arena);
        let missing = native_fit(&native(), &request).unwrap_err();
        assert_eq!((missing.id, missing.kind), (None, AssetKind::Any));
    }
}
