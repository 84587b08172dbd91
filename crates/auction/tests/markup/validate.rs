//! What is refused when a creative is created.

use auction::markup::{MEDIA_FILES_MAX, validate};
use campaign::creative::{
    Audio, BannerMarkup, Companion, Creative, Material, MediaSource, Native, Size, Video,
};
use campaign::time::Span;

use crate::sample::{
    MPU, audio, creative, file, html_banner, image_banner, native, video, wrapped_video,
};

/// Everything that is wrong, a line each.
fn wrong(creative: &Creative) -> Vec<String> {
    let errors = validate(creative).err().unwrap_or_default();
    errors.iter().map(ToString::to_string).collect()
}

fn check(creative: &Creative, expect: &[&str]) {
    assert_eq!(wrong(creative), expect, "{creative:?}");
}

#[test]
fn good_material_is_taken() {
    check(&creative(Material::Banner(image_banner())), &[]);
    check(&creative(Material::Video(video())), &[]);
    check(&creative(Material::Video(wrapped_video())), &[]);
    check(&creative(Material::Audio(audio())), &[]);
    check(&creative(Material::Native(native())), &[]);
    let vpaid = Video {
        source: MediaSource::Inline(vec![file(
            "https://cdn.example/ad.js",
            "application/javascript",
            (640, 360),
            1,
        )]),
        apis: vec![2],
        ..video()
    };
    check(&creative(Material::Video(vpaid.clone())), &[]);
    let plain = Video {
        apis: vec![7],
        ..vpaid
    };
    check(
        &creative(Material::Video(plain)),
        &[
            "video.inline.files[0].mime_type: has the content type \"application/javascript\", \
             which does not belong here",
        ],
    );
}

#[test]
fn a_landing_url_is_a_plain_https_address() {
    const HOST: &str = "needs a host name such as www.example.com";
    const CHARACTER: &str = "which must be percent-encoded in a URL";
    let check = |url: &str, expect: &str| {
        let creative = Creative {
            landing_url: url.into(),
            ..creative(Material::Banner(image_banner()))
        };
        let wrong = wrong(&creative).join("; ");
        match expect {
            "" => assert_eq!(wrong, "", "{url}"),
            _ => assert!(wrong.ends_with(expect), "{url}: {wrong}"),
        }
        assert!(
            wrong.is_empty() || wrong.starts_with("landing_url: "),
            "{wrong}"
        );
    };
    for good in [
        "https://shop.example",
        "https://shop.example:8443/a/b.html?x=1&y=%C3%A9#z",
        "https://xn--mnchen-3ya.example/[a](b)*;,'!$~_",
        "https://a-b.c1.shop.example?x",
        "https://SHOP.example/",
    ] {
        check(good, "");
    }
    for scheme in [
        "http://shop.example/",
        "shop.example",
        "javascript:alert(1)",
        "",
        "HTTPS://shop.example",
    ] {
        check(scheme, "must start with https://");
    }
    for host in [
        "https://",
        "https:///a",
        "https://localhost/",
        "https://203.0.113.9/",
        "https://[2001:db8::1]/",
        "https://shop..example/",
        "https://.example/",
        "https://shop.example./",
        "https://-shop.example/",
        "https://shop_1.example/",
        "https://shop.example@evil.example/",
        "https://münchen.example/",
        "https://shop.example:99999/",
        "https://shop.example:/",
        "https://shop.example\\@evil.example/",
    ] {
        check(host, HOST);
    }
    for character in [
        "https://shop.example/a b",
        "https://shop.example/é",
        "https://shop.example/\"",
        "https://shop.example/<x>",
        "https://shop.example/{{click_url}}",
        "https://shop.example/\n",
        "https://shop.example/100%",
        "https://shop.example/%zz",
        "https://shop.example/\\",
    ] {
        check(character, CHARACTER);
    }
    check(
        "https://shop.example/?p=${AUCTION_PRICE}",
        "has a ${AUCTION_...} macro, and no exchange sees this address to replace it",
    );
    check(
        &format!("https://shop.example/{}", "x".repeat(2_048)),
        "is longer than 2048 bytes",
    );
}

#[test]
fn addresses_in_markup_may_hold_the_macros_that_exchanges_replace() {
    let with_url = |url: &str| {
        let mut banner = image_banner();
        banner.markup = BannerMarkup::Image {
            url: url.into(),
            alt: String::new(),
        };
        creative(Material::Banner(banner))
    };
    check(
        &with_url(
            "https://cdn.example/a.png?p=${AUCTION_PRICE}&e=${AUCTION_PRICE:B64}&i=${AUCTION_IMP_TS}",
        ),
        &[],
    );
    check(
        &with_url("https://cdn.example/a.png?p=${AUCTION_PRIZE}"),
        &["banner.image.url: has the macro ${AUCTION_PRIZE}, which OpenRTB does not know"],
    );
    check(
        &with_url("https://cdn.example/a.png?p=${PRICE}"),
        &["banner.image.url: has the character '{', which must be percent-encoded in a URL"],
    );
}

#[test]
fn domains_are_as_publishers_block_them() {
    let with_domains = |domains: &[&str]| Creative {
        advertiser_domains: domains.iter().map(ToString::to_string).collect(),
        ..creative(Material::Banner(image_banner()))
    };
    check(&with_domains(&["shop.example", "a.shop.example"]), &[]);
    check(&with_domains(&[]), &["advertiser_domains: is missing"]);
    for bad in [
        "www.shop.example",
        "Shop.example",
        "shop",
        "https://shop.example",
        "",
    ] {
        check(
            &with_domains(&["shop.example", bad]),
            &[
                "advertiser_domains[1]: must be a domain in lower case without www., such as example.com",
            ],
        );
    }
}

#[test]
fn own_html_is_small_secure_and_its_placeholders_are_known() {
    let check = |html: &str, expect: &[&str]| {
        check(&creative(Material::Banner(html_banner(html))), expect);
    };
    check("<a href='{{click_url}}'>x</a>", &[]);
    check("<svg xmlns='http://www.w3.org/2000/svg'></svg>", &[]);
    check(
        "<script>open('{{ click_url_js }}')</script><a href=\"{{click_url}}\">x</a>",
        &[],
    );
    check("<script>`${x}`; a = { b: { c: 1 }}</script>", &[]);
    check(" \n", &["banner.html: is missing"]);
    let unknown = |text: &str| {
        format!(
            "banner.html: has the placeholder {text:?}; there are {{{{click_url}}}}, {{{{click_url_js}}}} and \
             {{{{click_url_encoded}}}}"
        )
    };
    check("<a href='{{clickurl}}'>", &[&unknown("{{clickurl}}")]);
    check("<a href='{{click_url'>", &[&unknown("{{click_url'>")]);
    check("{{{click_url}}}", &[&unknown("{{{click_url}}")]);
    check("{{}}", &[&unknown("{{}}")]);
    check(
        "<script>a()</script><SCRIPT>open('{{click_url}}')</SCRIPT>",
        &[
            "banner.html: has {{click_url}} in a script: write {{click_url_js}} there, between quotes",
        ],
    );
    check(
        "<img src='HTTP://cdn.example/a.png'>",
        &["banner.html: has an http:// address; secure pages load https:// only"],
    );
    check(
        "<img src='https://t.example/${AUCTION_PRIX}'>",
        &["banner.html: has the macro ${AUCTION_PRIX}, which OpenRTB does not know"],
    );
    check(&"x".repeat(64 * 1024), &[]);
    check(
        &"x".repeat(64 * 1024 + 1),
        &["banner.html: is longer than 65536 bytes"],
    );
}

#[test]
fn sizes_and_lengths_have_bounds() {
    let mut banner = image_banner();
    banner.size = Size {
        width: 0,
        height: 10_001,
    };
    check(
        &creative(Material::Banner(banner)),
        &[
            "banner.size.width: must be between 1 and 10000",
            "banner.size.height: must be between 1 and 10000",
        ],
    );
    let long = Video {
        duration: Span(3_600_001),
        skip_after: Some(Span(3_600_002)),
        ..video()
    };
    check(
        &creative(Material::Video(long)),
        &[
            "video.duration_ms: must be between 1 and 3600000",
            "video.skip_after: must be between 0 and 3600001",
        ],
    );
    let none = Audio {
        duration: Span(0),
        source: MediaSource::Inline(vec![]),
        companion: Some(Companion {
            url: "https://cdn.example/companion".into(),
            size: MPU,
        }),
    };
    check(
        &creative(Material::Audio(none)),
        &[
            "audio.duration_ms: must be between 1 and 3600000",
            "audio.inline.files: is missing",
            "audio.companion.url: must end in .png, .jpg, .gif, .webp, .avif or .svg, because players want to know \
             the type",
        ],
    );
    let sound = file("https://cdn.example/a.mp3", "audio/mpeg", (0, 0), 128);
    let many = Audio {
        source: MediaSource::Inline(vec![sound; MEDIA_FILES_MAX + 1]),
        ..audio()
    };
    check(
        &creative(Material::Audio(many)),
        &["audio.inline.files: must be between 1 and 16"],
    );
}

#[test]
fn each_media_file_is_checked() {
    let bad = Video {
        source: MediaSource::Inline(vec![
            file("https://cdn.example/a.mp4", "video/mp4", (640, 360), 800),
            file("http://cdn.example/a.mp4", "audio/mp4", (0, 360), 0),
            file(
                "https://cdn.example/a.mp4",
                "video/mp4\" x=\"",
                (640, 360),
                800,
            ),
        ]),
        companion: None,
        ..video()
    };
    check(
        &creative(Material::Video(bad)),
        &[
            "video.inline.files[1].url: must start with https://",
            "video.inline.files[1].mime_type: has the content type \"audio/mp4\", which does not belong here",
            "video.inline.files[1].bitrate_kbps: must be between 1 and 200000",
            "video.inline.files[2].mime_type: has the content type \"video/mp4\\\" x=\\\"\", which does not belong here",
            "video.inline.files[1].size.width: must be between 1 and 10000",
        ],
    );
    let wrapper = Video {
        source: MediaSource::Wrapper {
            vast_url: "https://ads/vast".into(),
            mime_types: vec![],
        },
        ..video()
    };
    check(
        &creative(Material::Video(wrapper)),
        &[
            "video.wrapper.vast_url: needs a host name such as www.example.com",
            "video.wrapper.mime_types: is missing",
        ],
    );
}

#[test]
fn native_texts_are_texts_and_each_kind_comes_once() {
    let bad = Native {
        title: String::new(),
        description: "a\u{7}".into(),
        sponsored: "x".repeat(1_001),
        other_texts: vec![
            (3, "5".into()),
            (3, "4".into()),
            (1, "Ann".into()),
            (600, String::new()),
        ],
        ..native()
    };
    check(
        &creative(Material::Native(bad)),
        &[
            "native.title: is missing",
            "native.description: has a control character",
            "native.sponsored: is longer than 1000 characters",
            "native.other_texts[1]: has the data type 3, which has a field of its own, is no type, or is given twice",
            "native.other_texts[2]: has the data type 1, which has a field of its own, is no type, or is given twice",
            "native.other_texts[3]: is missing",
        ],
    );
}
